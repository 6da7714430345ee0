package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.ConflictException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.StorageException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writers that share one commit: each waits until it is durable, or has failed for all.
///
/// Who joins is settled by the session whose transaction it is; waiting is thread-safe.
final class Group {

  private static final int MOST = 100;

  // for a second process, which waits for the lock meanwhile
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final long LOOK_NANOS = PATIENCE_NANOS / 5; // how often one looks who is slow

  private final CountDownLatch over = new CountDownLatch(1);
  private final long began;
  private volatile @Nullable DatabaseException failure;
  private int members = 1;

  /// A group of one.
  ///
  /// @param began when the transaction began
  Group(long began) {
    this.began = began;
  }

  /// Whether others may join.
  boolean open() {
    return members < MOST && System.nanoTime() - began < LONGEST_NANOS;
  }

  /// Whether others have joined.
  boolean shared() {
    return members > 1;
  }

  /// Counts one more.
  void join() {
    members++;
  }

  /// Whether a writer that came then has let the others wait for too long.
  static boolean overdue(long came) {
    return System.nanoTime() - came >= PATIENCE_NANOS;
  }

  /// Tells all how it ended.
  ///
  /// @param failed why nothing was kept; null if all is durable
  void end(@Nullable DatabaseException failed) {
    failure = failed;
    over.countDown();
  }

  /// Waits for the end, whatever happens: otherwise nobody would know whether the writes were kept.
  ///
  /// @param hurry is told from time to time that somebody still waits
  void await(Consumer<Group> hurry) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (over.await(LOOK_NANOS, TimeUnit.NANOSECONDS)) {
            break;
          }
          hurry.accept(this);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    switch (failure) { // an exception for each, who may add to it
      case null -> {}
      case StorageException ill -> throw new StorageException(ill.getMessage(), ill);
      case OutcomeUnknownException doubt ->
          throw new OutcomeUnknownException(doubt.getMessage(), doubt);
      case DatabaseException failed ->
          throw new ConflictException(
              "Nothing was kept, for the commit that several writers shared failed.", failed);
    }
  }
}
