package dev.plinth.internal.engine.sqlite;

import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The only connection of a database in memory, while one thread has it, once or several times.
///
/// Without it a thread that writes while it streams would wait for itself.
final class Loan implements Session {

  final Thread holder = Thread.currentThread();
  private final SqliteSession session;
  private final Runnable ended;
  private int times = 1;
  private int beganAt;

  Loan(SqliteSession session, Runnable ended) {
    this.session = session;
    this.ended = ended;
  }

  Loan again() {
    times++;
    return this;
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
  public void begin(boolean readOnly) {
    session.begin(readOnly);
    beganAt = times;
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
    if (times == beganAt) {
      beganAt = 0;
      session.rollback();
    }
    times--;
    if (times == 0) {
      ended.run();
      session.close();
    }
  }
}
