package dev.plinth.internal.transaction;

import dev.plinth.error.TransactionException;
import dev.plinth.spi.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One running transaction: its session, its depth, and what waits for its commit.
///
/// Confined to the thread that began it.
public final class Scope {

  private final Session session;
  private final boolean readOnly;
  private final Thread owner = Thread.currentThread();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private int depth;
  private int readOnlyDepth = -1;
  private @Nullable String rollbackReason;
  private boolean rollbackAsked;
  private boolean ended;

  Scope(Session session, boolean readOnly) {
    this.session = session;
    this.readOnly = readOnly;
  }

  /// The transaction's session, for the thread that owns it.
  ///
  /// @throws TransactionException from any other thread, or after the end
  public Session session() {
    check();
    if (session.broken()) {
      rollbackReason = "the database ended it after an error";
    }
    if (rollbackReason != null) {
      throw new TransactionException(
          "The transaction can only be rolled back: " + rollbackReason + ".");
    }
    return session;
  }

  /// Whether writes are refused here.
  public boolean readOnly() {
    return readOnly || readOnlyDepth >= 0;
  }

  /// Runs something when, and only when, the transaction's changes are durable.
  public void afterCommit(Runnable hook) {
    check();
    afterCommit.add(hook);
  }

  /// Lets the innermost scope end in a rollback instead of a commit.
  public void askRollback() {
    check();
    rollbackAsked = true;
  }

  /// A part of the transaction that is undone alone if it fails, on a savepoint.
  <R extends @Nullable Object, X extends Throwable> R nested(
      boolean nestedReadOnly, ScopedValue.CallableOp<? extends R, X> work) throws X {
    Session inner = session();
    int hooks = afterCommit.size();
    boolean outerAsked = rollbackAsked;
    rollbackAsked = false;
    depth++;
    if (nestedReadOnly && readOnlyDepth < 0) {
      readOnlyDepth = depth;
    }
    try {
      inner.savepoint(depth);
      R result;
      try {
        result = work.call();
      } catch (Throwable thrown) {
        undo(inner, hooks, thrown);
        throw thrown;
      }
      if (rollbackAsked) {
        undo(inner, hooks, null);
      } else {
        session().release(depth);
      }
      return result;
    } finally {
      if (readOnlyDepth == depth) {
        readOnlyDepth = -1;
      }
      depth--;
      rollbackAsked = outerAsked;
    }
  }

  private void undo(Session inner, int hooks, @Nullable Throwable reason) {
    afterCommit.subList(hooks, afterCommit.size()).clear();
    try {
      inner.rollbackTo(depth);
    } catch (RuntimeException failure) {
      rollbackReason = "a part of it could not be undone";
      if (reason == null) {
        throw failure;
      }
      reason.addSuppressed(failure); // the caller's own exception comes first
    }
  }

  /// Whether the end is a commit.
  boolean commits() {
    if (!rollbackAsked) {
      session(); // says why it cannot, if it cannot
    }
    return !rollbackAsked;
  }

  List<Runnable> end() {
    ended = true;
    return afterCommit;
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
