package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.ConflictException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.internal.engine.KeptStatements.Kept;
import dev.plinth.internal.engine.Undisturbed;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Deadline;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connection that writes, whose transaction several writers can share, one after the other.
///
/// Who is done while others wait in line leaves his transaction open to them. Each of them works on
/// a savepoint, and the last one commits for all; nobody's session is closed before that. A writer
/// who lets the others wait for too long loses his turn: they undo what he did, and commit.
///
/// Guarded by its monitor, because of that last case.
final class WritingSession extends SqliteSession {

  private static final int SAVEPOINT = 0; // the nested ones count from 1

  private final BooleanSupplier awaited;
  private final ThreadLocal<Boolean> failedTogether = new ThreadLocal<>();

  private @Nullable Group group; // of the open transaction, while others wait for its commit
  private boolean crowded; // the last commit was shared, so that the next one may be as well

  // of the running borrowing
  private boolean sharing;
  private boolean fresh; // nothing was done yet
  private boolean single; // a write outside transactions, which is kept even if its caller fails
  private boolean follows; // on the savepoint
  private boolean lost; // undone by those who waited
  private @Nullable Group joined;
  private long since; // when it began

  /// A connection.
  ///
  /// @param awaited whether anybody waits for it
  WritingSession(
      Connection connection,
      Duration limit,
      boolean echo,
      BooleanSupplier awaited,
      Consumer<JdbcSession> giveBack) {
    super(connection, false, limit, echo, giveBack);
    this.awaited = awaited;
  }

  /// Lets the borrower work in transactions of his own.
  synchronized Session alone() {
    if (group != null) {
      settle(group, null);
    }
    return this;
  }

  /// Lets the borrower share, unless he runs again what has failed in company.
  Session together() {
    if (failedTogether.get() != null) {
      failedTogether.remove();
      return alone();
    }
    synchronized (this) {
      sharing = true;
      fresh = true;
      since = System.nanoTime();
      return this;
    }
  }

  // a single write is a transaction only if it has company: a lone one commits by itself
  private void enter() {
    if (fresh) {
      fresh = false;
      if (group != null || crowded || awaited.getAsBoolean()) {
        single = true;
        begin(Begin.WRITE);
      }
    }
  }

  @Override
  protected synchronized void start(Begin begin) {
    fresh = false;
    since = System.nanoTime();
    if (group == null) {
      super.start(begin);
      return;
    }
    savepoint(SAVEPOINT);
    follows = true;
    joined = group;
    group.join();
  }

  @Override
  public synchronized Rows query(Statement statement, @Nullable Object... arguments) {
    enter();
    return super.query(statement, arguments);
  }

  @Override
  public synchronized long update(Statement statement, @Nullable Object... arguments) {
    enter();
    return super.update(statement, arguments);
  }

  @Override
  public synchronized int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    enter();
    return super.batch(statement, rows);
  }

  @Override
  protected synchronized void takeBack(Kept kept) {
    super.takeBack(kept);
  }

  @Override
  protected void working(@Nullable Deadline deadline) {
    if (lost) {
      throw turnLost(null);
    }
    super.working(deadline);
  }

  @Override
  protected DatabaseException classify(SQLException e, String what) {
    return lost ? turnLost(e) : super.classify(e, what);
  }

  private ConflictException turnLost(@Nullable SQLException cause) {
    failedTogether.set(true);
    return new ConflictException(
        "The transaction let others wait for too long who share its commit, and was undone.",
        cause);
  }

  @Override
  public synchronized void rollbackTo(int depth) {
    if (!lost) { // then it is undone already
      super.rollbackTo(depth);
    }
  }

  @Override
  protected synchronized void end(boolean commit) {
    if (lost) {
      if (commit) {
        throw turnLost(null);
      }
    } else if (follows) {
      leave(commit);
    } else if (commit && sharing && awaited.getAsBoolean()) {
      group = new Group(since);
      joined = group;
    } else {
      crowded = false;
      super.end(commit);
    }
  }

  private void leave(boolean keep) {
    if (keep) {
      release(SAVEPOINT);
      follows = false;
      return;
    }
    follows = false;
    Group others = group;
    if (others != null && !undone()) {
      settle(others, new ConflictException("Another writer's failure ended the transaction."));
    }
  }

  // a transaction that may have ended cannot be gone on with, whatever a savepoint would say
  private boolean undone() {
    if (broken()) {
      return false;
    }
    try {
      super.rollbackTo(SAVEPOINT);
      return true;
    } catch (DatabaseException e) {
      return false;
    }
  }

  /// Ends the open transaction for all who share it.
  private void settle(Group ending, @Nullable DatabaseException reason) {
    group = null;
    crowded = ending.shared();
    DatabaseException failure =
        new OutcomeUnknownException("The commit that several writers shared broke off.");
    try {
      failure = reason == null ? committed() : reason;
      if (failure != null) {
        super.update(ROLLBACK);
      }
    } catch (DatabaseException e) {
      // it has ended by itself
    } finally {
      ending.end(failure);
    }
  }

  private @Nullable DatabaseException committed() {
    try {
      Undisturbed.run(() -> super.update(COMMIT));
      return null;
    } catch (DatabaseException e) {
      return e;
    }
  }

  @Override
  public void close() {
    lease(); // refuses to be given back twice
    Group shared = null;
    try {
      shared = depart();
    } finally {
      giveBack();
    }
    if (shared != null) {
      try {
        shared.await(this::hurry);
      } catch (ConflictException e) {
        failedTogether.set(true);
        throw e;
      }
    }
  }

  private synchronized @Nullable Group depart() {
    try {
      if (single && inTransaction() && !broken()) {
        commit();
      } else {
        rollback();
      }
      return lost ? null : joined;
    } finally {
      forget();
      if (group != null && !(group.open() && awaited.getAsBoolean())) {
        settle(group, null);
      }
      sharing = false;
      fresh = false;
      single = false;
      lost = false;
      joined = null;
    }
  }

  /// Commits for those who wait, at the cost of whoever has the session for too long.
  private synchronized void hurry(Group waiting) {
    if (group != waiting || !Group.overdue(since)) {
      return;
    }
    boolean atWork = follows;
    if (atWork) {
      leave(false);
    }
    if (group == waiting) {
      settle(waiting, null);
    }
    lost = atWork;
  }

  @Override
  public synchronized void disconnect() {
    if (group != null) {
      settle(group, null);
    }
    super.disconnect();
  }
}
