package dev.plinth;

import dev.plinth.audit.Actor;
import dev.plinth.error.TransactionException;
import dev.plinth.internal.sql.Ordering;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Selection;
import dev.plinth.spi.Shape;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Records that are read batch by batch, each from where the one before it ended.
///
/// No connection is held in between. Confined to one thread.
///
/// @param <T> the record
final class Batches<T> extends Spliterators.AbstractSpliterator<T> {

  private static final long SIZE = 1000;

  /// Some records.
  ///
  /// @param last the sort values of the last one; null if there is none
  record Batch<T>(List<T> records, @Nullable List<@Nullable Object> last) {}

  private final Selection selection;
  private final Ordering ordering;
  private final Transactions transactions;
  private final boolean within; // a transaction
  private final Actor actor; // whose rows they are, whoever reads on
  private final Function<Selection, Batch<T>> read;
  private Selection next;
  private long left;
  private @Nullable Iterator<T> batch; // null when a batch is to be read

  Batches(
      Shape<?> shape,
      Selection selection,
      Transactions transactions,
      Function<Selection, Batch<T>> read) {
    super(Long.MAX_VALUE, Spliterator.ORDERED);
    shape.key(); // without a key rows could hide behind one another
    Ordering forward = Ordering.of(shape, selection.orders());
    this.selection = selection;
    this.ordering = selection.backward() ? forward.reversed() : forward;
    this.transactions = transactions;
    this.within = transactions.current() != null;
    this.actor = Actor.current();
    this.read = read;
    this.next = selection;
    this.left = selection.limit() == null ? Long.MAX_VALUE : selection.limit();
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    if (batch == null) {
      batch = read();
    }
    if (!batch.hasNext()) {
      return false;
    }
    T record = batch.next();
    if (!batch.hasNext() && left > 0) {
      batch = null;
    }
    action.accept(record);
    return true;
  }

  private Iterator<T> read() {
    if (within && transactions.current() == null) {
      throw new TransactionException("A stream in a transaction is read in that transaction.");
    }
    long size = Math.min(SIZE, left);
    Selection more = next.withLimit(size);
    Batch<T> some = actor.<Batch<T>, RuntimeException>call(() -> read.apply(more));
    left = some.records().size() < size || some.last() == null ? 0 : left - size;
    if (some.last() != null) {
      next = selection.withOffset(0).and(ordering.behind(some.last()));
    }
    return some.records().iterator();
  }
}
