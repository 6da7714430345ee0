package dev.plinth.internal.pipeline;

import static dev.plinth.query.Filter.field;

import dev.plinth.entity.Property;
import dev.plinth.internal.pipeline.Parents.Wanted;
import dev.plinth.internal.pipeline.Relations.Reference;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sees to it that no write makes a live row refer to a deleted one.
///
/// A row that is made, changed or restored may refer to live rows only; what goes and comes with
/// others is done by [Cascade]. A reference that stays as it is may stay: a deletion does not look
/// at rows that refer to what it takes, unless they go with it.
final class Relate implements Step {

  private final Shape<?> shape;
  private final List<Reference> references;
  private final Parents parents;
  private final Cascade cascade;
  private final Transact transact;

  Relate(
      Shape<?> shape,
      List<Reference> references,
      Parents parents,
      Cascade cascade,
      Transact transact) {
    this.shape = shape;
    this.references = references;
    this.parents = parents;
    this.cascade = cascade;
    this.transact = transact;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return switch (call.operation()) {
      case Operation.Insert _, Operation.Save _, Operation.UpdateRows _, Operation.UpdateWhere _
          when references.isEmpty() ->
          next.apply(call);
      case Operation.Insert insert -> insert(insert, call, next);
      case Operation.Save save -> save(save, call, next);
      case Operation.UpdateRows update -> update(update, call, next);
      case Operation.UpdateWhere update -> update(update, call, next);
      case Operation.Delete delete ->
          delete.physical() || !cascade.starts(shape)
              ? next.apply(call)
              : within(call, inside -> cascade.delete(delete, inside, next));
      case Operation.Restore restore ->
          references.isEmpty() && !cascade.starts(shape)
              ? next.apply(call)
              : within(call, inside -> cascade.restore(restore, inside, next));
      case Operation.SaveRows _, Operation.Read _ -> next.apply(call);
    };
  }

  private Outcome within(Call call, Next work) {
    return call.operation() instanceof Operation.Write write && transact.standsAlone(write)
        ? transact.whole(call, work)
        : work.apply(call);
  }

  private Outcome insert(Operation.Insert insert, Call call, Next next) {
    Wanted wanted = new Wanted();
    Set<Object> together = new HashSet<>();
    Column key = shape.with(Column.Role.KEY);
    for (@Nullable Object[] row : insert.rows()) {
      if (isLive(row)) {
        want(row, wanted);
        Object own = key == null ? null : row[key.position()];
        if (own != null) {
          together.add(own);
        }
      }
    }
    wanted.forget(shape.table(), together); // rows that come together may refer to each other
    return checked(wanted, call, next, (missing, inside) -> missing);
  }

  private Outcome save(Operation.Save save, Call call, Next next) {
    Wanted wanted = new Wanted();
    if (isLive(save.row())) {
      want(save.row(), wanted);
    }
    return checked(
        wanted,
        call,
        next,
        (missing, inside) -> {
          List<Filter> same = new ArrayList<>();
          for (Column column : save.conflict()) {
            Object value = save.row()[column.position()];
            same.add(value == null ? Filter.none() : field(column.name()).is(value));
          }
          List<@Nullable Object[]> stored = stored(inside, next, new Filter.And(same));
          Map<Reference, Set<Object>> changed = new HashMap<>(missing);
          if (!stored.isEmpty()) {
            changed
                .keySet()
                .removeIf(reference -> {
                  int at = reference.column().position();
                  return Objects.equals(stored.getFirst()[at], save.row()[at]);
                });
          }
          return changed;
        });
  }

  private Outcome update(Operation.UpdateRows update, Call call, Next next) {
    Wanted wanted = new Wanted();
    for (Reference reference : references) {
      for (RowUpdate row : update.rows()) {
        Object value = set(row.set(), reference);
        if (value != null) {
          wanted.add(reference, value);
        }
      }
    }
    return checked(
        wanted,
        call,
        next,
        (missing, inside) -> {
          Map<Reference, Set<Object>> changed = new HashMap<>();
          missing.forEach((reference, keys) -> {
            Map<Object, Object> now = new HashMap<>(); // by the row's key
            for (RowUpdate row : update.rows()) {
              Object value = set(row.set(), reference);
              if (value != null && keys.contains(Parents.key(reference, value))) {
                now.put(row.key(), value);
              }
            }
            Filter rows = new Filter.In(name(shape.key()), List.copyOf(now.keySet()));
            for (@Nullable Object[] stored : stored(inside, next, rows)) {
              Object key = Objects.requireNonNull(stored[shape.key().position()]);
              now.remove(key, stored[reference.column().position()]);
            }
            if (!now.isEmpty()) {
              Set<Object> refused = new HashSet<>();
              now.values().forEach(value -> refused.add(Parents.key(reference, value)));
              changed.put(reference, refused);
            }
          });
          return changed;
        });
  }

  private Outcome update(Operation.UpdateWhere update, Call call, Next next) {
    Wanted wanted = new Wanted();
    if (update.selection().deleted() != Deleted.ONLY) {
      for (Reference reference : references) {
        Object value = set(update.set(), reference);
        if (value != null) {
          wanted.add(reference, value);
        }
      }
    }
    return checked(
        wanted,
        call,
        next,
        (missing, inside) -> {
          Map<Reference, Set<Object>> changed = new HashMap<>(missing);
          changed
              .keySet()
              .removeIf(reference -> {
                Object value = Objects.requireNonNull(set(update.set(), reference));
                Selection others =
                    Selection.of(update.selection().filter())
                        .and(field(reference.column().name()).isNot(value));
                Outcome found = next.apply(inside.with(new Operation.Exists(shape, others)));
                return ((Outcome.Counted) found).count() == 0;
              });
          return changed;
        });
  }

  /// Which of the references to missing rows are not what the stored rows have already.
  private interface Changed {
    Map<Reference, Set<Object>> among(Map<Reference, Set<Object>> missing, Call inside);
  }

  private Outcome checked(Wanted wanted, Call call, Next next, Changed changed) {
    if (wanted.isEmpty()) {
      return next.apply(call);
    }
    return within(
        call,
        inside -> {
          Session session = Objects.requireNonNull(inside.context().session());
          Map<Reference, Set<Object>> missing = parents.missing(wanted, session);
          if (!missing.isEmpty()) {
            Parents.refuse(changed.among(missing, inside));
          }
          return next.apply(inside);
        });
  }

  private void want(@Nullable Object[] row, Wanted wanted) {
    for (Reference reference : references) {
      Object value = row[reference.column().position()];
      if (value != null) {
        wanted.add(reference, value);
      }
    }
  }

  // what is stored as a deleted row may refer to anything
  private boolean isLive(@Nullable Object[] row) {
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    return deletedAt == null || row[deletedAt.position()] == null;
  }

  private static @Nullable Object set(List<Assignment> set, Reference reference) {
    for (Assignment one : set) {
      if (one.column().position() == reference.column().position()) {
        return one.value();
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // read as plain values
  private List<@Nullable Object[]> stored(Call call, Next next, Filter filter) {
    Operation select = new Operation.Select(shape, shape.raw(), Selection.of(filter), false, true);
    List<?> rows = ((Outcome.Rows) next.apply(call.with(select))).entities();
    return (List<@Nullable Object[]>) rows;
  }

  private static Property.Name name(Column column) {
    return Property.Name.of(column.name());
  }
}
