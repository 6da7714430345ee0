package dev.plinth.internal.pipeline;

import dev.plinth.entity.Property;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.NotFoundException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Column.Role;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Saves many rows as two operations: an insert of those that are new, an update of those that are
/// there.
///
/// It looks for them first, all at once, and locks those that it will change. So stamps, audit and
/// validation know nothing of it, and no number is drawn for a row that is there. A row that another
/// makes after the look is a conflict; the call is run again, and finds it.
public final class SaveRows implements Step {

  private static final int CHUNK = 10_000;

  /// A row that counts: one of all that mean the same stored row.
  ///
  /// @param at its place among those that count
  /// @param same what it is found by; null if by nothing, for null equals nothing
  private record One(int at, @Nullable Object same, @Nullable Object[] values) {}

  private final RowPolicies policies;

  /// A step that tells rows made meanwhile from those that these policies hide.
  public SaveRows(RowPolicies policies) {
    this.policies = policies;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return call.operation() instanceof Operation.SaveRows save
        ? new Saving(save, policies, call, next).run()
        : next.apply(call);
  }

  private static final class Saving {
    private final Operation.SaveRows save;
    private final RowPolicies policies;
    private final Shape<?> shape;
    private final Call call;
    private final Next next;
    private final List<Column> found; // by these; the place of spread rows is named besides
    private final @Nullable Column deletedAt; // where a deleted row is in the way
    private final List<Column> set;
    private long created;
    private long updated;

    Saving(Operation.SaveRows save, RowPolicies policies, Call call, Next next) {
      this.save = save;
      this.policies = policies;
      this.shape = save.shape();
      this.call = call;
      this.next = next;
      this.found = new ArrayList<>(save.conflict());
      if (found.size() > 1) {
        found.remove(save.within());
      }
      this.deletedAt = found.contains(shape.key()) ? shape.with(Role.DELETED_AT) : null;
      this.set = new ArrayList<>(shape.columns());
      set.removeIf(column -> column.role() != Role.VALUE || save.conflict().contains(column));
    }

    Outcome run() {
      List<@Nullable Object[]> rows = save.rows();
      int[] places = new int[rows.size()];
      List<One> counting = new ArrayList<>(rows.size());
      Map<Object, Integer> known = HashMap.newHashMap(rows.size());
      for (int i = 0; i < places.length; i++) {
        @Nullable Object[] row = rows.get(i);
        Object same = same(row);
        places[i] = counting.size();
        Integer earlier = same == null ? null : known.putIfAbsent(same, places[i]);
        if (earlier == null) {
          counting.add(new One(places[i], same, row));
        } else {
          places[i] = earlier;
          if (save.overwrite()) {
            counting.set(earlier, new One(earlier, same, row)); // the last one wins
          }
        }
      }
      @Nullable Object[] entities = new Object[counting.size()];
      for (List<One> some : lyingTogether(counting)) {
        for (int from = 0; from < some.size(); from += CHUNK) {
          save(some.subList(from, Math.min(some.size(), from + CHUNK)), entities);
        }
      }
      return save.overwrite()
          ? new Outcome.Saved(list(entities, places), created, updated, 0)
          : new Outcome.Saved(list(entities), created, 0, places.length - created);
    }

    // rows that lie apart are not changed by one statement
    private Collection<List<One>> lyingTogether(List<One> rows) {
      Column within = save.within();
      if (within == null) {
        return List.of(rows);
      }
      Map<Object, List<One>> places = new LinkedHashMap<>();
      for (One row : rows) {
        Object place = Objects.requireNonNull(row.values()[within.position()]);
        places.computeIfAbsent(place, _ -> new ArrayList<>()).add(row);
      }
      return places.values();
    }

    private void save(List<One> rows, @Nullable Object[] entities) {
      Map<Object, @Nullable Object[]> stored = stored(rows);
      List<One> fresh = new ArrayList<>(rows.size());
      List<One> there = new ArrayList<>(stored.size());
      for (One row : rows) {
        (row.same() != null && stored.containsKey(row.same()) ? there : fresh).add(row);
      }
      if (save.overwrite() && !there.isEmpty()) {
        update(there, stored, entities);
      }
      if (!fresh.isEmpty()) { // last: what was unique in a row that is changed is free by now
        insert(fresh, entities);
      }
    }

