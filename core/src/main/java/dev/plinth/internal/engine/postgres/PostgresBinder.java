package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.engine.postgres.PostgresDialect.Listed;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.postgresql.jdbc.PgConnection;

/// Binds canonical values by the setters that say their type to the server.
final class PostgresBinder {

  private PostgresBinder() {}

  static void bind(
      PgConnection connection,
      PreparedStatement prepared,
      int position,
      ColumnType type,
      Object value)
      throws SQLException {
    if (value instanceof Listed list) {
      bindList(connection, prepared, position, list);
      return;
    }
    switch (type) {
      // the column says which type: it may be an enum of the server's, or json
      case TEXT, JSON -> prepared.setObject(position, value, Types.OTHER);
      case ARRAY ->
          prepared.setObject(position, PostgresArrays.literal((List<?>) value), Types.OTHER);
      case SHORT -> prepared.setShort(position, (Short) value);
      case INTEGER -> prepared.setInt(position, (Integer) value);
      case LONG -> prepared.setLong(position, (Long) value);
      case FLOAT -> prepared.setFloat(position, (Float) value);
      case DOUBLE -> prepared.setDouble(position, (Double) value);
      case BOOLEAN -> prepared.setBoolean(position, (Boolean) value);
      case DECIMAL -> prepared.setBigDecimal(position, (BigDecimal) value);
      case UUID -> prepared.setObject(position, (UUID) value);
      case INSTANT -> prepared.setObject(position, ((Instant) value).atOffset(ZoneOffset.UTC));
      case DURATION -> prepared.setLong(position, Canonical.micros((Duration) value));
      case BYTES -> prepared.setBytes(position, (byte[]) value);
      case DATE, TIME, DATE_TIME -> prepared.setObject(position, value);
    }
  }

  private static void bindList(
      PgConnection connection, PreparedStatement prepared, int position, Listed list)
      throws SQLException {
    if (list.type() == ColumnType.TEXT && !list.typed()) {
      prepared.setObject(position, PostgresArrays.literal(list.values()), Types.OTHER);
    } else {
      prepared.setArray(position, PostgresArrays.of(connection, list.type(), list.values()));
    }
  }

  // a null has the type that values have: with another one the driver would prepare the statement
  // anew
  static void bindNull(PreparedStatement prepared, int position, ColumnType type)
      throws SQLException {
    switch (type) {
      case TEXT, JSON, ARRAY -> prepared.setNull(position, Types.OTHER);
      default -> prepared.setNull(position, Types.OTHER, PostgresDialect.elementType(type));
    }
  }
}
