package dev.plinth.internal.change;

import dev.plinth.change.Change;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.spi.Shape;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One subscriber's way through the log, on a virtual thread of its own.
///
/// The log is the buffer: a piece is read when the last one is handed out and more was asked for.
/// While there is nothing to do it has no connection. Thread-safe.
final class Following<T> implements Flow.Subscription {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.change");

  /// How often one looks what others have committed, of whom nobody tells.
  private static final Duration EVERY = Duration.ofMillis(500);

  private final ChangeLog log;
  private final Shape<T> record;
  private final Flow.Subscriber<? super Change<T>> subscriber;
  private final Consumer<Following<?>> left;
  private final AtomicLong demand = new AtomicLong();
  private final Queue<Logged> read = new ArrayDeque<>();
  private String position = "";
  private boolean away; // the store, since somebody was told
  private volatile @Nullable Thread thread;
  private volatile boolean told; // that there may be more to read
  private volatile boolean closed;
  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException wrong; // what was asked for

  Following(
      ChangeLog log,
      Shape<T> record,
      Flow.Subscriber<? super Change<T>> subscriber,
      Consumer<Following<?>> left) {
    this.log = log;
    this.record = record;
    this.subscriber = subscriber;
    this.left = left;
  }

  String table() {
    return record.table();
  }

  /// Lets the subscriber have what comes behind a position.
  void begin(String from) {
    position = from;
    start(null);
  }

  /// Tells the subscriber why he gets nothing.
  void refuse(DatabaseException reason) {
    start(reason);
  }

  private void start(@Nullable DatabaseException refused) {
    Thread follower =
        Thread.ofVirtual().name("plinth-changes-" + table()).unstarted(() -> run(refused));
    thread = follower;
    follower.start();
  }

  private void run(@Nullable Throwable refused) {
    Throwable failure = refused;
    try {
      subscriber.onSubscribe(this);
      if (failure == null) {
        follow();
      }
    } catch (Throwable e) { // of the subscriber as well, who gets it back
      failure = e;
    } finally {
      left.accept(this);
    }
    if (!cancelled) {
      cancelled = true;
      end(failure);
    }
  }

  private void end(@Nullable Throwable failure) {
    try {
      if (failure == null) {
        subscriber.onComplete();
      } else {
        subscriber.onError(failure);
      }
    } catch (Throwable e) {
      LOG.error("A subscriber to the changes of {} failed at the end.", table(), e);
    }
  }

  private void follow() {
    while (!cancelled && !closed) {
      IllegalArgumentException mistake = wrong;
      if (mistake != null) {
        throw mistake;
      }
      if (demand.get() == 0) {
        LockSupport.park(this);
        Thread.interrupted(); // the subscriber's own affair; it would keep this thread awake
      } else if (!read.isEmpty()) {
        hand(read.remove().change(record));
      } else {
        told = false;
        look();
        if (read.isEmpty() && !told) {
          LockSupport.parkNanos(this, EVERY.toNanos());
          Thread.interrupted();
        }
      }
    }
  }

  private void hand(Change<T> change) {
    demand.updateAndGet(left -> left == Long.MAX_VALUE ? left : left - 1);
    subscriber.onNext(change);
  }

  private void look() {
    try {
      ChangeLog.Piece piece = log.next(position, table());
      position = piece.end();
      read.addAll(piece.rows());
      away = false;
    } catch (DatabaseException e) {
      if (closed || cancelled) {
        return;
      }
      if (!mayPass(e)) {
        throw e;
      }
      if (!away) {
        LOG.warn("The changes of {} cannot be read now; it is tried again.", table(), e);
      }
      away = true;
    }
  }

  private static boolean mayPass(DatabaseException failure) {
    return switch (failure) {
      case ConnectionException lost -> lost.passing();
      case TimeoutException _, ConflictException _ -> true;
      default -> false;
    };
  }

  @Override
  public void request(long more) {
    if (more <= 0) {
      wrong =
          new IllegalArgumentException(
              "A subscriber asks for one change at least, not for " + more + ".");
    } else {
      demand.updateAndGet(now -> now + more < 0 ? Long.MAX_VALUE : now + more);
    }
    LockSupport.unpark(thread);
  }

  @Override
  public void cancel() {
    cancelled = true;
    LockSupport.unpark(thread);
  }

  /// Says that there may be more to read.
  void wake() {
    told = true;
    LockSupport.unpark(thread);
  }

  /// Ends it, as the store is closed.
  void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
