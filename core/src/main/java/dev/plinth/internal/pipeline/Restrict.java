package dev.plinth.internal.pipeline;

import dev.plinth.error.AccessException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.spi.Call;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Lets an actor see and change only the rows that the policies show.
///
/// Reads get the policy as one more condition. Writes are [RestrictedWrite]'s.
public final class Restrict implements Step {

  private final RowPolicies policies;
  private final Catalog catalog;
  private final Set<String> tables = ConcurrentHashMap.newKeySet(); // known to be no views
  private final RestrictedLog log;
  private final RestrictedWrite writes;

  /// A step for these policies.
  ///
  /// @param catalog knows what is a view
  public Restrict(RowPolicies policies, Catalog catalog, RestrictedWrite writes) {
    this.policies = policies;
    this.catalog = catalog;
    this.log = new RestrictedLog(policies);
    this.writes = writes;
  }

  /// Whether there are policies: then every table's calls need it, for a filter may look into others.
  boolean isNeeded() {
    return !policies.isEmpty();
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Operation operation = call.operation();
    Shape<?> shape = operation.shape();
    if (!policies.restricted()) {
      return next.apply(call);
    }
    if (shape.table().equalsIgnoreCase(AuditRows.TABLE)) {
      return log.apply(call, next);
    }
    Filter policy = policies.of(shape);
    if (policy == null) {
      refuseView(shape, call.context().session());
    }
    return switch (operation) {
      case Operation.Find(var _, var key, var deleted) when policy != null -> {
        Selection row = keyed(shape, key).withDeleted(deleted).and(policy);
        List<Object> found =
            ((Outcome.Rows)
                    next.apply(call.with(new Operation.Select(shape, shape, row, false, false))))
                .entities();
        yield new Outcome.Found(found.isEmpty() ? null : found.getFirst());
      }
      case Operation.Read read -> next.apply(call.with(seen(read, policy)));
      case Operation.Write write -> writes.apply(write, policy, call, next);
    };
  }

  // it may show rows of a table with a policy
  private void refuseView(Shape<?> shape, @Nullable Session session) {
    if (shape.isOwn() || tables.contains(shape.table())) {
      return;
    }
    if (catalog.views(session).stream().anyMatch(shape.table()::equalsIgnoreCase)) {
      throw new AccessException(
          "%s is a view, which may show what policies hide: give it a policy of its own, or use db.policies().bypass(…)."
              .formatted(shape));
    }
    tables.add(shape.table()); // for good: nobody makes a view of a table's name meanwhile
  }

  static Selection keyed(Shape<?> shape, Object key) {
    return Selection.of(Filter.field(shape.key().name()).is(key));
  }

  private Operation.Read seen(Operation.Read read, @Nullable Filter policy) {
    return switch (read) {
      case Operation.Find find -> find;
      case Operation.Select(var shape, var into, var selection, var keyed, var locked) ->
          new Operation.Select(shape, into, seen(policies, selection, policy), keyed, locked);
      case Operation.Stream(var shape, var into, var selection) ->
          new Operation.Stream(shape, into, seen(policies, selection, policy));
      case Operation.Count(var shape, var selection) ->
          new Operation.Count(shape, seen(policies, selection, policy));
      case Operation.Exists(var shape, var selection) ->
          new Operation.Exists(shape, seen(policies, selection, policy));
      case Operation.Explain(var shape, var selection) ->
          new Operation.Explain(shape, seen(policies, selection, policy));
    };
  }

  /// What a selection may select.
  static Selection seen(RowPolicies policies, Selection selection, @Nullable Filter policy) {
    Selection own = selection.withFilter(policies.seen(selection.filter()));
    return policy == null ? own : own.and(policy);
  }
}
