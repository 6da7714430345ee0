package dev.plinth.internal.transaction;

import dev.plinth.error.TransactionException;
import dev.plinth.spi.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One running transaction, or one part of it: the whole has no outer scope, a part is a savepoint.
///
/// Confined to the thread that began it.
public final class Scope {

  private final Session session;
  private final boolean readOnly;
  private final @Nullable Scope outer;
  private final int depth;
  private final Thread owner = Thread.currentThread();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private @Nullable String failure;
  private boolean rollbackAsked;
  private boolean ended;

  Scope(Session session, boolean readOnly, @Nullable Scope outer) {
    this.session = session;
    this.readOnly = readOnly || (outer != null && outer.readOnly);
    this.outer = outer;
    this.depth = outer == null ? 0 : outer.depth + 1;
  }

  /// The transaction's session, for the thread that owns it.
  ///
  /// @throws TransactionException from any other thread, after the end, or when nothing but a
  ///     rollback is left
  public Session session() {
    check();
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.failure != null) {
        throw onlyRollback(scope.failure);
      }
    }
    if (session.broken()) {
      throw onlyRollback("the database ended it after an error");
    }
    return session;
  }

  private static TransactionException onlyRollback(String reason) {
    return new TransactionException("The transaction can only be rolled back: " + reason + ".");
  }

  /// Whether writes are refused here.
  public boolean readOnly() {
    return readOnly;
  }

  /// Runs something when, and only when, the changes of this scope are durable.
  public void afterCommit(Runnable hook) {
    check();
    afterCommit.add(hook);
  }

  /// Lets this scope end in a rollback instead of a commit.
  public void askRollback() {
    check();
    rollbackAsked = true;
  }

  /// Sets the savepoint of a part.
  void open() {
    session().savepoint(depth);
  }

  /// Ends a part well: what it did belongs to the outer scope from now on.
  void close(Scope outer) {
    if (rollbackAsked) {
      undo(null);
      return;
    }
    session().release(depth);
    ended = true;
    outer.afterCommit.addAll(afterCommit);
  }

  /// Ends a part by undoing it.
  void undo(@Nullable Throwable reason) {
    ended = true;
    try {
      session.rollbackTo(depth);
    } catch (RuntimeException e) {
      failure = "a part of it could not be undone";
      if (outer != null) {
        outer.failure = failure;
      }
      if (reason == null) {
        throw e;
      }
      reason.addSuppressed(e); // the caller's own exception comes first
    }
  }

  /// Ends the whole: commits, or rolls back if that was asked for; gives the hooks that are due.
  List<Runnable> finish() {
    if (rollbackAsked) {
      ended = true;
      session.rollback();
      return List.of();
    }
    Session committing = session(); // says why it cannot, if it cannot
    ended = true;
    committing.commit();
    return afterCommit;
  }

  /// Ends the whole by rolling back.
  void rollback(Throwable reason) {
    ended = true;
    try {
      session.rollback();
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // the caller's own exception comes first
    }
  }

  private void check() {
    if (ended) {
      throw new TransactionException("The transaction has ended.");
    }
    if (Thread.currentThread() != owner) {
      throw new TransactionException(
          "A transaction belongs to the thread that began it (" + owner.getName() + ").");
    }
  }
}
