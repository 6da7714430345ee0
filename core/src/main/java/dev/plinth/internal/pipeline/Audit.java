package dev.plinth.internal.pipeline;

import static dev.plinth.query.Filter.field;

import dev.plinth.audit.Action;
import dev.plinth.entity.Property;
import dev.plinth.error.ConflictException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes one audit row per changed row, in the transaction of the change.
///
/// It reads what was there before, lets the change happen, and writes both down; if it cannot, the
/// change does not happen either.
public final class Audit implements Step {

  private static final int CHUNK = 10_000;

  private final AuditRows rows;
  private final Dialect dialect;

  /// A step that writes its rows there.
  public Audit(AuditRows rows, Dialect dialect) {
    this.rows = rows;
    this.dialect = dialect;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return switch (call.operation()) {
      case Operation.Insert insert -> {
        Outcome.Changed changed = (Outcome.Changed) next.apply(call);
        List<AuditRows.Change> changes = new ArrayList<>(changed.entities().size());
        for (Object entity : changed.entities()) {
          changes.add(new AuditRows.Change(Action.CREATE, null, values(insert.shape(), entity)));
        }
        yield written(call, changed, changes);
      }
      case Operation.Save save -> {
        // null equals nothing, so a row with a null there is always a new one
        boolean findable =
            save.conflict().stream().noneMatch(column -> save.row()[column.position()] == null);
        List<Object> before =
            findable ? select(call, next, save.shape(), same(save), Deleted.EXCLUDED) : List.of();
        Action action = before.isEmpty() ? Action.CREATE : Action.UPDATE;
        Outcome.Changed saved = (Outcome.Changed) compared(call, next, before, action);
        if (before.isEmpty() && saved.overwrote()) {
          throw new ConflictException( // run again, it finds the row and can tell what it was
              "A row of %s to be saved was created by another at the same time."
                  .formatted(save.shape()));
        }
        yield saved;
      }
      case Operation.SaveRows _ -> next.apply(call); // its parts are audited
      case Operation.UpdateRows update -> {
        Property.Name key = name(update.shape().key());
        List<Object> keys = new ArrayList<>(update.rows().size());
        update.rows().forEach(row -> keys.add(row.key()));
        Operation.Assignment within = update.rows().getFirst().within(); // the same for all
        Filter named = new Filter.In(key, keys);
        Filter filter =
            within == null
                ? named
                : new Filter.And(List.of(field(within.column().name()).is(within.value()), named));
        yield compared(
            call,
            next,
            select(call, next, update.shape(), filter, Deleted.EXCLUDED),
            Action.UPDATE);
      }
      case Operation.UpdateWhere(var shape, var selection, var set, var returning) -> {
        List<Object> before = select(call, next, shape, selection.filter(), selection.deleted());
        if (!returning && !dialect.returnsUpdated()) {
          yield readAgain(call, next, before, Action.UPDATE);
        }
        yield compared(
            call.with(new Operation.UpdateWhere(shape, known(shape, selection, before), set, true)),
            next,
            before,
            Action.UPDATE);
      }
      case Operation.Restore(var shape, var selection, var returning) -> {
        List<Object> before = select(call, next, shape, selection.filter(), Deleted.ONLY);
        if (!returning && !dialect.returnsUpdated()) {
          yield readAgain(call, next, before, Action.RESTORE);
        }
        yield compared(
            call.with(new Operation.Restore(shape, known(shape, selection, before), true)),
            next,
            before,
            Action.RESTORE);
      }
      case Operation.Delete delete -> delete(call, next, delete);
      case Operation.Read _ -> next.apply(call);
    };
  }

  private Outcome delete(Call call, Next next, Operation.Delete delete) {
    Shape<?> shape = delete.shape();
    if (!delete.physical() && shape.with(Column.Role.DELETED_AT) != null) {
      List<Object> before =
          select(call, next, shape, delete.selection().filter(), Deleted.EXCLUDED);
      if (!delete.returning() && !dialect.returnsUpdated()) {
        return readAgain(call, next, before, Action.SOFT_DELETE);
      }
      Selection known = known(shape, delete.selection(), before);
      return compared(returning(call, delete, known), next, before, Action.SOFT_DELETE);
    }
    Outcome.Changed changed =
        (Outcome.Changed) next.apply(returning(call, delete, delete.selection()));
    List<AuditRows.Change> changes = new ArrayList<>(changed.entities().size());
    for (Object entity : changed.entities()) {
      changes.add(new AuditRows.Change(Action.DELETE, values(shape, entity), null));
    }
    return written(call, changed, changes);
  }

