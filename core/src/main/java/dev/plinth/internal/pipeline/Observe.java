package dev.plinth.internal.pipeline;

import dev.plinth.health.Metrics;
import dev.plinth.internal.transaction.Retrying;
import dev.plinth.spi.Call;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Statement;
import dev.plinth.spi.Step;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts and times every call, and reports slow ones, and those that are asked for each row anew.
public final class Observe implements Step {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.slow");
  private static final int KEPT = 100;

  private final long slowNanos;
  private final Clock clock;
  private final Retrying retrying;
  private final LongAdder calls = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder slow = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final Deque<Metrics.Slow> slowest = new ArrayDeque<>();
  private final Repeats repeats = new Repeats();
  private final Next told;

  /// A step that calls slow whatever takes longer.
  ///
  /// @param told rewrites a read as it will be sent, and gives its text; asked for slow ones alone
  public Observe(Duration slow, Clock clock, Retrying retrying, Next told) {
    this.slowNanos = slow.toNanos();
    this.clock = clock;
    this.retrying = retrying;
    this.told = told;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    long start = System.nanoTime();
    Outcome outcome = null;
    try {
      outcome = next.apply(call);
      return outcome;
    } finally {
      long end = System.nanoTime();
      if (ended(end - start, outcome == null)) {
        slow(end - start, call.operation().verb() + " " + call.operation().shape(), text(call));
      }
      if (outcome != null && call.operation() instanceof Operation.Read read) {
        repeats.note(read, outcome, start, end);
      }
    }
  }

  /// Observes work that is no operation on a record.
  public <R extends @Nullable Object> R measured(Statement statement, Supplier<R> work) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      R result = work.get();
      failed = false;
      return result;
    } finally {
      long took = System.nanoTime() - start;
      if (ended(took, failed)) {
        slow(took, statement.what(), statement.sql());
      }
    }
  }

  // whether it was slow
  private boolean ended(long took, boolean failed) {
    calls.increment();
    nanos.add(took);
    if (failed) {
      errors.increment();
    }
    return took > slowNanos;
  }

  private String text(Call call) {
    try {
      return call.operation() instanceof Operation.Read
              && told.apply(call) instanceof Outcome.Explained(var text)
          ? text
          : "";
    } catch (RuntimeException e) {
      return ""; // of what failed: the caller gets that
    }
  }

  private void slow(long took, String what, String sql) {
    slow.increment();
    String site = CallSite.here();
    Duration duration = Duration.ofNanos(took);
    LOG.warn("Slow: {} took {} ms, asked for at {}: {}", what, duration.toMillis(), site, sql);
    synchronized (slowest) {
      if (slowest.size() == KEPT) {
        slowest.removeFirst();
      }
      slowest.addLast(new Metrics.Slow(clock.instant(), what, duration, site, sql));
    }
  }

  /// What was counted so far.
  public Metrics metrics() {
    synchronized (slowest) {
      return new Metrics(
          calls.sum(),
          errors.sum(),
          slow.sum(),
          Duration.ofNanos(nanos.sum()),
          retrying.retries(),
          List.copyOf(slowest),
          repeats.found());
    }
  }

  /// Starts counting anew.
  public void reset() {
    calls.reset();
    errors.reset();
    slow.reset();
    nanos.reset();
    retrying.reset();
    repeats.reset();
    synchronized (slowest) {
      slowest.clear();
    }
  }
}
