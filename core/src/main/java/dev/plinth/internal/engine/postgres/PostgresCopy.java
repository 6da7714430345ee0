package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Load;
import dev.plinth.spi.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.jdbc.PgConnection;

/// Rows in the binary format of `COPY`, the fastest way into a table.
///
/// The format is that of "COPY, Binary Format" in PostgreSQL's documentation.
final class PostgresCopy {

  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int PORTION = 64 * 1024;

  private final List<Column> columns;
  private final PostgresBytes out = new PostgresBytes(PORTION + 8 * 1024);

  PostgresCopy(List<Column> columns) {
    this.columns = columns;
  }

  /// Whether a table takes the rows so: `COPY` converts nothing, as an insert does, follows no rules
  /// for inserts, and is not for views, nor for tables with policies for rows.
  static boolean suits(Load load, Session session) {
    Map<String, String> types = PostgresCatalog.copied(session, load.table());
    return load.columns().stream()
        .allMatch(column -> {
          String declared = types.getOrDefault(column.name(), "");
          return switch (column.type()) {
            case TEXT -> PostgresCatalog.isText(declared);
            case ARRAY ->
                column.element() != null
                    && declared.equals("_" + PostgresDialect.elementType(column.element()));
            default -> declared.equals(PostgresDialect.elementType(column.type()));
          };
        });
  }

  void send(PgConnection connection, String table, List<@Nullable Object[]> rows)
      throws SQLException {
    PostgresDialect dialect = new PostgresDialect();
    String names =
        columns.stream().map(c -> dialect.quote(c.name())).collect(Collectors.joining(", "));
    CopyIn copy =
        connection
            .getCopyAPI()
            .copyIn(
                "copy %s (%s) from stdin (format binary)".formatted(dialect.quote(table), names));
    try {
      out.append(HEADER);
      for (@Nullable Object[] row : rows) {
        append(connection, row);
        if (out.size() >= PORTION) {
          copy.writeToCopy(out.array(), 0, out.size());
          out.clear();
        }
      }
      out.int16(-1);
      copy.writeToCopy(out.array(), 0, out.size());
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private void append(PgConnection connection, @Nullable Object[] row) throws SQLException {
    out.int16(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      ColumnType element = columns.get(i).element();
      if (element == null) {
        out.cell(columns.get(i).type(), row[i]);
      } else {
        int oid = connection.getTypeInfo().getPGType(PostgresDialect.elementType(element));
        out.arrayCell(oid, element, (List<?>) row[i]);
      }
    }
  }
}
