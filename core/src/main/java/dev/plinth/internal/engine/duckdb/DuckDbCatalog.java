package dev.plinth.internal.engine.duckdb;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine.CatalogColumn;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What tables and columns a DuckDB file has.
final class DuckDbCatalog {

  /// The condition that something is where names without a schema mean it.
  static final String HERE =
      "database_name = current_database() and schema_name = current_schema()";

  private static final Statement TABLES =
      new Statement(
          """
          select table_name from duckdb_tables()
          where database_name = current_database() and schema_name = current_schema()
            and not internal and not temporary
          union all
          select view_name from duckdb_views()
          where database_name = current_database() and schema_name = current_schema()
            and not internal and not temporary
          order by 1\
          """,
          List.of(),
          "list the tables");

  // DuckDB takes no notice of upper and lower case in names
  private static final Statement COLUMNS =
      new Statement(
          """
          with rules as (
            select constraint_type, constraint_column_names as names, constraint_text
            from duckdb_constraints()
            where database_name = current_database() and schema_name = current_schema()
              and lower(table_name) = lower(?))
          select column_name, data_type, is_nullable,
            exists (select 1 from rules
              where constraint_type = 'PRIMARY KEY' and list_contains(names, column_name)),
            (select string_agg(constraint_text, ' ') from rules
              where constraint_type = 'CHECK' and names = [column_name])
          from duckdb_columns()
          where database_name = current_database() and schema_name = current_schema()
            and lower(table_name) = lower(?)
          order by column_index\
          """,
          List.of(ColumnType.TEXT, ColumnType.TEXT),
          "list a table's columns");

  private static final Statement DEFAULT =
      new Statement(
          "select column_default from duckdb_columns() where "
              + HERE
              + " and lower(table_name) = lower(?) and lower(column_name) = lower(?)",
          List.of(ColumnType.TEXT, ColumnType.TEXT),
          "look what numbers the rows");

  private DuckDbCatalog() {}

  static List<String> tables(Session session) {
    List<String> names = new ArrayList<>();
    try (Session.Rows rows = session.query(TABLES)) {
      while (rows.next()) {
        names.add(Objects.requireNonNull(rows.text(0)));
      }
    }
    return names;
  }

  static List<CatalogColumn> columns(Session session, String table) {
    List<CatalogColumn> columns = new ArrayList<>();
    try (Session.Rows rows = session.query(COLUMNS, table, table)) {
      while (rows.next()) {
        columns.add(
            new CatalogColumn(
                Objects.requireNonNull(rows.text(0)),
                type(Objects.requireNonNull(rows.text(1)), rows.text(4)),
                rows.bool(2),
                rows.bool(3)));
      }
    }
    return columns;
  }

  /// Whether a column takes its values from this sequence.
  static boolean numbers(Session session, String table, String column, String sequence) {
    try (Session.Rows rows = session.query(DEFAULT, table, column)) {
      String given = rows.next() ? rows.text(0) : null;
      return given != null
          && ("nextval('" + sequence.replace("'", "''") + "')")
              .equalsIgnoreCase(given.replace("'\"", "'").replace("\"'", "'"));
    }
  }

  /// The column type of a declared one; ours that share one tell themselves by their checks.
  private static @Nullable ColumnType type(String declared, @Nullable String checks) {
    return switch (declared) {
      case "VARCHAR" -> has(checks, DuckDbDialect.NUMBER) ? ColumnType.DECIMAL : ColumnType.TEXT;
      case "TINYINT", "UTINYINT", "SMALLINT" -> ColumnType.SHORT;
      case "USMALLINT", "INTEGER" -> ColumnType.INTEGER;
      case "BIGINT" -> has(checks, DuckDbDialect.MICROS) ? ColumnType.DURATION : ColumnType.LONG;
      case "UINTEGER" -> ColumnType.LONG;
      case "UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM" -> ColumnType.DECIMAL;
      case "FLOAT" -> ColumnType.FLOAT;
      case "DOUBLE" -> ColumnType.DOUBLE;
      case "BOOLEAN" -> ColumnType.BOOLEAN;
      case "UUID" -> ColumnType.UUID;
      case "TIMESTAMP WITH TIME ZONE" -> ColumnType.INSTANT;
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> ColumnType.DATE_TIME;
      case "DATE" -> ColumnType.DATE;
      case "TIME" -> ColumnType.TIME;
      case "BLOB" -> ColumnType.BYTES;
      case "JSON" -> ColumnType.JSON;
      default ->
          declared.startsWith("DECIMAL(")
              ? ColumnType.DECIMAL
              : declared.startsWith("ENUM(") ? ColumnType.TEXT : null;
    };
  }

  private static boolean has(@Nullable String checks, String sign) {
    return checks != null && checks.contains(sign);
  }
}
