package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.ColumnType;
import java.sql.Array;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PgConnection;

/// Lists of canonical values as arrays, which are one parameter whatever their length.
///
/// In binary, as the server's `array_send` writes them: how many dimensions, a flag, the type of the
/// elements, how many, counted from 1, and the elements. The driver itself would send text.
final class PostgresArrays {

  private PostgresArrays() {}

  static Array of(PgConnection connection, ColumnType type, List<? extends @Nullable Object> values)
      throws SQLException {
    String name = PostgresDialect.elementType(type);
    PostgresBytes out = new PostgresBytes(20 + 24 * values.size());
    out.int32(values.isEmpty() ? 0 : 1);
    out.int32(0);
    out.int32(connection.getTypeInfo().getPGType(name));
    if (!values.isEmpty()) {
      out.int32(values.size());
      out.int32(1);
      values.forEach(value -> out.cell(type, value));
    }
    return new PgArray(connection, connection.getTypeInfo().getPGArrayType(name), out.copy());
  }
}
