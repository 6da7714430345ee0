package dev.plinth.internal.engine.duckdb;

import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.duckdb.DuckDBDate;
import org.duckdb.DuckDBTimestampTZ;
import org.jspecify.annotations.Nullable;

/// Binds canonical values so that the driver takes them over exactly.
final class DuckDbBinder {

  private DuckDbBinder() {}

  /// Binds a value, or none.
  static void bind(
      PreparedStatement prepared, int position, ColumnType type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      prepared.setNull(position, Types.NULL);
      return;
    }
    switch (type) {
      case ARRAY -> prepared.setString(position, Json.array((List<?>) value));
      case TEXT, JSON -> prepared.setString(position, (String) value);
      // not as a number: DuckDB writes 0.1 as ".1" where it has no digit before the point
      case DECIMAL -> prepared.setString(position, ((BigDecimal) value).toPlainString());
      case INSTANT ->
          prepared.setObject(position, new DuckDBTimestampTZ(Canonical.micros((Instant) value)));
      case DATE -> prepared.setObject(position, new Day((LocalDate) value));
      case DURATION -> prepared.setLong(position, Canonical.micros((Duration) value));
      case BYTES -> prepared.setBytes(position, (byte[]) value);
      case SHORT, INTEGER, LONG, FLOAT, DOUBLE, BOOLEAN, UUID, TIME, DATE_TIME ->
          prepared.setObject(position, value);
    }
  }

  /// A day that does not go through `java.sql.Date`, which has no 10 October 1582, nor the days that
  /// the machine's time zone once left out.
  private static final class Day extends DuckDBDate {
    private final long days;

    private Day(LocalDate date) {
      super(new Date(0));
      this.days = date.toEpochDay();
    }

    @Override
    public long getDaysSinceEpoch() {
      return days;
    }
  }
}
