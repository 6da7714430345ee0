package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Changes;
import dev.plinth.query.Filter;
import dev.plinth.query.Query;
import dev.plinth.query.Row;
import dev.plinth.query.Selection;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The rows of one table as records: find, create, change, delete.
///
/// Every write is all or nothing, in a transaction of its own or as part of the caller's, and leaves
/// its audit rows there. Values that a record may not have are a `ValidationException`, broken rules
/// of the table a `ConstraintException`. Thread-safe; make one and keep it.
///
/// @param <T> the record
/// @param <K> its key
public final class Repository<T, K> {

  private final Shape<T> shape;
  private final Pipeline pipeline;
  private final Writes<T> writes;
  private final UuidV7 groups;
  private final Transactions transactions;
  private final Query<T> query;

  Repository(
      Shape<T> shape,
      Pipeline pipeline,
      TableSource<T> source,
      UuidV7 groups,
      Transactions transactions) {
    this.shape = shape;
    this.pipeline = pipeline;
    this.writes = new Writes<>(shape);
    this.groups = groups;
    this.transactions = transactions;
    this.query = new Query<>(source, Selection.ALL);
  }

  /// The live row with the key, if there is one.
  public Optional<T> find(K id) {
    return Optional.ofNullable(found(id, Selection.Deleted.EXCLUDED));
  }

  /// The live row with the key.
  ///
  /// @throws NotFoundException if there is none
  public T get(K id) {
    T row = found(id, Selection.Deleted.EXCLUDED);
    if (row == null) {
      throw notFound(id);
    }
    return row;
  }

  /// The live rows with these keys, in the order of the keys; those without a row are left out.
  public List<T> findAll(Collection<? extends K> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<Object, T> byKey = HashMap.newHashMap(ids.size());
    for (T row : where(keyIn(ids)).list()) {
      byKey.put(key(row), row);
    }
    List<T> rows = new ArrayList<>(byKey.size());
    for (K id : ids) {
      T row = byKey.remove(writes.key(id)); // once, even if asked for twice
      if (row != null) {
        rows.add(row);
      }
    }
    return rows;
  }

  /// Whether a live row has the key.
  public boolean exists(K id) {
    return where(keyIs(id)).exists();
  }

  /// How many live rows there are.
  public long count() {
    return query.count();
  }

  /// All live rows, to be refined.
  public Query<T> query() {
    return query;
  }

  /// The live rows that meet a filter, to be refined.
  public Query<T> where(@Nullable Filter filter) {
    return query.where(filter);
  }

  /// Stores a new row and gives it back as stored: with its key, version and times.
  public T create(T row) {
    return one(pipeline.run(new Operation.Insert(shape, one(shape.write(row)))));
  }

  /// Stores a new row of these values.
  ///
  /// What is not set is null, 0 or false before the record's constructor sees it; in a table without
  /// a record it is what the table says.
  public T create(UnaryOperator<Changes<T>> values) {
    return create(values.apply(Changes.none()));
  }

  T create(Changes<T> given) {
    List<Column> columns = shape.type() == Row.class ? writes.columns(given) : null;
    return one(pipeline.run(new Operation.Insert(shape, one(writes.row(given)), columns)));
  }

  /// Stores new rows, all or none, and gives them back in the same order.
  public List<T> createAll(Collection<? extends T> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<@Nullable Object[]> values = new ArrayList<>(rows.size());
    for (T row : rows) {
      values.add(shape.write(row));
    }
    return all(pipeline.run(new Operation.Insert(shape, values), groups.next()));
  }

  /// Writes a row over the stored one with its key.
  ///
  /// Key, creation, deletion and counters stay. Where the record has a `@Version`, the stored row must
  /// still be at the version of this one.
  ///
  /// @throws NotFoundException if there is no such live row
  /// @throws dev.plinth.error.StaleVersionException if somebody else wrote it meanwhile
  public T update(T row) {
    return one(pipeline.run(new Operation.UpdateRows(shape, List.of(writes.whole(row)))));
  }

  /// Writes only what differs between a row as it was read and as it is wanted.
  ///
  /// If nothing differs, nothing is sent, and the row is given back as it was read.
  ///
  /// @throws NotFoundException if there is no such live row
  /// @throws dev.plinth.error.StaleVersionException if somebody else wrote it meanwhile
  public T update(T before, T after) {
    Operation.RowUpdate difference = writes.difference(before, after);
    return difference.set().isEmpty()
        ? before
        : one(pipeline.run(new Operation.UpdateRows(shape, List.of(difference))));
  }

