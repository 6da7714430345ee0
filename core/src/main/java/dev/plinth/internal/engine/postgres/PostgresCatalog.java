package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine.CatalogColumn;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What tables and columns the schemas of the search path have.
final class PostgresCatalog {

  private static final Statement TABLES =
      new Statement(
          "select c.relname::text from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f')"
              + " and pg_table_is_visible(c.oid)"
              + " and c.relnamespace in"
              + " (select oid from pg_namespace where nspname = any(current_schemas(false)))"
              + " order by c.relname collate \"C\"",
          List.of(),
          "list the tables");

  private static final Statement COLUMNS =
      new Statement(
          "select a.attname::text, t.typname::text, not a.attnotnull,"
              + " coalesce(a.attnum = any(i.indkey), false)"
              + " from pg_class c join pg_attribute a on a.attrelid = c.oid"
              + " join pg_type t on t.oid = a.atttypid"
              + " left join pg_index i on i.indrelid = c.oid and i.indisprimary"
              + " where c.relname = ? and pg_table_is_visible(c.oid)"
              + " and a.attnum > 0 and not a.attisdropped order by a.attnum",
          List.of(ColumnType.TEXT),
          "list a table's columns");

  private static final Statement COPIED =
      new Statement(
          "select a.attname::text, case t.typtype when 'e' then 'text' else t.typname end::text"
              + " from pg_class c join pg_attribute a on a.attrelid = c.oid"
              + " join pg_type t on t.oid = a.atttypid"
              + " where c.relname = ? and pg_table_is_visible(c.oid) and c.relkind in ('r', 'p')"
              + " and not c.relhasrules and not row_security_active(c.oid)"
              + " and a.attnum > 0 and not a.attisdropped",
          List.of(ColumnType.TEXT),
          "look at a table's columns");

  private PostgresCatalog() {}

  /// The types of the columns of a table that `COPY` may fill; empty if it may not.
  static Map<String, String> copied(Session session, String table) {
    Map<String, String> types = new HashMap<>();
    try (Session.Rows rows = session.query(COPIED, table)) {
      while (rows.next()) {
        types.put(Objects.requireNonNull(rows.text(0)), Objects.requireNonNull(rows.text(1)));
      }
    }
    return types;
  }

  /// Whether a type takes text as it is.
  static boolean isText(String name) {
    return type(name) == ColumnType.TEXT;
  }

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
                type(Objects.requireNonNull(rows.text(1))),
                rows.bool(2),
                rows.bool(3)));
      }
    }
    return columns;
  }

  private static @Nullable ColumnType type(String name) {
    return switch (name) {
      case "text", "varchar", "bpchar", "name", "citext" -> ColumnType.TEXT;
      case "int2" -> ColumnType.SHORT;
      case "int4" -> ColumnType.INTEGER;
      case "int8" -> ColumnType.LONG;
      case "float4" -> ColumnType.FLOAT;
      case "float8" -> ColumnType.DOUBLE;
      case "bool" -> ColumnType.BOOLEAN;
      case "numeric" -> ColumnType.DECIMAL;
      case "uuid" -> ColumnType.UUID;
      case "timestamptz" -> ColumnType.INSTANT;
      case "date" -> ColumnType.DATE;
      case "time" -> ColumnType.TIME;
      case "timestamp" -> ColumnType.DATE_TIME;
      case "bytea" -> ColumnType.BYTES;
      case "json", "jsonb" -> ColumnType.JSON;
      case "_text", "_varchar", "_bpchar", "_citext" -> ColumnType.ARRAY;
      case "_int2", "_int4", "_int8", "_float4", "_float8" -> ColumnType.ARRAY;
      case "_bool", "_numeric", "_uuid" -> ColumnType.ARRAY;
      default -> null;
    };
  }
}
