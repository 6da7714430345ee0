package dev.plinth.internal.transaction;

import dev.plinth.error.TransactionException;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Begins, nests and ends the transactions of one database.
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
  private final ScopedValue<Scope> current = ScopedValue.newInstance();

  /// Transactions of an engine.
  public Transactions(Engine engine) {
    this.engine = engine;
  }

  /// The transaction that this thread's work is part of; null if none.
  public @Nullable Scope current() {
    return current.isBound() ? current.get() : null;
  }

  /// Runs work in a transaction of its own, or, inside another, on a savepoint of that one.
  ///
  /// What the work throws passes through unchanged after the rollback.
  public <R extends @Nullable Object, X extends Throwable> R run(
      boolean readOnly, Work<? extends R, X> work) throws X {
    Scope outer = current();
    if (outer != null) {
      if (outer.readOnly() && !readOnly) {
        throw new TransactionException("A transaction that writes cannot be in a read-only one.");
      }
      return part(outer, readOnly, work);
    }
    R result;
    List<Runnable> hooks;
    try (Session session = readOnly ? engine.read() : engine.write()) {
      session.begin(readOnly);
      Scope scope = new Scope(session, readOnly, null);
      try {
        result = ScopedValue.where(current, scope).call(() -> work.in(scope));
        hooks = scope.finish();
      } catch (Throwable thrown) {
        scope.rollback(thrown);
        throw thrown;
      }
    }
    hooks.forEach(Transactions::runHook);
    return result;
  }

  private <R extends @Nullable Object, X extends Throwable> R part(
      Scope outer, boolean readOnly, Work<? extends R, X> work) throws X {
    Scope scope = new Scope(outer.session(), readOnly, outer);
    scope.open();
    R result;
    try {
      result = ScopedValue.where(current, scope).call(() -> work.in(scope));
    } catch (Throwable thrown) {
      scope.undo(thrown);
      throw thrown;
    }
    scope.close(outer);
    return result;
  }

  private static void runHook(Runnable hook) {
    try {
      hook.run();
    } catch (Throwable e) { // of whatever kind: the commit stands
      LOG.error("A hook after a commit failed; the commit stands.", e);
    }
  }
}