  /// Writes rows over the stored ones, all or none, and gives them back in the same order.
  public List<T> updateAll(Collection<? extends T> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    List<Operation.RowUpdate> updates = new ArrayList<>(rows.size());
    for (T row : rows) {
      updates.add(writes.whole(row));
    }
    return all(pipeline.run(new Operation.UpdateRows(shape, updates), groups.next()));
  }

  /// Changes what is set, and nothing else, whatever the stored version; gives the row as it is then.
  ///
  /// @throws NotFoundException if there is no such live row
  public T patch(K id, UnaryOperator<Changes<T>> changes) {
    Changes<T> wanted = changes.apply(Changes.none());
    return wanted.isEmpty()
        ? get(id)
        : one(
            pipeline.run(
                new Operation.UpdateRows(
                    shape,
                    List.of(
                        new Operation.RowUpdate(
                            writes.key(id), null, writes.assignments(wanted), null)))));
  }

  /// Adds to a number in the database, so that no concurrent increment is lost.
  ///
  /// @throws NotFoundException if there is no such live row
  public T increment(K id, Property<T, ? extends @Nullable Number> property, Number delta) {
    return patch(id, changes -> changes.add(property, delta));
  }

  /// Stores a row, or writes it over the live one with its key.
  ///
  /// A row that is there keeps its creation, its counters and whatever refers to it. Its version is
  /// counted on, but not looked at: what others wrote meanwhile is written over.
  public T save(T row) {
    return one(pipeline.run(writes.save(row, List.of(shape.key()))));
  }

