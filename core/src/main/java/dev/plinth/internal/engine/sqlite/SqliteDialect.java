package dev.plinth.internal.engine.sqlite;

import dev.plinth.internal.engine.TaughtFunctions;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.query.Filter;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.FullTextDialect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How SQLite's SQL differs.
///
/// Declared types have two words, the first for SQLite's affinity, the second for people and for the
/// catalogue: `integer timestamp`, `text decimal`.
final class SqliteDialect implements Dialect {

  /// The pragmas with an argument that change nothing of the connection: everything else may.
  private static final Set<String> HARMLESS =
      Set.of(
          "user_version",
          "application_id",
          "max_page_count",
          "optimize",
          "wal_checkpoint",
          "incremental_vacuum",
          "integrity_check",
          "quick_check",
          "foreign_key_check",
          "defer_foreign_keys", // until the transaction ends
          "foreign_key_list",
          "table_info",
          "table_xinfo",
          "table_list",
          "index_list",
          "index_info",
          "index_xinfo");

  // Backticks, not double quotes: SQLite takes a double-quoted name that it does not know for a
  // piece of text, so a column missing from the table would read as its own name.
  @Override
  public String quote(String identifier) {
    return '`' + identifier.replace("`", "``") + '`';
  }

  @Override
  public String typeName(ColumnType type) {
    return switch (type) {
      case TEXT -> "text";
      case SHORT -> "integer smallint";
      case INTEGER -> "integer int";
      case LONG -> "integer";
      case FLOAT -> "real float";
      case DOUBLE -> "real";
      case BOOLEAN -> "integer boolean";
      case DECIMAL -> "text decimal";
      case UUID -> "text uuid";
      case INSTANT -> "integer timestamp";
      case DATE -> "text date";
      case TIME -> "text time";
      case DATE_TIME -> "text datetime";
      case DURATION -> "integer duration";
      case BYTES -> "blob";
      case JSON, ARRAY -> "text json";
    };
  }

  @Override
  public String generatedKey(String table, String key, ColumnType type) {
    // exactly "integer primary key" makes the column the row's own number; "autoincrement" never
    // gives a number twice, so that the audit trail of one row cannot become another's
    return "integer primary key autoincrement";
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
    return "select name from sqlite_master where type = 'view'";
  }

  @Override
  public String relations() {
    return "select name, tbl_name from sqlite_schema where type in ('table', 'view', 'index')";
  }

  @Override
  public String check(String column, ColumnType type) {
    return switch (type) {
      case BOOLEAN -> column + " in (0, 1)";
      // json_valid(null) is null in new versions of SQLite, but 0 in old ones, which other programs
      // use
      case JSON, ARRAY -> column + " is null or json_valid(" + column + ")";
      default -> "";
    };
  }

  @Override
  public String comparable(String column, ColumnType type) {
    return type == ColumnType.DECIMAL ? column + " collate " + SqliteFunctions.DECIMAL : column;
  }

  @Override
  public String isDistinct(String column, String value) {
    return column + " is not " + value;
  }

  @Override
  public String isSame(String column) {
    return column + " is ?";
  }

  @Override
  public String inList(String column, ColumnType type) {
    // one text for a list of any length; bytes travel as hexadecimal digits
    String values = "(select value from json_each(?))";
    return type == ColumnType.BYTES
        ? "(" + column + " is not null and hex(" + column + ") in " + values + ")"
        : column + " in " + values;
  }

  @Override
  public Object listArgument(List<? extends @Nullable Object> values, ColumnType type) {
    return Json.MAPPER.writeValueAsString(
        values.stream().map(value -> listed(value, type)).toList());
  }

  private static Object listed(@Nullable Object value, ColumnType type) {
    return switch (value) {
      case null -> throw new IllegalArgumentException("a list to look in has no null");
      case Boolean flag -> flag ? 1 : 0;
      case Float number -> number.doubleValue(); // as the column holds it
      case Number number when type != ColumnType.DECIMAL -> number;
      case Instant instant -> Canonical.micros(instant);
      case Duration duration -> Canonical.micros(duration);
      case byte[] bytes -> java.util.HexFormat.of().withUpperCase().formatHex(bytes);
      default -> Canonical.text(value);
    };
  }

