package dev.plinth.internal.engine.sqlite;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine.CatalogColumn;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What tables and columns an SQLite file has.
final class SqliteCatalog {

  private static final Statement TABLES =
      new Statement(
          "select name from sqlite_schema where type in ('table', 'view')"
              + " and name not like 'sqlite\\_%' escape '\\' and name not in ("
              + SqliteFullText.HIDDEN
              + ") order by name",
          List.of(),
          "list the tables");

  private static final Statement COLUMNS =
      new Statement(
          "select name, type, \"notnull\", pk from pragma_table_info(?) order by cid",
          List.of(ColumnType.TEXT),
          "list a table's columns");

  private SqliteCatalog() {}

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
    try (Session.Rows rows = session.query(COLUMNS, table)) {
      while (rows.next()) {
        columns.add(
            new CatalogColumn(
                Objects.requireNonNull(rows.text(0)),
                type(rows.text(1)),
                !rows.bool(2),
                rows.int32(3) > 0));
      }
    }
    return columns;
  }

  /// The column type of a declared one: ours by its second word, others by SQLite's own rules.
  private static @Nullable ColumnType type(@Nullable String declared) {
    String type = declared == null ? "" : declared.toLowerCase(Locale.ROOT);
    return switch (type) {
      case "integer smallint" -> ColumnType.SHORT;
      case "integer int" -> ColumnType.INTEGER;
      case "integer boolean", "boolean", "bool" -> ColumnType.BOOLEAN;
      case "integer timestamp", "timestamp", "timestamptz", "timestamp with time zone" ->
          ColumnType.INSTANT;
      case "integer duration" -> ColumnType.DURATION;
      case "text decimal" -> ColumnType.DECIMAL;
      case "text uuid", "uuid" -> ColumnType.UUID;
      case "text date", "date" -> ColumnType.DATE;
      case "text time", "time" -> ColumnType.TIME;
      case "text datetime" -> ColumnType.DATE_TIME;
      case "datetime" -> ColumnType.INSTANT;
      case "text json", "json", "jsonb" -> ColumnType.JSON;
      default -> byAffinity(type);
    };
  }

  // sqlite.org/datatype3.html, section 3.1
  private static @Nullable ColumnType byAffinity(String type) {
    if (type.contains("int")) {
      return ColumnType.LONG;
    }
    if (type.contains("char") || type.contains("clob") || type.contains("text")) {
      return ColumnType.TEXT;
    }
    if (type.contains("blob")) {
      return ColumnType.BYTES;
    }
    if (type.contains("real") || type.contains("floa") || type.contains("doub")) {
      return ColumnType.DOUBLE;
    }
    return type.contains("dec") || type.contains("num") ? ColumnType.DECIMAL : null;
  }
}