  /// Stores a row, or writes it over the live one that is equal in these unique properties.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final T save(T row, Property<T, ?>... unique) {
    return one(pipeline.run(writes.save(row, writes.columns(unique))));
  }

  /// Stores a row of these values, or changes them, and nothing else, in the live one with its key.
  public T save(UnaryOperator<Changes<T>> values) {
    return save(values.apply(Changes.none()), List.of(shape.key()));
  }

  /// As [#save(UnaryOperator)], for the live row that is equal in these unique properties.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final T save(UnaryOperator<Changes<T>> values, Property<T, ?>... unique) {
    return save(values.apply(Changes.none()), writes.columns(unique));
  }

  private T save(Changes<T> given, List<Column> unique) {
    Optional<Filter> named = writes.named(unique, given);
    if (named.isEmpty() && !unique.equals(List.of(shape.key()))) {
      throw new ValidationException(
          "To save into a row of %s by %s, give a value for each.".formatted(shape, unique));
    }
    return transactions.<T, RuntimeException>run(
        Terms.WRITE, scope -> new LookAndSave<>(this, writes, unique).save(given, named));
  }

  /// The changed row, or the same if nothing is set.
  T change(T stored, List<Operation.Assignment> set) {
    Operation.RowUpdate update = new Operation.RowUpdate(key(stored), null, set, null);
    return set.isEmpty()
        ? stored
        : one(pipeline.run(new Operation.UpdateRows(shape, List.of(update))));
  }

  /// Stores rows, or writes them over the live ones that are equal in these unique properties, or in
  /// the key if none are named; all or none, given back in the same order.
  ///
  /// Rows that are equal in them among themselves are one row, which the last one decides.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final List<T> saveAll(Collection<? extends T> rows, Property<T, ?>... unique) {
    return createAll(rows, Duplicates.UPDATE, unique).rows();
  }

  /// Stores new rows, all or none, and says what is to be done about those that are there already: live
  /// rows that are equal in these unique properties, or in the key if none are named.
  ///
  /// @throws NotFoundException if a deleted row has a key; restore it first
  @SafeVarargs
  @SuppressWarnings({"varargs", "unchecked"}) // the array is only read; rows are of the shape
  public final Saved<T> createAll(
      Collection<? extends T> rows, Duplicates duplicates, Property<T, ?>... unique) {
    Operation save = writes.saveAll(rows, writes.columns(unique), duplicates == Duplicates.UPDATE);
    if (rows.isEmpty()) {
      return new Saved<>(List.of(), 0, 0, 0);
    }
    Outcome.Saved saved = (Outcome.Saved) pipeline.run(save, groups.next());
    return new Saved<>(
        (List<T>) saved.entities(), saved.created(), saved.updated(), saved.ignored());
  }

  /// Ends the life of a row: softly where the record has `@DeletedAt`, for good elsewhere.
  ///
  /// @return whether there was a live row
  public boolean delete(K id) {
    return changed(pipeline.run(delete(keyIs(id), false))) > 0;
  }

  /// Ends the life of rows in one deletion, all or none; keys without a live row are passed over.
  ///
  /// @return how many live rows there were
  public long deleteAll(Collection<? extends K> ids) {
    return ids.isEmpty() ? 0 : changed(pipeline.run(delete(keyIn(ids), false), groups.next()));
  }

  /// Brings a deleted row back.
  ///
  /// @throws NotFoundException if no deleted row has the key
  /// @throws dev.plinth.error.ConstraintException if a live row has its place; nothing is changed
  public T restore(K id) {
    writes.needsSoftDelete("restore");
    List<T> restored =
        all(pipeline.run(new Operation.Restore(shape, Selection.of(keyIs(id)), true)));
    if (restored.isEmpty()) {
      throw new NotFoundException(
          shape.table(),
          "%s has no deleted row with the key %s."
              .formatted(shape, Canonical.text(writes.key(id))));
    }
    return restored.getFirst();
  }

  /// Brings deleted rows back, all or none; keys without a deleted row are passed over.
  ///
  /// @return how many were restored
  public long restoreAll(Collection<? extends K> ids) {
    writes.needsSoftDelete("restore");
    return ids.isEmpty()
        ? 0
        : changed(
            pipeline.run(
                new Operation.Restore(shape, Selection.of(keyIn(ids)), false), groups.next()));
  }

  /// Brings back exactly the rows that one deletion took and that are still deleted by it.
  ///
  /// @param deletion the `bulkId` of the deletion's audit entries
  /// @return how many were restored
  /// @throws dev.plinth.error.ConstraintException if a live row is in the way; nothing is changed
  public long restoreDeletion(UUID deletion) {
    writes.needsSoftDelete("restore");
    Filter taken = Filter.field(Column.DELETION_ID).is(deletion);
    return changed(
        pipeline.run(new Operation.Restore(shape, Selection.of(taken), false), groups.next()));
  }

  /// Removes a row for good, live or deleted.
  ///
  /// @return whether there was one
  public boolean purge(K id) {
    return changed(pipeline.run(delete(keyIs(id), true))) > 0;
  }

  /// Removes rows for good, live or deleted, all or none.
  ///
  /// @return how many there were
  public long purgeAll(Collection<? extends K> ids) {
    return ids.isEmpty() ? 0 : changed(pipeline.run(delete(keyIn(ids), true), groups.next()));
  }

  private @Nullable T found(K id, Selection.Deleted deleted) {
    Operation.Find find = new Operation.Find(shape, writes.key(id), deleted);
    return row(((Outcome.Found) pipeline.run(find)).entity());
  }

  private Operation delete(Filter filter, boolean physical) {
    Selection.Deleted seen = physical ? Selection.Deleted.INCLUDED : Selection.Deleted.EXCLUDED;
    return new Operation.Delete(shape, Selection.of(filter).withDeleted(seen), physical, false);
  }

  private Filter keyIs(K id) {
    return Filter.field(shape.key().name()).is(writes.key(id));
  }

  private Filter keyIn(Collection<? extends K> ids) {
    List<Object> keys = new ArrayList<>(ids.size());
    ids.forEach(id -> keys.add(writes.key(id)));
    return Filter.field(shape.key().name()).in(keys);
  }

  private Object key(T row) {
    return Objects.requireNonNull(shape.write(row)[shape.key().position()]);
  }

  private NotFoundException notFound(K id) {
    return new NotFoundException(
        shape.table(),
        "%s has no live row with the key %s.".formatted(shape, Canonical.text(writes.key(id))));
  }

  private static List<@Nullable Object[]> one(@Nullable Object[] row) {
    List<@Nullable Object[]> rows = new ArrayList<>(1);
    rows.add(row);
    return rows;
  }

  private T one(Outcome outcome) {
    return all(outcome).getFirst();
  }

  @SuppressWarnings("unchecked") // the pipeline reads rows into the operation's shape
  private List<T> all(Outcome outcome) {
    return (List<T>) ((Outcome.Changed) outcome).entities();
  }

  private static long changed(Outcome outcome) {
    return ((Outcome.Changed) outcome).count();
  }

  @SuppressWarnings("unchecked") // the pipeline reads rows into the operation's shape
  private @Nullable T row(@Nullable Object entity) {
    return (T) entity;
  }
}
