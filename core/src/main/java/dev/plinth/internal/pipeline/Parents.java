package dev.plinth.internal.pipeline;

import dev.plinth.error.ConstraintException;
import dev.plinth.internal.pipeline.Relations.Reference;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.spi.Column;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Looks whether rows that others refer to are live, and keeps them so until the transaction ends.
final class Parents {

  /// Keys that are referred to, by reference; none comes twice.
  static final class Wanted {
    private final Map<Reference, Set<Object>> keys = new LinkedHashMap<>();

    /// Notes a value of the column that refers.
    void add(Reference reference, Object value) {
      keys.computeIfAbsent(reference, r -> new LinkedHashSet<>()).add(key(reference, value));
    }

    /// Forgets rows that need not be looked for.
    void forget(String table, Set<Object> known) {
      for (Map.Entry<Reference, Set<Object>> entry : keys.entrySet()) {
        if (entry.getKey().parent().table().equals(table)) {
          entry.getValue().removeAll(known);
        }
      }
      keys.values().removeIf(Set::isEmpty);
    }

    boolean isEmpty() {
      return keys.isEmpty();
    }
  }

  private final SqlWriter writer;
  private final Dialect dialect;
  private final RowPolicies policies;

  Parents(SqlWriter writer, Dialect dialect, RowPolicies policies) {
    this.writer = writer;
    this.dialect = dialect;
    this.policies = policies;
  }

  /// What a column that refers holds, as the key of the row that it refers to.
  static Object key(Reference reference, Object value) {
    return Objects.requireNonNull(reference.parent().key().encode(value));
  }

  /// The keys that no live row has, by reference, in one statement for each.
  Map<Reference, Set<Object>> missing(Wanted wanted, Session session) {
    Map<Reference, Set<Object>> missing = new LinkedHashMap<>();
    wanted.keys.forEach((reference, keys) -> {
      Set<Object> left = missing(reference.parent(), keys, session);
      if (!left.isEmpty()) {
        missing.put(reference, left);
      }
    });
    return missing;
  }

  private Set<Object> missing(Shape<?> parent, Set<Object> keys, Session session) {
    Column key = parent.key();
    Set<Object> missing = new LinkedHashSet<>(keys);
    Object list = dialect.listArgument(new ArrayList<>(keys), key.type());
    Session named = policies.named(session, parent); // nobody's name is left from a look before
    try (Session.Rows rows = named.query(writer.of(parent).live(), list)) {
      while (rows.next()) {
        missing.remove(rows.value(0, key.type()));
      }
    }
    return missing;
  }

  /// Refuses references to rows that are not live.
  static void refuse(Map<Reference, Set<Object>> missing) {
    for (Map.Entry<Reference, Set<Object>> entry : missing.entrySet()) {
      Reference reference = entry.getKey();
      List<Object> keys = List.copyOf(entry.getValue());
      Column column = reference.column();
      throw new ConstraintException(
          ConstraintException.Kind.FOREIGN_KEY,
          reference.child().table(),
          List.of(column.name()),
          null,
          "A row of %s refers by %s to %s of %s, which is deleted or was never there%s: restore or create it first."
              .formatted(
                  reference.child(),
                  column.name(),
                  column.secret() ? "a row" : Canonical.text(keys.getFirst()),
                  reference.parent(),
                  keys.size() == 1 ? "" : ", and to " + (keys.size() - 1) + " more such"),
          null);
    }
  }
}
