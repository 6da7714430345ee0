package dev.plinth.internal.pipeline;

import dev.plinth.health.Metrics;
import dev.plinth.internal.transaction.Retrying;
import dev.plinth.spi.Call;
import dev.plinth.spi.Outcome;
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

/// Counts and times every call, and reports slow ones.
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

  /// A step that calls slow whatever takes longer.
  public Observe(Duration slow, Clock clock, Retrying retrying) {
    this.slowNanos = slow.toNanos();
    this.clock = clock;
    this.retrying = retrying;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      Outcome outcome = next.apply(call);
      failed = false;
      return outcome;
    } finally {
      ended(System.nanoTime() - start, failed, call, null);
    }
  }

  /// Observes work that is no operation on a record.
  public <R extends @Nullable Object> R measured(String what, Supplier<R> work) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      R result = work.get();
      failed = false;
      return result;
    } finally {
      ended(System.nanoTime() - start, failed, null, what);
    }
  }

  private void ended(long took, boolean failed, @Nullable Call call, @Nullable String what) {
    calls.increment();
    nanos.add(took);
    if (failed) {
      errors.increment();
    }
    if (took > slowNanos) {
      slow.increment();
      String name =
          call == null
              ? String.valueOf(what)
              : call.operation().verb() + " " + call.operation().shape();
      Duration duration = Duration.ofNanos(took);
      LOG.warn("Slow: {} took {} ms.", name, duration.toMillis());
      synchronized (slowest) {
        if (slowest.size() == KEPT) {
          slowest.removeFirst();
        }
        slowest.addLast(new Metrics.Slow(clock.instant(), name, duration));
      }
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
          List.copyOf(slowest));
    }
  }

  /// Starts counting anew.
  public void reset() {
    calls.reset();
    errors.reset();
    slow.reset();
    nanos.reset();
    retrying.reset();
    synchronized (slowest) {
      slowest.clear();
    }
  }
}