    private Map<Object, @Nullable Object[]> stored(List<One> rows) {
      Selection selection = selection(rows);
      if (selection == null) {
        return Map.of();
      }
      Operation look = new Operation.Select(shape, shape.raw(), selection, false, save.overwrite());
      List<Object> entities = ((Outcome.Rows) next.apply(call.with(look))).entities();
      Map<Object, @Nullable Object[]> stored = HashMap.newHashMap(entities.size());
      for (Object entity : entities) {
        @Nullable Object[] values = (@Nullable Object[]) entity;
        if (deletedAt != null && values[deletedAt.position()] != null) {
          throw new NotFoundException(
              shape.table(),
              "The row of %s to be saved is deleted: restore it first.".formatted(shape));
        }
        Object same = same(values);
        if (same != null) {
          stored.put(same, values);
        }
      }
      return stored;
    }

    // null if none of the rows can be there
    private @Nullable Selection selection(List<One> rows) {
      List<@Nullable Object[]> named = new ArrayList<>(rows.size());
      for (One row : rows) {
        if (row.same() != null) {
          named.add(row.values());
        }
      }
      if (named.isEmpty()) {
        return null;
      }
      Filter filter = equal(named);
      Column within = save.within();
      if (within != null) {
        Object place = Objects.requireNonNull(named.getFirst()[within.position()]);
        filter = Filter.field(within.name()).is(place).and(filter);
      }
      return Selection.of(filter)
          .withDeleted(deletedAt == null ? Deleted.EXCLUDED : Deleted.INCLUDED);
    }

    // whether one of the rows is there, but hidden from the actor: he meets it by creating his
    private boolean hidden(List<One> rows) {
      Filter policy = policies.isKeptByDatabase() ? null : policies.of(shape);
      Selection there = policy == null ? null : selection(rows);
      if (policy == null || there == null) {
        return false;
      }
      Operation look = new Operation.Exists(shape, there.and(Filter.not(policy)));
      Outcome found = policies.<Outcome, RuntimeException>bypass(() -> next.apply(call.with(look)));
      return ((Outcome.Counted) found).count() > 0;
    }

    private Filter equal(List<@Nullable Object[]> rows) {
      if (found.size() == 1) {
        Column column = found.getFirst();
        List<@Nullable Object> values = new ArrayList<>(rows.size());
        rows.forEach(row -> values.add(row[column.position()]));
        return new Filter.In(Property.Name.of(column.name()), values);
      }
      List<List<Object>> values = new ArrayList<>(rows.size());
      for (@Nullable Object[] row : rows) {
        List<Object> some = new ArrayList<>(found.size());
        found.forEach(column -> some.add(Objects.requireNonNull(row[column.position()])));
        values.add(some);
      }
      return new Filter.InRows(
          found.stream().map(column -> Property.Name.of(column.name())).toList(), values);
    }

    private void insert(List<One> rows, @Nullable Object[] entities) {
      if (!ShapeSql.generated(shape.key())) {
        rows.sort(IN_ORDER); // else two who save the same rows could wait for one another
      }
      List<@Nullable Object[]> values = new ArrayList<>(rows.size());
      rows.forEach(row -> values.add(row.values()));
      boolean hidden = hidden(rows);
      try {
        put(rows, next.apply(call.with(new Operation.Insert(shape, values))), entities);
      } catch (ConstraintException e) {
        throw !hidden && meanwhile(e)
            ? new ConflictException(
                "A row of %s to be saved was created by another at the same time.".formatted(shape),
                e)
            : e;
      }
      created += rows.size();
    }

    // by another, since the look: nothing was there then
    private boolean meanwhile(ConstraintException refused) {
      List<String> names = save.conflict().stream().map(Column::name).toList();
      return refused.kind() == ConstraintException.Kind.UNIQUE
          && new HashSet<>(refused.columns()).equals(new HashSet<>(names));
    }