  @Override
  public Condition inRows(
      List<String> columns, List<ColumnType> types, List<? extends List<?>> rows) {
    List<List<Object>> listed = new ArrayList<>(rows.size());
    for (List<?> row : rows) {
      List<Object> values = new ArrayList<>(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        values.add(listed(row.get(i), types.get(i)));
      }
      listed.add(values);
    }
    List<String> values = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      String value = "value ->> " + i;
      values.add(types.get(i) == ColumnType.BYTES ? "unhex(" + value + ")" : value);
    }
    return new Condition(
        "(%s) in (select %s from json_each(?))"
            .formatted(String.join(", ", columns), String.join(", ", values)),
        List.of(ColumnType.TEXT),
        List.of(Json.MAPPER.writeValueAsString(listed)));
  }

  @Override
  public String match(String column, Filter.Match.Kind kind, String text) {
    return switch (kind) {
      case CONTAINS -> "instr(" + column + ", ?) > 0";
      case STARTS_WITH ->
          isLong(text) ? "instr(" + column + ", ?) = 1" : column + " glob ?"; // can use an index
      case ENDS_WITH -> SqliteFunctions.ENDS_WITH + "(" + column + ", ?)";
      // "like" folds ASCII letters and only those; "glob" compares as it stands
      case LIKE -> column + " glob ?";
    };
  }

  @Override
  public String matchArgument(Filter.Match.Kind kind, String text) {
    return switch (kind) {
      case STARTS_WITH -> isLong(text) ? text : literal(text) + "*";
      case ENDS_WITH, CONTAINS -> text;
      case LIKE -> globOf(text);
    };
  }

  // SQLite refuses patterns above 50,000 bytes
  private static boolean isLong(String text) {
    return text.length() > 8_000;
  }

  private static String literal(String text) {
    StringBuilder glob = new StringBuilder(text.length() + 8);
    text.chars().forEach(c -> literal((char) c, glob));
    return glob.toString();
  }

  private static void literal(char c, StringBuilder glob) {
    if (c == '*' || c == '?' || c == '[') {
      glob.append('[').append(c).append(']');
    } else {
      glob.append(c);
    }
  }

  private static String globOf(String pattern) {
    StringBuilder glob = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        literal(pattern.charAt(i), glob);
      } else if (c == '%') {
        glob.append('*');
      } else if (c == '_') {
        glob.append('?');
      } else {
        literal(c, glob);
      }
    }
    return glob.toString();
  }

  @Override
  public String containsFolded(String column) {
    return "instr(" + TaughtFunctions.FOLDED + "(" + column + "), ?) > 0";
  }

  @Override
  public String folded(String text) {
    return TaughtFunctions.folded(text);
  }

  @Override
  public FullTextDialect fullText() {
    return new SqliteFullText(this);
  }

  @Override
  public String sum(String column, ColumnType type) {
    // not "+": past the largest whole number SQLite goes on with a floating point one
    return "%s(%s, ?, '%s')".formatted(SqliteFunctions.SUM, column, type.name());
  }

  @Override
  public String parameterMarks() {
    return "$@#";
  }

  @Override
  public @Nullable String refusal(List<String> words, boolean sets) {
    return switch (words.getFirst()) {
      case "attach", "detach" ->
          "db.sql does not take '%s': it would stay with one connection. Open a Database of its own."
              .formatted(words.getFirst());
      case "pragma" ->
          sets && !HARMLESS.contains(pragma(words))
              ? "db.sql does not change this pragma: it would stay with one connection. See the settings."
              : null;
      default -> null;
    };
  }

  // what is temporary may be named in many ways, but it always has to be made
  @Override
  public boolean lasts(List<String> words) {
    return words.contains("create");
  }

  // behind the schema's name, if there is one; a quoted name is no word, and so not harmless
  private static String pragma(List<String> words) {
    int at = words.size() > 2 && words.get(1).equals("main") ? 2 : 1;
    return words.size() > at ? words.get(at) : "";
  }

  @Override
  public boolean bracketsQuote() {
    return true;
  }

  @Override
  public boolean nestsComments() {
    return false;
  }

  @Override
  public String explain() {
    return "explain query plan ";
  }

  @Override
  public @Nullable String literalQuestionMark() {
    return null;
  }
}
