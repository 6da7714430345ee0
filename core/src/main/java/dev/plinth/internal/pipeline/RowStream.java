package dev.plinth.internal.pipeline;

import dev.plinth.error.TransactionException;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.spi.Session;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Rows of a running query as a stream, which ends the query at its own end or when it is closed.
public final class RowStream {

  private RowStream() {}

  /// A stream of what the query gives.
  ///
  /// @param owned whether the session goes back when the stream ends
  public static <R> Stream<R> of(
      Session session, boolean owned, Prepared query, Function<Session.Rows, R> reader) {
    Session.Rows rows;
    try {
      rows = session.stream(query.statement(), query.arguments());
    } catch (Throwable e) {
      if (owned) {
        session.close();
      }
      throw e;
    }
    Thread owner = Thread.currentThread();
    AtomicBoolean ended = new AtomicBoolean();
    Runnable end =
        () -> {
          if (ended.compareAndSet(false, true)) { // a second time the session is somebody else's
            try {
              rows.close();
            } finally {
              if (owned) {
                session.close();
              }
            }
          }
        };
    Spliterator<R> spliterator =
        new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED) {
          @Override
          public boolean tryAdvance(Consumer<? super R> action) {
            if (!owned && Thread.currentThread() != owner) {
              throw new TransactionException(
                  "A stream in a transaction is read by the thread that began it.");
            }
            if (ended.get()) {
              return false;
            }
            boolean goesOn = false;
            try {
              if (rows.next()) {
                action.accept(reader.apply(rows));
                goesOn = true;
              }
              return goesOn;
            } finally {
              if (!goesOn) { // at the end, and after an error, of whoever it is
                end.run();
              }
            }
          }
        };
    return StreamSupport.stream(spliterator, false).onClose(end);
  }
}
