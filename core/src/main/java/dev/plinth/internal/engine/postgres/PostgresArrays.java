package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.shape.Canonical;
import dev.plinth.spi.ColumnType;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgArray;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PGobject;

/// Lists of canonical values as arrays, and back.
final class PostgresArrays {

  private PostgresArrays() {}

  /// A list as one parameter, whatever its length.
  ///
  /// In binary, as the server's `array_send` writes them: how many dimensions, a flag, the type of the
  /// elements, how many, counted from 1, and the elements. The driver itself would send text.
  static Array of(PgConnection connection, ColumnType type, List<? extends @Nullable Object> values)
      throws SQLException {
    String name = PostgresDialect.elementType(type);
    PostgresBytes out = new PostgresBytes(20 + 24 * values.size());
    out.array(connection.getTypeInfo().getPGType(name), type, values);
    return new PgArray(connection, connection.getTypeInfo().getPGArrayType(name), out.copy());
  }

  /// The value of an array's column as text, which the server takes for the column's own type: its
  /// elements may be `varchar` or an enum just as well.
  static String literal(List<?> values) {
    StringBuilder text = new StringBuilder("{");
    for (Object value : values) {
      text.append(text.length() == 1 ? "" : ",");
      if (value == null) {
        text.append("NULL");
      } else {
        String plain = Canonical.text(value).replace("\\", "\\\\").replace("\"", "\\\"");
        text.append('"').append(plain).append('"');
      }
    }
    return text.append('}').toString();
  }

  /// The elements of a stored array.
  ///
  /// @throws IllegalArgumentException if it has several dimensions
  static List<@Nullable Object> items(Array array) throws SQLException {
    Object[] elements = (Object[]) array.getArray();
    List<@Nullable Object> items = new ArrayList<>(elements.length);
    for (Object element : elements) {
      items.add(
          switch (element) {
            case Object[] _ -> throw new IllegalArgumentException("several dimensions");
            case PGobject other -> other.getValue();
            case null, default -> element;
          });
    }
    return items;
  }
}
