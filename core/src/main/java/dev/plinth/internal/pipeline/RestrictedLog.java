package dev.plinth.internal.pipeline;

import dev.plinth.error.AccessException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The log of what happened to rows that not everybody sees.
///
/// Nobody can tell by which policy a row would have been seen as it was then. So the entries of a
/// table with a policy are hidden, but for those of one row that the actor sees as it is now.
final class RestrictedLog implements Step {

  private static final String TABLE = "resource_type";
  private static final String KEY = "resource_id";

  private final RowPolicies policies;

  RestrictedLog(RowPolicies policies) {
    this.policies = policies;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Operation operation = call.operation();
    policies.actor(operation.shape());
    Shape<?> shape = operation.shape();
    return switch (operation) {
      case Operation.Find(var _, var key, var deleted) -> {
        Selection entry = Restrict.keyed(shape, key).withDeleted(deleted).and(open());
        Call select = call.with(new Operation.Select(shape, shape, entry, false, false));
        List<Object> found = ((Outcome.Rows) next.apply(select)).entities();
        yield new Outcome.Found(found.isEmpty() ? null : found.getFirst());
      }
      case Operation.Select(var _, var into, var selection, var keyed, var locked) ->
          next.apply(
              call.with(
                  new Operation.Select(shape, into, seen(selection, call, next), keyed, locked)));
      case Operation.Stream(var _, var into, var selection) ->
          next.apply(call.with(new Operation.Stream(shape, into, seen(selection, call, next))));
      case Operation.Count(var _, var selection) ->
          next.apply(call.with(new Operation.Count(shape, seen(selection, call, next))));
      case Operation.Exists(var _, var selection) ->
          next.apply(call.with(new Operation.Exists(shape, seen(selection, call, next))));
      case Operation.Explain(var _, var selection) ->
          next.apply(call.with(new Operation.Explain(shape, seen(selection, call, next))));
      case Operation.Write _ ->
          throw new AccessException(
              "Where there are row policies, the audit log is cleaned by work that may see every row: use db.policies().bypass(…).");
    };
  }

  // entries of tables that everybody sees
  private Filter open() {
    List<String> tables = new ArrayList<>();
    policies.all().forEach(policy -> tables.add(policy.shape().table()));
    return Filter.not(Filter.field(TABLE).in(tables));
  }

  private Selection seen(Selection selection, Call call, Next next) {
    Shape<?> log = call.operation().shape();
    Object table = named(selection.filter(), log, TABLE);
    Object key = named(selection.filter(), log, KEY);
    RowPolicies.RowPolicy policy = table == null ? null : policies.policy(table.toString());
    return policy != null && key != null && sees(policy.shape(), key.toString(), call, next)
        ? selection
        : selection.and(open());
  }

  // the value that a column of the log must have
  private static @Nullable Object named(Filter filter, Shape<?> log, String column) {
    return switch (filter) {
      case Filter.Comparison(var name, var operator, var value)
          when operator == Filter.Operator.IS && log.column(name).name().equals(column) ->
          value;
      case Filter.And(var parts) ->
          parts.stream()
              .map(part -> named(part, log, column))
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      default -> null;
    };
  }

  private boolean sees(Shape<?> shape, String id, Call call, Next next) {
    Object key = key(shape, id);
    Filter policy = policies.of(shape);
    if (key == null || policy == null) {
      return false;
    }
    Selection row = Restrict.keyed(shape, key).withDeleted(Deleted.INCLUDED).and(policy);
    Outcome found = next.apply(call.with(new Operation.Exists(shape, row)));
    return ((Outcome.Counted) found).count() > 0;
  }

  // as the log writes it; null for a kind of key that is not looked for
  private static @Nullable Object key(Shape<?> shape, String id) {
    try {
      return switch (shape.key().type()) {
        case TEXT -> id;
        case UUID -> UUID.fromString(id);
        case LONG, INTEGER, SHORT -> shape.key().encode(Long.valueOf(id));
        default -> null;
      };
    } catch (IllegalArgumentException e) { // no key of this table
      return null;
    }
  }
}