    private void update(
        List<One> rows, Map<Object, @Nullable Object[]> stored, @Nullable Object[] entities) {
      List<Column> different = different(rows, stored);
      List<RowUpdate> updates = new ArrayList<>(rows.size());
      for (One row : rows) {
        @Nullable Object[] whole = stored(row, stored).clone();
        List<Assignment> assignments = new ArrayList<>(different.size() + 2);
        for (Column column : different) {
          whole[column.position()] = row.values()[column.position()];
          assignments.add(new Assignment(column, whole[column.position()]));
        }
        Column within = save.within();
        Object key = Objects.requireNonNull(whole[shape.key().position()]);
        updates.add(
            new RowUpdate(
                key,
                null,
                within == null ? null : new Assignment(within, whole[within.position()]),
                assignments,
                whole));
      }
      put(rows, next.apply(call.with(new Operation.UpdateRows(shape, updates))), entities);
      updated += rows.size();
    }

    // a column that is named has its index rewritten; one that no row changes need not be
    private List<Column> different(List<One> rows, Map<Object, @Nullable Object[]> stored) {
      List<Column> different = new ArrayList<>(set.size());
      for (Column column : set) {
        int at = column.position();
        for (One row : rows) {
          if (!Canonical.same(stored(row, stored)[at], row.values()[at])) {
            different.add(column);
            break;
          }
        }
      }
      boolean stamped = shape.with(Role.UPDATED_AT) != null || shape.with(Role.VERSION) != null;
      if (different.isEmpty() && !stamped) { // a write all the same, with its audit row
        different.add(set.isEmpty() ? found.getFirst() : set.getFirst());
      }
      return different;
    }

    private static @Nullable Object[] stored(One row, Map<Object, @Nullable Object[]> stored) {
      return Objects.requireNonNull(stored.get(row.same()));
    }

    private static void put(List<One> rows, Outcome outcome, @Nullable Object[] entities) {
      List<Object> changed = ((Outcome.Changed) outcome).entities();
      for (int i = 0; i < rows.size(); i++) {
        entities[rows.get(i).at()] = changed.get(i);
      }
    }

    // each given row as it is stored
    private static List<Object> list(@Nullable Object[] entities, int[] places) {
      List<Object> list = new ArrayList<>(places.length);
      for (int place : places) {
        list.add(Objects.requireNonNull(entities[place]));
      }
      return list;
    }

    private static List<Object> list(@Nullable Object[] entities) {
      List<Object> list = new ArrayList<>(entities.length);
      for (Object entity : entities) {
        if (entity != null) {
          list.add(entity);
        }
      }
      return list;
    }

    private @Nullable Object same(@Nullable Object[] values) {
      if (save.conflict().size() == 1) {
        return comparable(save.conflict().getFirst(), values);
      }
      List<Object> parts = new ArrayList<>(save.conflict().size());
      for (Column column : save.conflict()) {
        Object part = comparable(column, values);
        if (part == null) {
          return null;
        }
        parts.add(part);
      }
      return parts;
    }

    private static @Nullable Object comparable(Column column, @Nullable Object[] values) {
      return switch (values[column.position()]) {
        case byte[] bytes -> ByteBuffer.wrap(bytes);
        case Number number
            when number.longValue() == 0
                && column.role() == Role.KEY
                && ShapeSql.generated(column) ->
            null; // to be numbered
        case null -> null;
        case Object value -> value;
      };
    }
  }

  private static final Comparator<One> IN_ORDER =
      Comparator.comparing(One::same, Comparator.nullsLast(SaveRows::compare));

  @SuppressWarnings("unchecked") // all canonical values that can be equal have an order
  private static int compare(Object a, Object b) {
    if (a instanceof List<?> as && b instanceof List<?> bs) {
      Iterator<?> others = bs.iterator();
      for (Object one : as) {
        int order = compare(one, others.next());
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }
    return ((Comparable<Object>) a).compareTo(b);
  }
}
