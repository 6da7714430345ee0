package dev.plinth.internal.engine;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.TimeoutException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Lets so many in at a time, in the order in which they came.
///
/// Pools and database locks alone are unfair: under load some callers starve. A gate in front of them
/// serves everybody in turn, gives up at the deadline, and refuses at once when the line is too long.
/// Thread-safe.
public final class Gate {

  private final String name;
  private final Semaphore places;
  private final Duration limit;
  private final int queueLimit;

  /// A gate.
  ///
  /// @param name what is behind it, for messages
  /// @param places how many are let in at a time
  /// @param limit how long one waits at the most
  /// @param queueLimit how many may wait
  public Gate(String name, int places, Duration limit, int queueLimit) {
    this.name = name;
    this.places = new Semaphore(places, true);
    this.limit = limit;
    this.queueLimit = queueLimit;
  }

  /// Waits for a place.
  ///
  /// @throws TimeoutException if none came free in time, or too many are waiting already
  /// @throws ConnectionException if the thread was interrupted; it stays so
  public void enter() {
    if (places.availablePermits() == 0 && places.getQueueLength() >= queueLimit) {
      throw new TimeoutException(
          queueLimit + " calls are waiting for " + name + " already, which is the limit.");
    }
    try {
      if (!places.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new TimeoutException(
            "Waited "
                + limit.toMillis()
                + " ms for "
                + name
                + ", but none came free. Is a stream left open, or a transaction that never ends?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("Interrupted while waiting for " + name + ".", e);
    }
  }

  /// Gives the place back.
  public void leave() {
    places.release();
  }
}
