package dev.plinth;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.health.Health;
import dev.plinth.health.Health.Check;
import dev.plinth.health.Health.Status;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.spi.Deadline;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One question to the store, how long the answer took, and why there was none.
///
/// @param failure why there was no answer; null if there was one
record Pulse(Duration took, @Nullable DatabaseException failure) {

  private static final Statement QUESTION = new Statement("select 1", List.of(), "ping");
  private static final Duration PATIENCE = Duration.ofSeconds(1); // for a place, not an answer
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /// Asks by the running transaction's connection, if there is one.
  static Pulse of(Engine engine, @Nullable Scope running) {
    Pulse first = once(engine, running);
    // a connection that was lost while nobody used it says nothing of the server
    return first.failure instanceof ConnectionException lost && lost.passing() && running == null
        ? once(engine, null)
        : first;
  }

  private static Pulse once(Engine engine, @Nullable Scope running) {
    long start = System.nanoTime();
    DatabaseException failure = null;
    try {
      Session own = session(running);
      if (own != null) {
        ask(own);
      } else {
        try (Session session = engine.read(PATIENCE)) {
          ask(session);
        }
      }
    } catch (DatabaseException e) {
      failure = e;
    }
    return new Pulse(Duration.ofNanos(System.nanoTime() - start), failure);
  }

  // a transaction that can only be rolled back says nothing of the store
  private static @Nullable Session session(@Nullable Scope running) {
    try {
      return running == null ? null : running.session();
    } catch (TransactionException e) {
      return null;
    }
  }

  private static void ask(Session session) {
    try (Session.Rows rows = session.query(QUESTION)) {
      rows.next();
    }
  }

  static boolean within(Duration patience, Engine engine, @Nullable Scope running) {
    Deadline end = Deadline.in(patience);
    Duration pause = FIRST_PAUSE;
    while (of(engine, running).failure() != null) {
      if (end.left().compareTo(pause) < 0) {
        return false;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      Duration next = pause.multipliedBy(2);
      pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }
    return true;
  }

  static Health health(
      Engine engine,
      @Nullable Scope running,
      boolean open,
      @Nullable Fallback fallback,
      Instant now) {
    List<Check> checks = new ArrayList<>();
    if (open) {
      checks.addAll(of(engine, running).checks(engine));
    } else {
      checks.add(new Check("connection", Status.DOWN, "it is closed"));
    }
    if (fallback != null) {
      checks.add(fallback.check());
    }
    return Health.of(engine.name(), engine.location(), checks, now);
  }

  private List<Check> checks(Engine engine) {
    List<Check> checks = new ArrayList<>();
    boolean full =
        failure instanceof TransactionException // this thread has the last connection itself
            || (failure instanceof TimeoutException wait && !wait.ofStatement());
    if (full) {
      checks.add(
          new Check("connection", Status.DEGRADED, "it was not asked: all connections are in use"));
    } else if (failure != null) {
      checks.add(new Check("connection", Status.DOWN, failure.getMessage()));
    } else {
      String millis = took.toMillis() + " ms";
      checks.add(new Check("connection", Status.HEALTHY, "it answers"));
      boolean quick = took.compareTo(Health.QUICK) < 0;
      checks.add(
          new Check("performance", quick ? Status.HEALTHY : Status.DEGRADED, "in " + millis));
    }
    PoolHealth pool = engine.pool();
    checks.add(
        new Check(
            "pool",
            pool.waiting() == 0 ? Status.HEALTHY : Status.DEGRADED,
            "%d of %d in use, %d waiting".formatted(pool.active(), pool.most(), pool.waiting())));
    engine.complaints().forEach(one -> checks.add(new Check("engine", Status.DEGRADED, one)));
    return checks;
  }
}
