package dev.plinth.internal.pipeline;

import dev.plinth.entity.Property;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Hides deleted rows from every selection, and turns deletes into updates: a pure rewrite.
///
/// Where the table has a column `deletion_id`, each deletion leaves its own there, so that a restore
/// can bring back exactly what one deletion took.
public final class SoftDelete implements Step {

  private final Clock clock;
  private final UuidV7 ids;
  private final Catalog catalog;

  /// A step with this clock.
  public SoftDelete(Clock clock, UuidV7 ids, Catalog catalog) {
    this.clock = clock;
    this.ids = ids;
    this.catalog = catalog;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Operation rewritten =
        switch (call.operation()) {
          case Operation.Select(var shape, var into, var selection, var keyed, var locked) ->
              new Operation.Select(shape, into, seen(shape, selection), keyed, locked);
          case Operation.Stream(var shape, var into, var selection) ->
              new Operation.Stream(shape, into, seen(shape, selection));
          case Operation.Count(var shape, var selection) ->
              new Operation.Count(shape, seen(shape, selection));
          case Operation.Exists(var shape, var selection) ->
              new Operation.Exists(shape, seen(shape, selection));
          case Operation.Explain(var shape, var selection) ->
              new Operation.Explain(shape, seen(shape, selection));
          case Operation.UpdateWhere(var shape, var selection, var set, var returning) ->
              new Operation.UpdateWhere(shape, seen(shape, selection), set, returning);
          case Operation.Delete(var shape, var selection, var physical, var returning) ->
              physical
                  ? new Operation.Delete(shape, seen(shape, selection), true, returning)
                  : mark(
                      call, shape, seen(shape, selection.withDeleted(Deleted.EXCLUDED)), returning);
          case Operation.Restore(var shape, var selection, var returning) ->
              unmark(call, shape, seen(shape, selection.withDeleted(Deleted.ONLY)), returning);
          // by key: their text has the condition in it
          case Operation.Find find -> find;
          case Operation.UpdateRows update -> update;
          case Operation.Save save -> save;
          case Operation.SaveRows save -> save;
          case Operation.Insert insert -> insert;
        };
    return next.apply(rewritten == call.operation() ? call : call.with(rewritten));
  }

  private static Selection seen(Shape<?> shape, Selection selection) {
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    if (deletedAt == null || selection.deleted() == Deleted.INCLUDED) {
      return selection;
    }
    Filter isNull = new Filter.IsNull(Property.Name.of(deletedAt.name()));
    return selection.and(selection.deleted() == Deleted.EXCLUDED ? isNull : new Filter.Not(isNull));
  }

  private Operation mark(Call call, Shape<?> shape, Selection live, boolean returning) {
    UUID group = call.context().group();
    return change(
        call,
        shape,
        live,
        returning,
        Canonical.toMicros(clock.instant()),
        group == null ? ids.next() : group);
  }

  private Operation unmark(Call call, Shape<?> shape, Selection deleted, boolean returning) {
    return change(call, shape, deleted, returning, null, null);
  }

  private Operation change(
      Call call,
      Shape<?> shape,
      Selection selection,
      boolean returning,
      @Nullable Object deletedAt,
      @Nullable UUID deletionId) {
    Column time = Objects.requireNonNull(shape.with(Column.Role.DELETED_AT));
    Column id = Objects.requireNonNull(shape.deletionId());
    List<Assignment> set = new ArrayList<>();
    set.add(new Assignment(time, deletedAt));
    if (catalog.has(shape.table(), id.name(), call.context().session())) {
      set.add(new Assignment(id, deletionId));
    }
    return new Operation.UpdateWhere(shape, selection, set, returning);
  }
}
