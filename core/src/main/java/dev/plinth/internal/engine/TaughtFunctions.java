package dev.plinth.internal.engine;

import dev.plinth.internal.shape.Json;
import dev.plinth.internal.shape.JsonMatch;
import dev.plinth.query.Filter;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect.Condition;
import java.util.List;
import java.util.Locale;

/// What the embedded engines are taught, under the same names on each of them.
public final class TaughtFunctions {

  /// Upper and lower case made alike, beyond ASCII.
  public static final String FOLDED = "plinth_folded";

  /// Whether a JSON document meets a comparison.
  public static final String JSON = "plinth_json";

  /// A JSON object with the keys of another.
  public static final String MERGED = "plinth_json_merged";

  /// A JSON document after a merge patch.
  public static final String PATCHED = "plinth_json_patched";

  private TaughtFunctions() {}

  /// The condition that what stands in a JSON column meets a comparison.
  public static Condition json(
      String column, Filter.Json.Kind kind, List<String> path, String value) {
    return new Condition(
        JSON + "(" + column + ", ?)",
        List.of(ColumnType.TEXT),
        List.of(JsonMatch.text(kind, path, value)));
  }

  /// The condition that a list, which is stored as JSON, holds all of some values.
  public static Condition holds(String column, List<?> values) {
    return json(column, Filter.Json.Kind.CONTAINS, List.of(), Json.array(values));
  }

  /// A JSON column that one of the functions has merged a parameter into.
  public static String into(String function, String column) {
    return function + "(coalesce(" + column + ", '{}'), ?)";
  }

  /// Text with its case folded: down, which makes ẞ a ß, up, which writes that as SS, and down again.
  public static String folded(String text) {
    return lowered(lowered(text).toUpperCase(Locale.ROOT));
  }

  // letter by letter, so that none's form depends on its neighbours, as the final sigma's would
  private static String lowered(String text) {
    StringBuilder lowered = new StringBuilder(text.length());
    text.codePoints().map(Character::toLowerCase).forEach(lowered::appendCodePoint);
    return lowered.toString();
  }
}
