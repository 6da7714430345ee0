package dev.plinth.internal.engine.duckdb;

import dev.plinth.internal.engine.TaughtFunctions;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.query.Filter;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.FullTextDialect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How DuckDB's SQL differs.
///
/// Decimals are text, because DuckDB's own have 38 digits and one scale for all rows.
final class DuckDbDialect implements Dialect {

  /// The pattern of a decimal's text; the catalogue tells decimals from other text by it.
  static final String NUMBER = "-?[0-9]+([.][0-9]+)?";

  /// What tells spans of time from other numbers.
  static final String MICROS = "to_microseconds";

  /// What stays with the connection or reaches for files, by the statement's first word.
  private static final Set<String> LASTING =
      Set.of("attach", "detach", "use", "set", "reset", "prepare", "execute", "deallocate");

  private static final Set<String> FILES =
      Set.of("copy", "export", "import", "install", "load", "force");

  @Override
  public String typeName(ColumnType type) {
    return switch (type) {
      case TEXT, DECIMAL -> "varchar";
      case SHORT -> "smallint";
      case INTEGER -> "integer";
      case LONG, DURATION -> "bigint";
      case FLOAT -> "float";
      case DOUBLE -> "double";
      case BOOLEAN -> "boolean";
      case UUID -> "uuid";
      case INSTANT -> "timestamptz";
      case DATE -> "date";
      case TIME -> "time";
      case DATE_TIME -> "timestamp";
      case BYTES -> "blob";
      case JSON, ARRAY -> "json";
    };
  }

  @Override
  public String generatedKey(String table, String key, ColumnType type) {
    // a sequence never gives a number twice, whatever is deleted or rolled back, so that the audit
    // trail of one row cannot become another's
    return typeName(type) + " primary key default nextval(" + sequence(table, key) + ")";
  }

  @Override
  public String numbering(String table, String key) {
    return "create sequence if not exists " + quote(sequenceName(table, key));
  }

  @Override
  public String reserveKeys(String table, String key) {
    return "select nextval(" + sequence(table, key) + ") from range(?)";
  }

  @Override
  public String advanceKeys(String table, String key) {
    return """
    select setval(%s, given.key) from (select ?::bigint as key) as given,
      (select case data_type when 'SMALLINT' then 32767 when 'INTEGER' then 2147483647
        else 9223372036854775807 end as last from duckdb_columns()
        where lower(table_name) = lower(%s) and lower(column_name) = lower(%s) and %s) as numbers
    where given.key <= numbers.last - numbers.last // 16 and given.key >
      (select coalesce(max(last_value), 0) from duckdb_sequences()
        where lower(sequence_name) = lower(%s) and %4$s)\
    """
        .formatted(
            sequence(table, key),
            literal(table),
            literal(key),
            DuckDbCatalog.HERE,
            literal(sequenceName(table, key)));
  }

  /// What numbers the keys of the layer's own tables.
  static String sequenceName(String table, String key) {
    return table + "_" + key + "_seq";
  }

  /// The name as a function takes it: a text with the quoted name in it.
  private String sequence(String table, String key) {
    return literal(quote(sequenceName(table, key)));
  }

  private static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  // no partial indexes; but where one of its columns is null, a row is like no other
  @Override
  public String uniqueAmongLive(List<String> columns, String deletedAt) {
    return columns.stream()
        .map(column -> "(case when " + deletedAt + " is null then " + column + " end)")
        .collect(Collectors.joining(", ", "(", ")"));
  }

  @Override
  public boolean conflictsAmongLive() {
    return false; // a conflict has no name for an index on expressions
  }

  // DuckDB checks them too early and too late: a row that others refer to cannot change an indexed
  // column, be it by a soft delete; and two transactions can leave a reference to nothing
  @Override
  public boolean foreignKeys() {
    return false;
  }

  @Override
  public boolean ordersByIndex() {
    return false;
  }

  @Override
  public boolean bracketsQuote() {
    return false;
  }

  @Override
  public Condition json(String column, Filter.Json.Kind kind, List<String> path, String value) {
    return TaughtFunctions.json(column, kind, path, value);
  }

  @Override
  public Condition holds(String column, List<?> values) {
    return TaughtFunctions.holds(column, values);
  }

  @Override
  public String merged(String column) {
    return TaughtFunctions.into(TaughtFunctions.MERGED, column);
  }

  @Override
  public String patched(String column, String patch) {
    return TaughtFunctions.into(TaughtFunctions.PATCHED, column);
  }

  @Override
  public String views() {
    return "select view_name from duckdb_views() where not internal";
  }

  @Override
  public String relations() {
    String here = " where database_name = current_database() and schema_name = current_schema()";
    return "select index_name, table_name from duckdb_indexes()"
        + here
        + " union all select table_name, table_name from duckdb_tables()"
        + here
        + " union all select view_name, view_name from duckdb_views()"
        + here;
  }

