package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.error.DataException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.FetchPlan;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts the records of a fetch plan together: one statement for each edge, however many rows.
///
/// @param <P> the record
final class Fetching<P> {

  private static final int MOST_KEYS = 10_000; // of one statement

  private final FetchPlan<P> plan;
  private final Repositories repositories;

  Fetching(FetchPlan<P> plan, Repositories repositories) {
    this.plan = plan;
    this.repositories = repositories;
  }

  /// The records of rows as the plan has read them.
  List<P> of(List<Object> rows) {
    return of(plan, rows);
  }

  private <Q> List<Q> of(FetchPlan<Q> plan, List<Object> rows) {
    List<FetchPlan.Edge> edges = plan.edges();
    List<Map<Object, Object>> others = new ArrayList<>(edges.size());
    for (FetchPlan.Edge edge : edges) {
      others.add(load(edge, rows));
    }
    List<Q> records = new ArrayList<>(rows.size());
    for (Object values : rows) {
      @Nullable Object[] row = (@Nullable Object[]) values;
      @Nullable Object[] related = new Object[edges.size()];
      for (int i = 0; i < related.length; i++) {
        related[i] = related(edges.get(i), row, others.get(i));
      }
      records.add(plan.build(row, related));
    }
    return records;
  }

  // what an edge leads to, by the keys on this side
  private Map<Object, Object> load(FetchPlan.Edge edge, List<Object> rows) {
    Set<Object> keys = new LinkedHashSet<>();
    for (Object row : rows) {
      Object key = ((@Nullable Object[]) row)[edge.here()];
      if (key != null) {
        keys.add(key);
      }
    }
    List<Object> all = List.copyOf(keys);
    Map<Object, Object> loaded = HashMap.newHashMap(all.size());
    for (int from = 0; from < all.size(); from += MOST_KEYS) {
      load(edge, all.subList(from, Math.min(all.size(), from + MOST_KEYS)), loaded);
    }
    return loaded;
  }

  private void load(FetchPlan.Edge edge, List<Object> keys, Map<Object, Object> loaded) {
    Filter among = new Filter.In(Property.Name.of(edge.there().name()), keys);
    Selection selection = Selection.of(among).withOrders(edge.orders());
    Outcome.Rows rows =
        (Outcome.Rows)
            repositories.run(
                new Operation.Select(edge.other(), edge.into(), selection, true, false));
    FetchPlan<?> nested = edge.plan();
    List<?> entities = nested == null ? rows.entities() : of(nested, rows.entities());
    for (int i = 0; i < entities.size(); i++) {
      Object key = rows.keys().get(i).getFirst(); // what they are ordered by
      Object entity = entities.get(i);
      if (key != null && edge.many()) {
        list(loaded, alike(key)).add(entity);
      } else if (key != null) {
        loaded.put(alike(key), entity);
      }
    }
  }

  @SuppressWarnings("unchecked") // an edge to many has lists alone
  private static List<Object> list(Map<Object, Object> loaded, Object key) {
    return (List<Object>) loaded.computeIfAbsent(key, _ -> new ArrayList<>());
  }

  // a reference may be narrower than the key
  private static Object alike(Object key) {
    return key instanceof Number number ? (Object) number.longValue() : key;
  }

  private static @Nullable Object related(
      FetchPlan.Edge edge, @Nullable Object[] row, Map<Object, Object> others) {
    Object key = row[edge.here()];
    Object other = key == null ? null : others.get(alike(key));
    if (edge.many()) {
      return other == null ? List.of() : Collections.unmodifiableList((List<?>) other);
    }
    if (other == null && !edge.nullable()) {
      throw new DataException(
          "%s cannot be null, but %s: mark it @Nullable, or leave such rows out with refersTo(…)."
              .formatted(
                  edge.where(),
                  key == null
                      ? "a row refers to none of " + edge.other()
                      : "no live row of %s has the key %s"
                          .formatted(
                              edge.other(), edge.secret() ? "asked for" : Canonical.text(key))));
    }
    return other;
  }
}
