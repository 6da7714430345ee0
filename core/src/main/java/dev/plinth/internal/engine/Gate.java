package dev.plinth.internal.engine;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets so many in at a time, in the order in which they came, and knows who is in.
///
/// Pools and database locks alone are unfair: under load some callers starve. A gate in front of them
/// serves everybody in turn, gives up at the deadline, and refuses at once when the line is too long,
/// or when who waits would wait for himself. Thread-safe.
public final class Gate {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.leak");

  /// A place that somebody has.
  public final class Lease {
    private final Thread holder = Thread.currentThread();
    private final long since = System.nanoTime();
    private volatile @Nullable Throwable where;
    private volatile boolean reported;

    private Lease() {}

    /// Notes where the holder is now, since he will keep the place and go on.
    void note() {
      where = new Throwable("The connection was borrowed here by thread " + holder() + ".");
    }

    /// Gives the place back.
    public void leave() {
      out.remove(this);
      places.release();
    }

    private String holder() { // a virtual thread has no name unless somebody gives it one
      return holder.getName().isEmpty() ? "#" + holder.threadId() : holder.getName();
    }

    private long millis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }

    // where the place was taken, if that was noted, and otherwise where its holder is now
    private Throwable stack() {
      Throwable noted = where;
      if (noted != null) {
        return noted;
      }
      Throwable now = new Throwable("Thread " + holder() + " has it, and is here now.");
      now.setStackTrace(holder.getStackTrace());
      return now;
    }
  }

  private final String name;
  private final int size;
  private final Semaphore places;
  private final Duration limit;
  private final int queueLimit;
  private final Set<Lease> out;

  /// A gate.
  ///
  /// @param name what is behind it, for messages
  /// @param places how many are let in at a time
  /// @param limit how long one waits at the most
  /// @param queueLimit how many may wait
  public Gate(String name, int places, Duration limit, int queueLimit) {
    this(
        name,
        places,
        new Semaphore(places, true),
        ConcurrentHashMap.newKeySet(),
        limit,
        queueLimit);
  }

  private Gate(
      String name, int size, Semaphore places, Set<Lease> out, Duration limit, int queueLimit) {
    this.name = name;
    this.size = size;
    this.places = places;
    this.out = out;
    this.limit = limit;
    this.queueLimit = queueLimit;
  }

  /// Another gate to the same places, with limits of its own.
  public Gate beside(Duration limit, int queueLimit) {
    return new Gate(name, size, places, out, limit, queueLimit);
  }

  /// Waits for a place.
  ///
  /// @throws TimeoutException if none came free in time, or too many are waiting already
  /// @throws TransactionException if there is none and this thread has one itself
  /// @throws ConnectionException if the thread was interrupted; it stays so
  public Lease enter() {
    return enter(limit);
  }

  /// As [#enter()], waiting no longer than this even where the gate allows more.
  public Lease enter(Duration patience) {
    try {
      if (!places.tryAcquire(0, TimeUnit.NANOSECONDS)) { // without a time it would jump the queue
        queue(patience.compareTo(limit) < 0 ? patience : limit);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return lease();
  }

  /// Enters if there is a place that nobody waits for; null if there is none.
  public @Nullable Lease enterIfFree() {
    try {
      if (!places.tryAcquire(0, TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return lease();
  }

  private ConnectionException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ConnectionException("Interrupted while waiting for " + name + ".", e);
  }

  private Lease lease() {
    Lease lease = new Lease();
    out.add(lease);
    return lease;
  }

  private void queue(Duration longest) throws InterruptedException {
    Thread self = Thread.currentThread();
    for (Lease lease : out) {
      if (lease.holder == self) {
        throw new TransactionException(
            ("This thread has a connection already and asks for another, but %s is not free: it"
                    + " would wait for itself. Close the stream first, or do both in one transaction.")
                .formatted(name),
            lease.stack());
      }
    }
    if (places.getQueueLength() >= queueLimit) {
      throw new TimeoutException(
          queueLimit + " calls are waiting for " + name + " already, which is the limit.");
    }
    if (!places.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
      Lease oldest = oldest();
      throw new TimeoutException(
          "Waited %d ms for %s, but none came free. %sIs a stream left open, or a transaction that never ends?"
              .formatted(
                  longest.toMillis(),
                  name,
                  oldest == null
                      ? ""
                      : "Thread %s has had one for %d ms. "
                          .formatted(oldest.holder(), oldest.millis())),
          oldest == null ? null : oldest.stack());
    }
  }

  private @Nullable Lease oldest() {
    return out.stream().min(Comparator.comparingLong(lease -> lease.since)).orElse(null);
  }

  /// How many places there are.
  public int size() {
    return size;
  }

  /// How many places are taken.
  public int taken() {
    return size - places.availablePermits();
  }

  /// How many wait.
  public int waiting() {
    return places.getQueueLength();
  }

  /// Whether anybody waits.
  public boolean awaited() {
    return places.hasQueuedThreads();
  }

  /// Logs every place that was taken longer ago than this, once, with its holder.
  ///
  /// @return the holders that were reported now
  public List<Thread> report(Duration threshold) {
    return out.stream()
        .filter(lease -> !lease.reported && lease.millis() >= threshold.toMillis())
        .map(lease -> {
          lease.reported = true;
          LOG.warn(
              "{} has been out for {} s, with thread {}. Is a stream left open, or a transaction that never ends?",
              name,
              lease.millis() / 1000,
              lease.holder(),
              lease.stack());
          return lease.holder;
        })
        .toList();
  }
}