  @Override
  public String check(String column, ColumnType type) {
    return switch (type) {
      case DECIMAL -> "regexp_full_match(" + column + ", " + literal(NUMBER) + ")";
      case DURATION -> column + " is null or " + MICROS + "(" + column + ") is not null";
      default -> "";
    };
  }

  @Override
  public String comparable(String column, ColumnType type) {
    return type == ColumnType.DECIMAL
        ? DuckDbFunctions.DECIMAL + "(cast(" + column + " as varchar))"
        : column;
  }

  @Override
  public String isDistinct(String column, String value) {
    return column + " is distinct from " + value;
  }

  @Override
  public String isSame(String column) {
    return column + " is not distinct from ?";
  }

  // one text for a list of any length; from a thousand values on an array takes five times as long
  @Override
  public String inList(String column, ColumnType type) {
    String value = comparable(listed("value ->> '$'", type), type);
    return column + " in (select " + value + " from json_each(?))";
  }

  @Override
  public String rowsOf(List<ColumnType> types) {
    return types.stream()
        .map(type -> listed("unnest(from_json(?, '[\"varchar\"]'))", type))
        .collect(Collectors.joining(", ", "(select ", ")"));
  }

  // with "returning" DuckDB takes each changed row out and puts it in again, in every index as
  // well:
  // seventy times the work
  @Override
  public boolean returnsUpdated() {
    return false;
  }

  /// A value of a list from its text.
  private String listed(String text, ColumnType type) {
    return switch (type) {
      case TEXT, JSON, ARRAY, DECIMAL -> text;
      case BYTES -> "from_base64(" + text + ")";
      default -> "cast(" + text + " as " + typeName(type) + ")";
    };
  }

  @Override
  public Object listArgument(List<? extends @Nullable Object> values, ColumnType type) {
    List<@Nullable String> texts = new ArrayList<>(values.size());
    for (Object value : values) {
      texts.add(
          switch (value) {
            case null -> null;
            case Duration duration -> Long.toString(Canonical.micros(duration));
            case List<?> list -> Json.array(list);
            default -> Canonical.text(value);
          });
    }
    return Json.MAPPER.writeValueAsString(texts);
  }

  @Override
  public String match(String column, Filter.Match.Kind kind, String text) {
    return switch (kind) {
      case CONTAINS -> "contains(" + column + ", ?)";
      case STARTS_WITH -> "starts_with(" + column + ", ?)";
      case ENDS_WITH -> "ends_with(" + column + ", ?)";
      case LIKE -> column + " like ? escape '\\'";
    };
  }

  @Override
  public String matchArgument(Filter.Match.Kind kind, String text) {
    if (kind != Filter.Match.Kind.LIKE) {
      return text;
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\\') {
      end--;
    }
    // a last backslash that escapes nothing stands for itself, but DuckDB refuses it
    return (text.length() - end) % 2 == 0 ? text : text + '\\';
  }

  @Override
  public String containsFolded(String column) {
    // for ASCII DuckDB's own is exact, and ten times as fast
    return "contains(case when length(%1$s) = strlen(%1$s) then lower(%1$s) else %2$s(%1$s) end, ?)"
        .formatted(column, TaughtFunctions.FOLDED);
  }

  @Override
  public String folded(String text) {
    return TaughtFunctions.folded(text);
  }

  @Override
  public FullTextDialect fullText() {
    return new FullTextDialect.None("DuckDB");
  }

  @Override
  public String sum(String column, ColumnType type) {
    return switch (type) {
      case FLOAT -> "cast(" + DuckDbFunctions.SUM + "(coalesce(" + column + ", 0), ?) as float)";
      case DOUBLE -> DuckDbFunctions.SUM + "(coalesce(" + column + ", 0), ?)";
      case DECIMAL ->
          "%s(coalesce(cast(%s as varchar), '0'), cast(? as varchar))"
              .formatted(DuckDbFunctions.DECIMAL_SUM, column);
      default -> "coalesce(" + column + ", 0) + ?"; // refuses what leaves the range
    };
  }

  @Override
  public boolean nestsComments() {
    return true;
  }

  @Override
  public String explain() {
    return "explain ";
  }

  @Override
  public String parameterMarks() {
    return "$";
  }

  @Override
  public @Nullable String refusal(List<String> words, boolean sets) {
    String first = words.getFirst();
    if (LASTING.contains(first)) {
      return "db.sql does not take '%s': it would stay with the connection. See the settings."
          .formatted(first);
    }
    // "copy" hides in "with x as (copy …)" and in "explain analyze copy …" as well
    boolean wraps = first.equals("with") || first.equals("explain");
    if (FILES.contains(first) || (wraps && words.contains("copy"))) {
      return "db.sql does not take '%s': SQL of this database reaches no files."
          .formatted(wraps ? "copy" : first);
    }
    return null;
  }

  @Override
  public boolean lasts(List<String> words) {
    return words.stream().anyMatch(Set.of("pragma", "temp", "temporary")::contains);
  }

  @Override
  public @Nullable String literalQuestionMark() {
    return null;
  }
}