  // as plain values: a row that the record's constructor refuses can be deleted all the same
  private static Call returning(Call call, Operation.Delete delete, Selection selection) {
    return call.with(
        new Operation.Delete(delete.shape().raw(), selection, delete.physical(), true));
  }

  // Where others write at the same time, rows may meet the condition that did not when they were
  // read and locked; nobody could tell what those were before.
  private Selection known(Shape<?> shape, Selection selection, List<Object> before) {
    if (dialect.forUpdate().isEmpty()) {
      return selection;
    }
    int key = shape.key().position();
    List<Object> keys = new ArrayList<>(before.size());
    for (Object entity : before) {
      keys.add(Objects.requireNonNull(values(shape, entity)[key]));
    }
    return selection.and(new Filter.In(name(shape.key()), keys));
  }

  private Outcome compared(Call call, Next next, List<Object> before, Action action) {
    Shape<?> shape = call.operation().shape();
    int key = shape.key().position();
    Map<Object, @Nullable Object[]> images = HashMap.newHashMap(before.size());
    for (Object entity : before) {
      @Nullable Object[] values = values(shape, entity);
      images.put(Canonical.text(Objects.requireNonNull(values[key])), values);
    }
    Outcome.Changed changed = (Outcome.Changed) next.apply(call);
    List<AuditRows.Change> changes = new ArrayList<>(changed.entities().size());
    for (Object entity : changed.entities()) {
      @Nullable Object[] after = values(shape, entity);
      String id = Canonical.text(Objects.requireNonNull(after[key]));
      // a row that is changed twice was after the first time what it is before the second
      @Nullable Object[] image = images.put(id, after);
      if (image == null && action != Action.CREATE) {
        throw new ConflictException( // run again, it can tell what the row was
            "A row of %s was made or restored by another at the same time.".formatted(shape));
      }
      changes.add(new AuditRows.Change(action, image, after));
    }
    return written(call, changed, changes);
  }

  // the change without its rows, which are then looked for by their keys
  private Outcome readAgain(Call call, Next next, List<Object> before, Action action) {
    Shape<?> shape = call.operation().shape();
    // as records, to find out that they can still be read; whoever deletes them need not know
    Shape<?> into = action == Action.SOFT_DELETE ? shape.raw() : shape;
    Column key = shape.key();
    Outcome.Changed changed = (Outcome.Changed) next.apply(call);
    checkAll(changed, before.size());
    for (int from = 0; from < before.size(); from += CHUNK) {
      Map<Object, @Nullable Object[]> images = new LinkedHashMap<>();
      for (Object entity : before.subList(from, Math.min(before.size(), from + CHUNK))) {
        @Nullable Object[] values = values(shape, entity);
        images.put(Objects.requireNonNull(values[key.position()]), values);
      }
      Filter same = new Filter.In(name(key), List.copyOf(images.keySet()));
      List<AuditRows.Change> changes = new ArrayList<>(images.size());
      for (Object entity : select(call, next, shape, into, same, Deleted.INCLUDED)) {
        @Nullable Object[] after = values(shape, entity);
        changes.add(new AuditRows.Change(action, images.get(after[key.position()]), after));
      }
      checkAll(changed, before.size() - images.size() + changes.size());
      rows.write(call, changes);
    }
    return changed;
  }

  private Outcome written(Call call, Outcome.Changed changed, List<AuditRows.Change> changes) {
    checkAll(changed, changes.size());
    rows.write(call, changes);
    return changed;
  }

  private static void checkAll(Outcome.Changed changed, int audited) {
    if (audited != changed.count()) {
      throw new IllegalStateException(
          changed.count() + " rows were changed, but " + audited + " would be audited.");
    }
  }

  private static List<Object> select(
      Call call, Next next, Shape<?> shape, Filter filter, Deleted deleted) {
    return select(call, next, shape, shape.raw(), filter, deleted);
  }

  private static List<Object> select(
      Call call, Next next, Shape<?> shape, Shape<?> into, Filter filter, Deleted deleted) {
    Selection selection = Selection.of(filter).withDeleted(deleted);
    Operation select = new Operation.Select(shape, into, selection, false, true);
    return ((Outcome.Rows) next.apply(call.with(select))).entities();
  }

  private static Filter same(Operation.Save save) {
    List<Filter> parts = new ArrayList<>();
    for (Column column : save.conflict()) {
      parts.add(field(column.name()).is(save.row()[column.position()]));
    }
    return new Filter.And(parts);
  }

  private static Property.Name name(Column column) {
    return Property.Name.of(column.name());
  }

  @SuppressWarnings("unchecked") // the entity was read into this shape
  private static @Nullable Object[] values(Shape<?> shape, Object entity) {
    return entity instanceof Object[] values ? values : ((Shape<Object>) shape).write(entity);
  }
}
