package dev.plinth;

import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.shape.FetchPlan;
import dev.plinth.internal.shape.Projection;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.Ordering;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Changes;
import dev.plinth.query.Cursor;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Selection;
import dev.plinth.query.Slice;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// The rows of one table as the source of queries.
///
/// @param <T> what a row is read into
final class TableSource<T> implements Query.Source<T> {

  private final Shape<?> shape;
  private final Shape<?> into;
  private final @Nullable Fetching<T> fetching; // null where a row is all there is
  private final Pipeline pipeline;
  private final Transactions transactions;
  private final CursorCodec cursors;
  private final UuidV7 groups;
  private final Repositories repositories;

  TableSource(
      Shape<?> shape,
      Shape<T> into,
      Pipeline pipeline,
      Transactions transactions,
      CursorCodec cursors,
      UuidV7 groups,
      Repositories repositories) {
    this(shape, into, null, pipeline, transactions, cursors, groups, repositories);
  }

  private TableSource(
      Shape<?> shape,
      Shape<?> into,
      @Nullable Fetching<T> fetching,
      Pipeline pipeline,
      Transactions transactions,
      CursorCodec cursors,
      UuidV7 groups,
      Repositories repositories) {
    this.shape = shape;
    this.into = into;
    this.fetching = fetching;
    this.pipeline = pipeline;
    this.transactions = transactions;
    this.cursors = cursors;
    this.groups = groups;
    this.repositories = repositories;
  }

  @Override
  public String name() {
    return shape.table();
  }

  @Override
  public <P> Query.Source<P> as(Class<P> projection) {
    FetchPlan<P> plan = repositories.plan(shape, projection);
    return new TableSource<>(
        shape,
        plan == null ? Projection.of(shape, Shapes.of(projection)) : plan.rows(),
        plan == null ? null : new Fetching<>(plan, repositories),
        pipeline,
        transactions,
        cursors,
        groups,
        repositories);
  }

  @Override
  public List<T> list(Selection selection) {
    return fetching == null ? listed(selection) : together(() -> listed(selection));
  }

  private List<T> listed(Selection selection) {
    Outcome.Rows rows = select(selection, false);
    if (selection.backward()) {
      Collections.reverse(rows.entities());
    }
    return entities(rows.entities());
  }

  // rows of several tables are those of one moment
  private <R> R together(Supplier<R> work) {
    return transactions.current() != null
        ? work.get()
        : transactions.<R, RuntimeException>run(Terms.READ, scope -> work.get());
  }

  private Outcome.Rows select(Selection selection, boolean keyed) {
    return (Outcome.Rows)
        pipeline.run(new Operation.Select(shape, into, checked(selection), keyed, false));
  }

  @Override
  public Page<T> page(Selection selection, int page, int size) {
    Selection wanted = selection.withLimit((long) size).withOffset((page - 1L) * size);
    return transactions.run(
        Terms.READ, scope -> new Page<>(list(wanted), page, size, count(selection)));
  }

  @Override
  public Slice<T> slice(Selection selection) {
    return fetching == null ? sliced(selection) : together(() -> sliced(selection));
  }

  private Slice<T> sliced(Selection selection) {
    long limit = Objects.requireNonNull(selection.limit());
    Outcome.Rows rows = select(selection.withLimit(limit + 1), true); // one more: is there a next?
    List<Object> entities = new ArrayList<>(rows.entities());
    List<List<@Nullable Object>> keys = new ArrayList<>(rows.keys());
    boolean more = entities.size() > limit;
    if (more) {
      entities.removeLast();
      keys.removeLast();
    }
    if (selection.backward()) {
      Collections.reverse(entities);
      Collections.reverse(keys);
    }
    boolean started = selection.cursor() != null;
    boolean hasNext = selection.backward() ? started : more;
    boolean hasPrevious = selection.backward() ? more : started;
    return new Slice<>(
        entities(entities),
        hasNext && !keys.isEmpty() ? cursor(selection, keys.getLast()) : Optional.empty(),
        hasPrevious && !keys.isEmpty() ? cursor(selection, keys.getFirst()) : Optional.empty());
  }

  private Optional<Cursor> cursor(Selection selection, List<@Nullable Object> keys) {
    shape.key(); // without a key rows could hide behind one another
    return Optional.of(cursors.write(shape, Ordering.of(shape, selection.orders()), keys));
  }

  @Override
  @SuppressWarnings("unchecked") // the pipeline reads rows into the operation's shape
  public Stream<T> stream(Selection selection) {
    if (fetching != null) {
      return StreamSupport.stream(
          new Batches<>(shape, checked(selection), transactions, this::batch), false);
    }
    return (Stream<T>)
        ((Outcome.Streamed) pipeline.run(new Operation.Stream(shape, into, checked(selection))))
            .entities();
  }

  private Batches.Batch<T> batch(Selection selection) {
    return together(() -> {
      Outcome.Rows rows = select(selection, true);
      return new Batches.Batch<>(
          entities(rows.entities()), rows.keys().isEmpty() ? null : rows.keys().getLast());
    });
  }

  @Override
  public long count(Selection selection) {
    return ((Outcome.Counted) pipeline.run(new Operation.Count(shape, checked(selection)))).count();
  }

  @Override
  public boolean exists(Selection selection) {
    return ((Outcome.Counted) pipeline.run(new Operation.Exists(shape, checked(selection)))).count()
        > 0;
  }

  @Override
  @SuppressWarnings("unchecked") // only the record's own query offers changes of its type
  public long update(Selection selection, Changes<T> changes) {
    if (into != shape) {
      throw new MappingException("A projection cannot be changed: update through the record.");
    }
    if (changes.isEmpty()) {
      return 0;
    }
    return changed(
        new Operation.UpdateWhere(
            shape, checked(selection), new Writes<>((Shape<T>) into).assignments(changes), false));
  }

  @Override
  public long delete(Selection selection) {
    if (selection.deleted() == Selection.Deleted.ONLY) {
      throw new ValidationException(
          "Deleted rows are deleted already: purge() removes them for good.");
    }
    return changed(new Operation.Delete(shape, checked(selection), false, false));
  }

  @Override
  public long restore(Selection selection) {
    new Writes<>(shape).needsSoftDelete("restore");
    return changed(new Operation.Restore(shape, checked(selection), false));
  }

  @Override
  public long purge(Selection selection) {
    return changed(new Operation.Delete(shape, checked(selection), true, false));
  }

  private long changed(Operation operation) {
    return ((Outcome.Changed) pipeline.run(operation, groups.next())).count();
  }

  @Override
  public String explain(Selection selection) {
    return ((Outcome.Explained) pipeline.run(new Operation.Explain(shape, checked(selection))))
        .text();
  }

  private Selection checked(Selection selection) {
    if (selection.deleted() != Selection.Deleted.EXCLUDED
        && shape.with(Column.Role.DELETED_AT) == null) {
      new Writes<>(shape).needsSoftDelete("look for deleted");
    }
    return selection;
  }

  @SuppressWarnings("unchecked") // the pipeline reads rows into the operation's shape
  private List<T> entities(List<Object> rows) {
    return fetching == null ? (List<T>) rows : fetching.of(rows);
  }
}
