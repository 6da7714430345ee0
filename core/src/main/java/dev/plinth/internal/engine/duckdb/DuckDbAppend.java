package dev.plinth.internal.engine.duckdb;

import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Load;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// Rows by DuckDB's appender, a hundred times as fast as single inserts.
///
/// It wants a value for every column of the table, in the table's order, and of its very type. Columns
/// that the rows do not have are left empty; where the table has a default for one, the appender is of
/// no use, since it takes 0 for the next number of a sequence.
final class DuckDbAppend {

  private static final Statement COLUMNS =
      new Statement(
          // not duckdb_columns(), which looks at every table: ten times as slow
          "select name, dflt_value is not null, type from pragma_table_info(?)",
          List.of(ColumnType.TEXT),
          "list a table's columns");

  private static final DuckDbDialect DIALECT = new DuckDbDialect();

  private final Load load;
  private final List<Integer> places = new ArrayList<>(); // of each column's value in a row, or -1
  private boolean able = true;

  DuckDbAppend(Load load, Session session) {
    this.load = load;
    try (Session.Rows rows = session.query(COLUMNS, DIALECT.quote(load.table()))) {
      while (rows.next()) {
        int place = place(String.valueOf(rows.text(0)));
        able &=
            place < 0
                ? !rows.bool(1)
                : declared(load.columns().get(place).type()).equals(rows.text(2));
        places.add(place);
      }
    }
    // else it is a view, or no table at all, or it lacks a column: the statement says so
    able &= places.stream().filter(place -> place >= 0).count() == load.columns().size();
  }

  /// The type of the layer's columns, as the catalogue says it.
  private static String declared(ColumnType type) {
    return type == ColumnType.INSTANT
        ? "TIMESTAMP WITH TIME ZONE"
        : DIALECT.typeName(type).toUpperCase(Locale.ROOT);
  }

  /// Whether these rows can be appended.
  boolean able() {
    return able;
  }

  private int place(String name) {
    for (int i = 0; i < load.columns().size(); i++) {
      if (load.columns().get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  void send(DuckDBConnection connection, List<@Nullable Object[]> rows) throws SQLException {
    try (DuckDBAppender appender = connection.createAppender(load.table())) {
      for (@Nullable Object[] row : rows) {
        appender.beginRow();
        for (int place : places) {
          if (place < 0) {
            appender.appendNull();
          } else {
            append(appender, load.columns().get(place), row[place]);
          }
        }
        appender.endRow();
      }
      appender.flush(); // here it says what is wrong with them
    }
  }

  private static void append(DuckDBAppender appender, Column column, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      appender.appendNull();
      return;
    }
    ColumnType type = column.type();
    switch (type) {
      case TEXT, JSON -> appender.append((String) value);
      case ARRAY -> appender.append(Json.array((List<?>) value));
      case DECIMAL -> appender.append(((BigDecimal) value).toPlainString());
      case SHORT -> appender.append(((Short) value).shortValue());
      case INTEGER -> appender.append(((Integer) value).intValue());
      case LONG -> appender.append(((Long) value).longValue());
      case FLOAT -> appender.append(((Float) value).floatValue());
      case DOUBLE -> appender.append(((Double) value).doubleValue());
      case BOOLEAN -> appender.append(((Boolean) value).booleanValue());
      case UUID -> appender.append((UUID) value);
      case INSTANT -> appender.appendEpochMicros(Canonical.micros((Instant) value));
      case DATE -> appender.appendEpochDays(Math.toIntExact(((LocalDate) value).toEpochDay()));
      case TIME -> appender.appendDayMicros(((LocalTime) value).toNanoOfDay() / 1000);
      case DATE_TIME ->
          appender.appendEpochMicros(
              Canonical.micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC)));
      case DURATION -> appender.append(Canonical.micros((Duration) value));
      case BYTES -> appender.append((byte[]) value);
    }
  }
}
