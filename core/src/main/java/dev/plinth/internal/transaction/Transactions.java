package dev.plinth.internal.transaction;

import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.TransactionException;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins, nests, repeats and ends the transactions of one database.
///
/// Thread-safe.
public final class Transactions {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.transaction");

  /// Work in a transaction.
  ///
  /// @param <R> its result
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface Work<R extends @Nullable Object, X extends Throwable> {
    /// Does the work.
    R in(Scope scope) throws X;
  }

  private final Engine engine;
  private final Set<Capability> capabilities;
  private final Retrying retrying;
  private final Keys keys;
  private final ScopedValue<Scope> current = ScopedValue.newInstance();
  private final ScopedValue<Position> reading = ScopedValue.newInstance();

  /// Transactions of an engine.
  ///
  /// @param keys remembers which keyed transactions are done
  public Transactions(Engine engine, Retrying retrying, Keys keys) {
    this.engine = engine;
    this.capabilities = engine.capabilities();
    this.retrying = retrying;
    this.keys = keys;
  }

  /// The transaction that this thread's work is part of; null if none.
  public @Nullable Scope current() {
    return current.isBound() ? current.get() : null;
  }

  /// Whether this thread's work is part of no transaction, nor of any that reads from replicas or
  /// must see what was written elsewhere.
  public boolean atLarge() {
    return !current.isBound() && !reading.isBound();
  }

  /// Whether a statement that fails alone takes its transaction with it, though a savepoint before
  /// it would save that.
  public boolean needsSavepoints() {
    return capabilities.contains(Capability.SAVEPOINTS)
        && !capabilities.contains(Capability.STATEMENT_ROLLBACK);
  }

  /// Runs work in a transaction of its own, or as a part of the running one.
  ///
  /// The whole is run again where the terms say so; a part never is. What the work throws passes
  /// through unchanged after the rollback.
  public <R extends @Nullable Object, X extends Throwable> R run(
      Terms terms, Work<? extends R, X> work) throws X {
    Scope outer = current();
    if (outer != null) {
      return part(outer, terms, work);
    }
    Work<R, X> aware = Foreign.aware(work);
    try {
      return terms.key() != null
          ? new KeyedRun<R, X>(terms, aware).run()
          : retrying.<R, X>run(
              terms.retries(),
              terms.begin().readOnly(),
              terms.begin().deadline(),
              () -> whole(terms, aware, hooks -> {}));
    } catch (Foreign e) {
      throw e.failure();
    }
  }

  /// Runs work again where that is safe and may help; for work outside transactions.
  public <R extends @Nullable Object> R repeated(boolean reads, Supplier<? extends R> work) {
    return retrying.<R, RuntimeException>run(RetryPolicy.STANDARD, reads, null, work::get);
  }

  /// Runs work in a transaction, or as a part of the running one, without ever repeating it.
  public <R extends @Nullable Object, X extends Throwable> R once(
      Begin begin, Work<? extends R, X> work) throws X {
    Scope outer = current();
    Terms terms = new Terms(begin, Terms.WRITE.retries(), null);
    return outer != null ? part(outer, terms, work) : whole(terms, work, hooks -> {});
  }

  /// A transaction whose effect happens once, although its commit may be in doubt.
  ///
  /// The key is written in the transaction itself. Whoever finds it there knows that the effect has
  /// happened; whoever does not, after having waited for the transaction that may still write it,
  /// knows that it has not.
  private final class KeyedRun<R extends @Nullable Object, X extends Throwable> {
    private final Terms terms;
    private final String key;
    private final Work<? extends R, X> work;
    private final UUID run = UUID.randomUUID();
    private @Nullable OutcomeUnknownException doubt;
    private @Nullable R done; // what the last attempt gave that did the work
    private List<Runnable> hooks = List.of(); // of that attempt
    private Keys.Claim claim = Keys.Claim.NEW;
    private boolean ending; // the work is over, and what fails now is the commit

    KeyedRun(Terms terms, Work<? extends R, X> work) {
      this.terms = terms;
      this.key = Objects.requireNonNull(terms.key());
      this.work = work;
    }

    R run() throws X {
      keys.prepare(Transactions.this);
      try {
        return retrying.<R, X>run(terms.retries(), false, terms.begin().deadline(), this::settle);
      } catch (DatabaseException e) {
        if (doubt == null || doubt == e) {
          throw e;
        }
        doubt.addSuppressed(e); // what could not be found out remains in doubt
        throw doubt;
      }
    }

