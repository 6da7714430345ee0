package dev.plinth.internal.engine.sqlite;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.BusyHandler;

/// Waits for another process's lock by looking often and irregularly.
///
/// SQLite's own handler waits up to a tenth of a second between two looks, so a process that writes
/// all the time leaves it seconds behind. Confined to its connection.
final class PatientHandler extends BusyHandler {

  private static final long LEAST_NANOS = 200_000;
  private static final long MOST_NANOS = 1_000_000;

  private final long limitNanos;
  private long since;

  PatientHandler(long limitMillis) {
    this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
  }

  /// SQLite asks whether to look again: 0 gives up.
  @Override
  protected int callback(int earlierCalls) {
    long now = System.nanoTime();
    if (earlierCalls == 0) {
      since = now;
    }
    if (now - since > limitNanos || Thread.currentThread().isInterrupted()) {
      return 0;
    }
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LEAST_NANOS, MOST_NANOS));
    return 1;
  }
}
