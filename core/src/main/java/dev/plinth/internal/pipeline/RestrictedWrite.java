package dev.plinth.internal.pipeline;

import dev.plinth.error.AccessException;
import dev.plinth.error.ConflictException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Context;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step.Next;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes of an actor who does not see every row.
///
/// He changes what he sees, and what he leaves behind he must see as well: the database is asked
/// after the write, in its transaction, whether it meets the policy. What he does not see is to him
/// as if it were not there.
public final class RestrictedWrite {

  private static final int BATCH = 10_000;

  private final RowPolicies policies;
  private final Transactions transactions;

  /// Writes in these transactions.
  public RestrictedWrite(RowPolicies policies, Transactions transactions) {
    this.policies = policies;
    this.transactions = transactions;
  }

  Outcome apply(Operation.Write write, @Nullable Filter policy, Call call, Next next) {
    Operation.Write seen = seen(write, policy);
    if (policy == null && !policies.isKeptByDatabase()) {
      return next.apply(call.with(seen));
    }
    return transactions.once(
        Begin.WRITE, // so that what is found wrong afterwards has not happened
        scope ->
            inside(
                seen,
                policy,
                new Call(seen, new Context(scope.session(), call.context().group())),
                next));
  }

  private Operation.Write seen(Operation.Write write, @Nullable Filter policy) {
    return switch (write) {
      case Operation.Delete(var shape, var selection, var physical, var returning) ->
          new Operation.Delete(
              shape, Restrict.seen(policies, selection, policy), physical, returning);
      case Operation.Restore(var shape, var selection, var returning) ->
          new Operation.Restore(
              shape, Restrict.seen(policies, selection, policy), returning || policy != null);
      case Operation.UpdateWhere(var shape, var selection, var set, var returning) ->
          new Operation.UpdateWhere(
              shape,
              Restrict.seen(policies, selection, policy),
              set,
              returning || (policy != null && mayLeave(policy, shape, set)));
      case Operation.Insert insert -> insert;
      case Operation.Save save -> save;
      case Operation.UpdateRows update -> update;
      case Operation.SaveRows save -> save; // it comes as what it is made of
    };
  }

  private Outcome inside(Operation.Write write, @Nullable Filter policy, Call call, Next next) {
    Shape<?> shape = write.shape();
    if (policy == null) {
      return next.apply(call); // in a transaction only because the database wants to know the actor
    }
    return switch (write) {
      case Operation.Delete _, Operation.SaveRows _ -> next.apply(call);
      case Operation.Insert _ -> checked(next.apply(call), shape, policy, call, next);
      case Operation.Restore _ -> checked(next.apply(call), shape, policy, call, next);
      case Operation.Save save ->
          checked(save(save, policy, call, next), shape, policy, call, next);
      case Operation.UpdateWhere update -> {
        Outcome updated = next.apply(call);
        yield mayLeave(policy, shape, update.set())
            ? checked(updated, shape, policy, call, next)
            : updated;
      }
      case Operation.UpdateRows update -> {
        mustBeSeen(update, policy, call, next);
        Outcome updated = next.apply(call);
        yield update.rows().stream().anyMatch(row -> mayLeave(policy, shape, row.set()))
            ? checked(updated, shape, policy, call, next)
            : updated;
      }
    };
  }

  // whether rows that meet a policy may not meet it once these values are set
  private static boolean mayLeave(Filter policy, Shape<?> shape, List<Assignment> set) {
    for (Column column : RowPolicies.columns(policy, shape)) {
      boolean plain = column.role() == Column.Role.VALUE || column.role() == Column.Role.KEY;
      if (!plain || set.stream().anyMatch(one -> one.column() == column)) {
        return true; // the layer's own columns change with every write
      }
    }
    return false;
  }

  private static void mustBeSeen(Operation.UpdateRows update, Filter policy, Call call, Next next) {
    Shape<?> shape = update.shape();
    List<RowUpdate> rows = update.rows();
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<RowUpdate> some = rows.subList(from, Math.min(rows.size(), from + BATCH));
      List<Object> keys = new ArrayList<>(some.size());
      some.forEach(row -> keys.add(row.key()));
      Set<String> seen = new HashSet<>();
      for (Object row : locked(among(shape, keys).and(policy), shape, call, next)) {
        seen.add(Canonical.text(key(shape, row)));
      }
      for (Object key : keys) {
        if (!seen.contains(Canonical.text(key))) {
          throw UpdateByKey.missing(shape, key);
        }
      }
    }
  }

  // A row that is there, but not seen, must neither be changed nor told of: the actor meets what he
  // would meet by creating the row. Who made it in between is found by the upsert itself.
  private static Outcome save(Operation.Save save, Filter policy, Call call, Next next) {
    Shape<?> shape = save.shape();
    List<Filter> same = new ArrayList<>();
    for (Column column : save.conflict()) {
      Object value = save.row()[column.position()];
      if (value == null) {
        return next.apply(call); // which is equal to nothing that is there
      }
      same.add(Filter.field(column.name()).is(value));
    }
    Selection there = Selection.of(new Filter.And(same)).withDeleted(Deleted.INCLUDED);
    if (!locked(there.and(policy), shape, call, next).isEmpty()) {
      return next.apply(call);
    }
    if (exists(there.and(Filter.not(policy)), shape, call, next)) {
      List<@Nullable Object[]> row = new ArrayList<>(1);
      row.add(save.row());
      return next.apply(call.with(new Operation.Insert(shape, row)));
    }
    Outcome.Changed saved = (Outcome.Changed) next.apply(call);
    if (saved.overwrote()) {
      throw new ConflictException( // run again, it finds out whose it is
          "A row of %s to be saved was created by another at the same time.".formatted(shape));
    }
    return saved;
  }

  private static Outcome checked(
      Outcome outcome, Shape<?> shape, Filter policy, Call call, Next next) {
    if (shape.with(Column.Role.KEY) == null) {
      throw new UnsupportedException(
          "%s has a row policy, but no single key by which to look whether what is written meets it."
              .formatted(shape));
    }
    List<Object> entities = ((Outcome.Changed) outcome).entities();
    for (int from = 0; from < entities.size(); from += BATCH) {
      List<Object> keys = new ArrayList<>();
      for (Object entity : entities.subList(from, Math.min(entities.size(), from + BATCH))) {
        keys.add(key(shape, entity));
      }
      Selection written = among(shape, keys).withDeleted(Deleted.INCLUDED);
      if (exists(written.and(Filter.not(policy)), shape, call, next)) {
        throw new AccessException(
            "A row of %s would not meet the table's policy for the actor; nothing was written."
                .formatted(shape));
      }
    }
    return outcome;
  }

  private static Selection among(Shape<?> shape, List<Object> keys) {
    return Selection.of(Filter.field(shape.key().name()).in(keys));
  }

  private static List<Object> locked(Selection selection, Shape<?> shape, Call call, Next next) {
    Operation select = new Operation.Select(shape, shape.raw(), selection, false, true);
    return ((Outcome.Rows) next.apply(call.with(select))).entities();
  }

  private static boolean exists(Selection selection, Shape<?> shape, Call call, Next next) {
    Outcome found = next.apply(call.with(new Operation.Exists(shape, selection)));
    return ((Outcome.Counted) found).count() > 0;
  }

  @SuppressWarnings("unchecked") // the entity was read into this shape
  private static Object key(Shape<?> shape, Object entity) {
    @Nullable Object[] values =
        entity instanceof Object[] raw ? raw : ((Shape<Object>) shape).write(entity);
    return Objects.requireNonNull(values[shape.key().position()]);
  }
}