    // an attempt in doubt is followed at once by one that finds out
    private R settle() throws X {
      try {
        return attempt();
      } catch (OutcomeUnknownException e) {
        if (!ending) {
          throw e; // of another database, which the work writes to as well
        }
        doubt = e;
        boolean interrupted = Thread.interrupted(); // what is in doubt is found out first
        try {
          return attempt();
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }

    @SuppressWarnings(
        "NullAway") // null where another call did it: who asked sees that there is no result
    private R attempt() throws X {
      ending = false;
      R given = Transactions.this.<@Nullable R, X>whole(terms, this::claimed, this::end);
      if (claim == Keys.Claim.OWN) {
        runHooks(hooks);
      }
      return given;
    }

    // where the key is found, the commit that follows waits until it is as durable as a new one
    private @Nullable R claimed(Scope scope) throws X {
      claim = keys.claim(scope, key, run);
      if (claim != Keys.Claim.OWN) {
        done = claim == Keys.Claim.NEW ? work.in(scope) : null;
      }
      return done;
    }

    private void end(List<Runnable> due) {
      ending = true;
      if (claim != Keys.Claim.OWN) {
        hooks = due;
      }
    }
  }

  private <R extends @Nullable Object, X extends Throwable> R whole(
      Terms terms, Work<? extends R, X> work, Consumer<List<Runnable>> hooksInDoubt) throws X {
    CommitWindows windows = new CommitWindows();
    return windows.<R, X>around(() -> whole(terms, work, hooksInDoubt, windows));
  }

  private <R extends @Nullable Object, X extends Throwable> R whole(
      Terms terms,
      Work<? extends R, X> work,
      Consumer<List<Runnable>> hooksInDoubt,
      CommitWindows windows)
      throws X {
    Begin begin = terms.begin();
    R result;
    List<Runnable> hooks;
    try (Session session = session(terms)) {
      session.begin(begin);
      Scope scope = new Scope(session, begin, windows);
      try {
        result = ScopedValue.where(current, scope).call(() -> work.in(scope));
        hooksInDoubt.accept(scope.hooks());
        hooks = scope.finish();
      } catch (Throwable thrown) {
        scope.rollback(thrown);
        throw thrown;
      }
      if (!begin.readOnly()) {
        committed(session);
      }
    }
    windows.close(true); // before the hooks, which may read what was written
    runHooks(hooks);
    return result;
  }

  /// Runs work whose reads may come from replicas.
  public <R extends @Nullable Object, X extends Throwable> R reading(
      Position position, ScopedValue.CallableOp<? extends R, X> work) throws X {
    return ScopedValue.where(reading, position).call(work);
  }

  // a replica cannot tell what is serializable
  private Session session(Terms terms) {
    Begin begin = terms.begin();
    if (!begin.readOnly()) {
      return terms.sharing() ? engine.share(patience(begin)) : engine.write(patience(begin));
    }
    return begin.isolation() == Isolation.SERIALIZABLE
        ? engine.read(patience(begin))
        : reading(patience(begin));
  }

  /// A session for reading outside a transaction.
  public Session reading() {
    return reading(Engine.PATIENT);
  }

  private Session reading(Duration patience) {
    return reading.isBound() && reading.get().replicas()
        ? engine.readStale(reading.get().text(), patience)
        : engine.read(patience);
  }

  private static Duration patience(Begin begin) {
    return begin.deadline() == null ? Engine.PATIENT : begin.deadline().left();
  }

  /// Notes what was written, for reads that must see it.
  public void committed(Session session) {
    if (reading.isBound()) {
      try {
        reading.get().advance(session.position());
      } catch (DatabaseException e) { // what was written stays written
        reading.get().lose();
      }
    }
  }

  private <R extends @Nullable Object, X extends Throwable> R part(
      Scope outer, Terms terms, Work<? extends R, X> work) throws X {
    check(outer, terms);
    Scope scope =
        new Scope(
            outer.session(), terms.begin(), outer, capabilities.contains(Capability.SAVEPOINTS));
    scope.open();
    R result;
    try {
      result = ScopedValue.where(current, scope).call(() -> work.in(scope));
      scope.close(outer);
    } catch (Throwable thrown) {
      scope.undo(thrown);
      throw thrown;
    }
    return result;
  }

  private void check(Scope outer, Terms terms) {
    if (outer.readOnly() && !terms.begin().readOnly()) {
      throw new TransactionException("A transaction that writes cannot be in a read-only one.");
    }
    if (terms.key() != null) {
      throw new TransactionException(
          "An idempotency key belongs to the outermost transaction, which is what commits.");
    }
    Isolation asked = terms.isolation();
    if (asked.compareTo(outer.isolation()) > 0
        && asked == Isolation.SERIALIZABLE
        && capabilities.contains(Capability.ISOLATION_LEVELS)) {
      throw new TransactionException(
          "The running transaction is "
              + outer.isolation()
              + ": a part of it cannot be "
              + asked
              + ".");
    }
  }

  private static void runHooks(List<Runnable> hooks) {
    hooks.forEach(Transactions::runHook);
  }

  private static void runHook(Runnable hook) {
    try {
      hook.run();
    } catch (Throwable e) { // of whatever kind: the commit stands
      LOG.error("A hook after a commit failed; the commit stands.", e);
    }
  }
}
