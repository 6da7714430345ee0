package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.shape.JsonMerge;
import dev.plinth.query.Filter;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect.Condition;
import java.util.ArrayList;
import java.util.List;

/// What is asked of JSON columns, and merged into them.
final class PostgresJson {

  private PostgresJson() {}

  // only the plain column, without a path, can use an index on it
  static Condition condition(
      String column, Filter.Json.Kind kind, List<String> path, String value) {
    String found = path.isEmpty() ? column + "::jsonb" : "(" + column + "::jsonb #> ?)";
    List<ColumnType> types = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    if (!path.isEmpty()) {
      types.add(ColumnType.TEXT);
      values.add(new PostgresDialect.Listed(ColumnType.TEXT, path, false));
    }
    types.add(kind == Filter.Json.Kind.HAS_KEY ? ColumnType.TEXT : ColumnType.JSON);
    values.add(value);
    return new Condition(
        switch (kind) {
          case IS -> found + " = ?";
          case CONTAINS -> found + " @> ?";
          // not the operator "?", which takes elements of arrays for keys as well
          case HAS_KEY -> "(" + found + " -> ?::text) is not null";
        },
        types,
        values);
  }

  // there is no function that raises an error, so a text is taken for a number
  static String merged(String column) {
    String stored = "coalesce(nullif(" + column + "::jsonb, 'null'), '{}')";
    return ("(case when jsonb_typeof(%1$s) = 'object' then %1$s || ?::jsonb"
            + " else (left(%2$s::text, 0) || '%3$s')::integer::text::jsonb end)")
        .formatted(stored, column, JsonMerge.NO_OBJECT);
  }

  // RFC 7396 calls itself for what is inside; here it is written out, as deep as the patch is
  static String patched(String column, String patch) {
    return "(select "
        + patched(column + "::jsonb", "q.p", JsonMerge.depth(patch))
        + " from (select ?::jsonb as p) q)";
  }

  private static String patched(String stored, String patch, int depth) {
    if (depth == 0) {
      return patch;
    }
    String s = "s" + depth;
    String p = "p" + depth;
    return ("(case when jsonb_typeof(%2$s) = 'object' then (select coalesce(jsonb_object_agg("
            + "coalesce(%3$s.key, %4$s.key), case when %4$s.key is null then %3$s.value else %5$s end"
            + "), '{}') from jsonb_each(case jsonb_typeof(%1$s) when 'object' then %1$s else '{}' end) %3$s"
            + " full join jsonb_each(%2$s) %4$s on %3$s.key = %4$s.key"
            + " where %4$s.value is distinct from 'null') else %2$s end)")
        .formatted(stored, patch, s, p, patched(s + ".value", p + ".value", depth - 1));
  }
}
