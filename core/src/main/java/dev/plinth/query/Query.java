package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.DataException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A question about rows, asked when a result is demanded.
///
/// Every method that refines gives a new query; `list`, `first`, `one`, `page`, `slice`, `stream`,
/// `count`, `exists`, `update`, `delete`, `restore` and `purge` run it. Without an order rows come
/// newest first (by `@CreatedAt`), then by key; the key always ends the order. Immutable,
/// thread-safe.
///
/// @param <T> what a row is read into
public final class Query<T> {

  /// Rows of a page or slice if no size is given.
  public static final int DEFAULT_SIZE = 20;

  /// The most rows that a page may have.
  public static final int MAX_PAGE_SIZE = 1000;

  private final Source<T> source;
  private final Selection selection;

  /// A query over a source; repositories make them.
  public Query(Source<T> source, Selection selection) {
    this.source = source;
    this.selection = selection;
  }

  /// Rows that also meet this filter.
  public Query<T> where(@Nullable Filter filter) {
    if (filter == null) {
      throw new ValidationException("A filter cannot be null; leave it out to see every row.");
    }
    return with(selection.and(filter));
  }

  /// Rows with the text in one of the components, upper and lower case alike.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final Query<T> search(String text, Property<T, ?>... properties) {
    return where(Filter.search(text, properties));
  }

  /// Rows with the text in one of the named components or columns, upper and lower case alike.
  public Query<T> search(String text, String... names) {
    return where(Filter.search(text, Arrays.stream(names).map(Property.Name::of).toList()));
  }

  /// Rows with the text in one of the components marked `@Searchable`, upper and lower case alike.
  public Query<T> search(String text) {
    return where(Filter.search(text));
  }

  /// Rows with all the words in the components marked `@FullText`, best first unless an order is given.
  ///
  /// See [Filter#fullText] for what the text may say. A rank is no place to go on from: slices and
  /// cursors need an [#orderBy].
  ///
  /// @throws dev.plinth.error.UnsupportedException when it is run, if the engine cannot do it
  public Query<T> fullText(String text) {
    return where(Filter.fullText(text));
  }

  /// Rows in this order, instead of any given before.
  public Query<T> orderBy(Order... orders) {
    return with(selection.withOrders(List.of(orders)));
  }

  /// At most so many rows.
  ///
  /// @throws ValidationException if negative
  public Query<T> limit(long rows) {
    return with(selection.withLimit(notNegative("limit", rows)));
  }

  /// Passes over so many rows first; for deep reads use cursors.
  ///
  /// @throws ValidationException if negative
  public Query<T> offset(long rows) {
    return with(selection.withOffset(notNegative("offset", rows)));
  }

  /// Only rows behind the cursor's; null starts at the beginning.
  public Query<T> after(@Nullable Cursor cursor) {
    return with(selection.withCursor(cursor, false));
  }

  /// Only rows before the cursor's: the nearest, in the query's order; null starts at the end.
  public Query<T> before(@Nullable Cursor cursor) {
    return with(selection.withCursor(cursor, true));
  }

  /// Deleted rows as well.
  public Query<T> includeDeleted() {
    return with(selection.withDeleted(Selection.Deleted.INCLUDED));
  }

  /// Deleted rows only.
  public Query<T> onlyDeleted() {
    return with(selection.withDeleted(Selection.Deleted.ONLY));
  }

  /// The same rows read into another record, whose components are a choice of the columns.
  ///
  /// A component may also be the row itself, a row to which it refers by `@References`, or a list of
  /// rows that refer to it. Each of these is one statement more, however many rows there are.
  ///
  /// @throws dev.plinth.error.MappingException if a component is nothing that the row has or leads to
  public <P> Query<P> as(Class<P> projection) {
    return new Query<>(source.as(projection), selection);
  }

  /// All rows.
  public List<T> list() {
    return source.list(selection);
  }

  /// The first row, if there is one.
  public Optional<T> first() {
    return source.list(atMost(1)).stream().findFirst();
  }

  /// The only row.
  ///
  /// @throws NotFoundException if there is none
  /// @throws DataException if there are several
  public T one() {
    List<T> rows = source.list(atMost(2));
    if (rows.size() > 1) {
      throw new DataException("One row was asked for, but several of " + source.name() + " match.");
    }
    if (rows.isEmpty()) {
      throw new NotFoundException(source.name(), "No row of " + source.name() + " matches.");
    }
    return rows.getFirst();
  }

  /// Page 1, 2, … of [#DEFAULT_SIZE] rows, with the total.
  public Page<T> page(int page) {
    return page(page, DEFAULT_SIZE);
  }

  /// Page 1, 2, … of `size` rows, with the total.
  ///
  /// @throws ValidationException if `page` is below 1 or `size` is not 1 to [#MAX_PAGE_SIZE]
  public Page<T> page(int page, int size) {
    if (page < 1) {
      throw new ValidationException("Pages are numbered from 1, not " + page + ".");
    }
    if (size < 1 || size > MAX_PAGE_SIZE) {
      throw new ValidationException(
          "A page has 1 to " + MAX_PAGE_SIZE + " rows, not " + size + ".");
    }
    return source.page(selection, page, size);
  }

  /// The next rows by cursor, [#limit] of them (or [#DEFAULT_SIZE]), with the ways on and back.
  public Slice<T> slice() {
    Long limit = selection.limit();
    if (limit != null && (limit < 1 || limit > MAX_PAGE_SIZE)) {
      throw new ValidationException(
          "A slice has 1 to " + MAX_PAGE_SIZE + " rows, not " + limit + ".");
    }
    return source.slice(limit == null ? selection.withLimit((long) DEFAULT_SIZE) : selection);
  }

  /// The rows one by one, in bounded memory however many there are.
  ///
  /// An order that no index serves makes the engine sort all rows first, in memory of its own; the
  /// order without [#orderBy] has its index in every table that the schema has made.
  /// It holds a connection until its end is reached or it is closed: use try-with-resources.
  public Stream<T> stream() {
    return source.stream(selection);
  }

  /// How many rows there are; limit, offset and order do not matter.
  public long count() {
    return source.count(selection);
  }

  /// Whether there is a row.
  public boolean exists() {
    return source.exists(selection);
  }

  /// Changes every matching row in one transaction, and says how many there were.
  public long update(UnaryOperator<Changes<T>> changes) {
    return source.update(unlimited("update"), changes.apply(Changes.none()));
  }

  /// Deletes every matching row in one transaction, softly where the record has `@DeletedAt`.
  public long delete() {
    return source.delete(unlimited("delete"));
  }

  /// Restores every matching deleted row in one transaction.
  ///
  /// @throws dev.plinth.error.ConstraintException if a live row is in the way; nothing is restored
  public long restore() {
    return source.restore(unlimited("restore"));
  }

  /// Removes every matching row for good, live or, where asked for, deleted.
  public long purge() {
    return source.purge(unlimited("purge"));
  }

  /// How the engine will run the query, in the engine's own words.
  public String explain() {
    return source.explain(selection);
  }

  private Selection atMost(long rows) {
    Long limit = selection.limit();
    return limit != null && limit <= rows ? selection : selection.withLimit(rows);
  }

  private Query<T> with(Selection changed) {
    return new Query<>(source, changed);
  }

  private Selection unlimited(String what) {
    if (selection.limit() != null || selection.offset() != 0 || selection.cursor() != null) {
      throw new ValidationException(
          "A set-based " + what + " takes every matching row: no limit, offset or cursor.");
    }
    return selection;
  }

  private static long notNegative(String what, long rows) {
    if (rows < 0) {
      throw new ValidationException("The " + what + " cannot be negative: " + rows + ".");
    }
    return rows;
  }

  /// Where a query's rows come from; repositories implement it.
  ///
  /// @param <T> what a row is read into
  public interface Source<T> {
    /// The table's name, for messages.
    String name();

    /// The same rows read into another record.
    <P> Source<P> as(Class<P> projection);

    /// All selected rows.
    List<T> list(Selection selection);

    /// A page of the selected rows.
    Page<T> page(Selection selection, int page, int size);

    /// The selected rows from the cursor on.
    Slice<T> slice(Selection selection);

    /// The selected rows one by one.
    Stream<T> stream(Selection selection);

    /// How many rows are selected.
    long count(Selection selection);

    /// Whether a row is selected.
    boolean exists(Selection selection);

    /// Changes the selected rows.
    long update(Selection selection, Changes<T> changes);

    /// Deletes the selected rows.
    long delete(Selection selection);

    /// Restores the selected rows.
    long restore(Selection selection);

    /// Removes the selected rows for good.
    long purge(Selection selection);

    /// The engine's plan.
    String explain(Selection selection);
  }
}
