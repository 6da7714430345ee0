package dev.plinth.internal.transaction;

import dev.plinth.config.Isolation;
import dev.plinth.error.TransactionException;
import dev.plinth.spi.Begin;
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
  private final Isolation isolation;
  private final boolean savepoints;
  private final @Nullable Scope outer;
  private final int depth;
  private final Thread owner = Thread.currentThread();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private final CommitWindows windows; // of the whole
  private @Nullable String failure;
  private boolean rollbackAsked;
  private long before; // how many changes there were at its beginning
  private boolean ended;

  /// The whole.
  Scope(Session session, Begin begin, CommitWindows windows) {
    this(session, begin, null, true, windows);
  }

  /// A part.
  Scope(Session session, Begin begin, Scope outer, boolean savepoints) {
    this(session, begin, outer, savepoints, outer.windows);
  }

  private Scope(
      Session session,
      Begin begin,
      @Nullable Scope outer,
      boolean savepoints,
      CommitWindows windows) {
    this.session = session;
    this.readOnly = begin.readOnly() || (outer != null && outer.readOnly);
    this.isolation = outer == null ? begin.isolation() : outer.isolation;
    this.savepoints = savepoints;
    this.outer = outer;
    this.windows = windows;
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

  /// What the whole transaction sees of others.
  public Isolation isolation() {
    return isolation;
  }

  /// What is to run after the commit.
  List<Runnable> hooks() {
    return afterCommit;
  }

  /// Runs something when, and only when, the changes of this scope are durable.
  public void afterCommit(Runnable hook) {
    check();
    afterCommit.add(hook);
  }

  /// Lets something know when the whole is being committed.
  public void during(CommitWindow window) {
    windows.add(window);
  }

  /// Lets this scope end in a rollback instead of a commit.
  public void askRollback() {
    check();
    rollbackAsked = true;
  }

  /// Sets the savepoint of a part.
  void open() {
    Session running = session();
    if (savepoints) {
      running.savepoint(depth);
    } else {
      before = running.changes();
    }
  }

  /// Ends a part well: what it did belongs to the outer scope from now on.
  void close(Scope outer) {
    if (rollbackAsked) {
      undo(null);
      return;
    }
    Session running = session();
    if (savepoints) {
      running.release(depth);
    }
    ended = true;
    outer.afterCommit.addAll(afterCommit);
  }

  /// Ends a part by undoing it.
  void undo(@Nullable Throwable reason) {
    ended = true;
    if (!savepoints && session.changes() == before && !session.broken()) {
      return; // there is nothing to undo
    }
    if (!savepoints) {
      fail("a part of it failed, and the engine cannot undo a part alone");
      return;
    }
    try {
      session.rollbackTo(depth);
    } catch (RuntimeException e) {
      fail("a part of it could not be undone");
      if (reason == null) {
        throw e;
      }
      reason.addSuppressed(e); // the caller's own exception comes first
    }
  }

  private void fail(String why) {
    failure = why;
    if (outer != null) {
      outer.failure = why;
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
    windows.open();
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
          "A transaction belongs to the thread that began it (%s)."
              .formatted(owner.getName().isEmpty() ? "#" + owner.threadId() : owner.getName()));
    }
  }
}
