package dev.plinth.internal.engine.sqlite;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.error.ConnectionException;
import dev.plinth.internal.engine.Gate;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// An SQLite file: one connection that writes, several that read, each behind a fair gate.
///
/// A database in memory has one connection for both, which a thread that holds it may borrow again.
final class SqliteEngine implements Engine {

  private final SqliteFile file;
  private final boolean echo;
  private final Dialect dialect = new SqliteDialect();
  private final Lane writers;
  private final Lane readers;
  private volatile boolean closed;

  SqliteEngine(DatabaseConfig config) {
    this.file = new SqliteFile(config);
    this.echo = config.flag(Setting.ECHO);
    Duration limit = config.duration(Setting.POOL_TIMEOUT);
    int queue = config.number(Setting.QUEUE_LIMIT);
    this.writers = new Lane(new Gate("the writing connection", 1, limit, queue), false);
    this.readers =
        file.inMemory()
            ? writers
            : new Lane(
                new Gate("a reading connection", config.number(Setting.POOL_SIZE), limit, queue),
                true);
    writers.borrow().close(); // makes the file, and says at once if it cannot be
  }

  /// Connections of one kind, and the line in front of them.
  private final class Lane {
    private final Gate gate;
    private final boolean readOnly;
    private final Deque<SqliteSession> idle = new ConcurrentLinkedDeque<>();
    private volatile Loan.@Nullable Held held; // of the only connection of a database in memory

    Lane(Gate gate, boolean readOnly) {
      this.gate = gate;
      this.readOnly = readOnly;
    }

    Session borrow() {
      Loan.Held mine = held;
      if (mine != null && mine.byThisThread()) {
        return mine.lend();
      }
      gate.enter();
      try {
        SqliteSession session = idle.pollLast(); // the last used has the warmest cache
        if (closed) {
          throw new ConnectionException("The database is closed.");
        }
        if (session == null) {
          session = new SqliteSession(file.connect(readOnly), readOnly, echo, this::giveBack);
        }
        session.lend();
        if (!file.inMemory()) {
          return session;
        }
        Loan.Held first = new Loan.Held(session, () -> held = null);
        held = first;
        return first.lend();
      } catch (Throwable e) {
        gate.leave();
        throw e;
      }
    }

    private void giveBack(SqliteSession session) {
      if (closed) {
        session.end();
      } else {
        idle.addLast(session);
        if (closed) { // it may have been closed between the two lines above
          end();
        }
      }
      gate.leave();
    }

    void end() {
      SqliteSession session = idle.pollFirst();
      while (session != null) {
        session.end();
        session = idle.pollFirst();
      }
    }
  }

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public String location() {
    return file.toString();
  }

  @Override
  public Optional<String> file() {
    return file.inMemory() ? Optional.empty() : Optional.of(file.toString());
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Session read() {
    return readers.borrow();
  }

  @Override
  public Session write() {
    return writers.borrow();
  }

  @Override
  public List<String> tables(Session session) {
    return SqliteCatalog.tables(session);
  }

  @Override
  public List<CatalogColumn> columns(Session session, String table) {
    return SqliteCatalog.columns(session, table);
  }

  @Override
  public void close() {
    closed = true;
    readers.end();
    writers.end();
  }
}
