package dev.plinth.internal.transaction;

import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.spi.Deadline;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs work again where that is safe and may help; the only place that knows when.
///
/// Safe is what the database has undone for certain, or has never seen. A pause holds no connection.
/// Thread-safe.
public final class Retrying {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.retry");
  private static final double LONGEST_NANOS =
      Duration.ofSeconds(30).toNanos(); // unless the first is
  private static final int READS = 2; // how often a read is run that its limit has stopped

  /// Waits.
  @FunctionalInterface
  public interface Sleeper {
    /// Waits so long.
    void sleep(Duration pause) throws InterruptedException;
  }

  /// Work that can be run several times.
  ///
  /// @param <R> its result
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface Attempt<R extends @Nullable Object, X extends Throwable> {
    /// Runs it.
    R run() throws X;
  }

  private final Sleeper sleeper;
  private final DoubleSupplier random;
  private final LongAdder retries = new LongAdder();

  /// As it is used.
  public Retrying() {
    this(Thread::sleep, () -> ThreadLocalRandom.current().nextDouble());
  }

  /// With other means of waiting and of chance.
  ///
  /// @param random gives numbers from 0 to 1
  public Retrying(Sleeper sleeper, DoubleSupplier random) {
    this.sleeper = sleeper;
    this.random = random;
  }

  /// How often something was run again.
  public long retries() {
    return retries.sum();
  }

  /// Starts counting anew.
  public void reset() {
    retries.reset();
  }

  /// Runs work until it succeeds, or fails in a way that another attempt would not mend.
  ///
  /// @param reads whether it only reads
  /// @param deadline after which no further attempt begins; null for none
  public <R extends @Nullable Object, X extends Throwable> R run(
      RetryPolicy policy, boolean reads, @Nullable Deadline deadline, Attempt<? extends R, X> work)
      throws X {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.run();
      } catch (DatabaseException e) {
        Duration pause = attempt < policy.attempts() ? pause(policy, reads, attempt, e) : null;
        if (pause == null || (deadline != null && deadline.left().compareTo(pause) <= 0)) {
          Foreign.giveUp(e);
          throw e;
        }
        LOG.debug("Attempt {} failed, the next one in {} ms.", attempt, pause.toMillis(), e);
        retries.increment();
        sleep(pause, e);
      }
    }
  }

  private void sleep(Duration pause, DatabaseException reason) {
    try {
      sleeper.sleep(pause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }

  private static long longest(Duration first, double factor) {
    double nanos = Math.min(factor * first.toNanos(), LONGEST_NANOS);
    return Math.max(first.toNanos(), (long) nanos);
  }

  private @Nullable Duration pause(
      RetryPolicy policy, boolean reads, int attempt, DatabaseException failure) {
    double factor = Math.pow(2, attempt - 1);
    return switch (failure) {
      case ConflictException _ ->
          Duration.ofNanos((long) (longest(policy.conflictPause(), factor) * random.getAsDouble()));
      case ConnectionException lost when lost.passing() ->
          Duration.ofNanos(longest(policy.connectionPause(), factor));
      case TimeoutException stopped when stopped.ofStatement() && reads && attempt < READS ->
          Duration.ZERO;
      default -> null;
    };
  }
}
