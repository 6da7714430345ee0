package dev.plinth.internal.engine.sqlite;

import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One borrowing of the only connection of a database in memory.
///
/// The thread that has the connection may borrow it again: otherwise a thread that writes while it
/// streams would wait for itself.
final class Loan implements Session {

  /// What all borrowings of one thread share.
  static final class Held {
    private final Thread holder = Thread.currentThread();
    private final JdbcSession session;
    private final Runnable ended;
    private int times;

    Held(JdbcSession session, Runnable ended) {
      this.session = session;
      this.ended = ended;
    }

    boolean byThisThread() {
      return holder == Thread.currentThread();
    }

    Loan lend() {
      times++;
      return new Loan(this);
    }
  }

  private final Held held;
  private final JdbcSession session;
  private boolean began;
  private boolean closed;

  private Loan(Held held) {
    this.held = held;
    this.session = held.session;
  }

  @Override
  public Rows query(Statement statement, @Nullable Object... arguments) {
    return session.query(statement, arguments);
  }

  @Override
  public long update(Statement statement, @Nullable Object... arguments) {
    return session.update(statement, arguments);
  }

  @Override
  public int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    return session.batch(statement, rows);
  }

  @Override
  public void begin(Begin begin) {
    session.begin(begin);
    began = true;
  }

  @Override
  public void commit() {
    session.commit();
  }

  @Override
  public void rollback() {
    session.rollback();
  }

  @Override
  public void savepoint(int depth) {
    session.savepoint(depth);
  }

  @Override
  public void release(int depth) {
    session.release(depth);
  }

  @Override
  public void rollbackTo(int depth) {
    session.rollbackTo(depth);
  }

  @Override
  public boolean broken() {
    return session.broken();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (began) { // a borrowing that only reads must not end another's transaction
        session.rollback();
      }
    } finally {
      held.times--;
      if (held.times == 0) {
        held.ended.run();
        session.close();
      }
    }
  }
}
