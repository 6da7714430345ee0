package dev.plinth.internal.engine.sqlite;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.engine.Gate;
import dev.plinth.internal.engine.Lane;
import dev.plinth.internal.engine.Polling;
import dev.plinth.internal.engine.Watch;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Elsewhere;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An SQLite file: one connection that writes, several that read, each behind a fair gate.
///
/// A database in memory has one connection for both, which a thread that holds it may borrow again.
final class SqliteEngine implements Engine {

  private static final Set<Capability> CAPABILITIES =
      EnumSet.of(
          Capability.SAVEPOINTS,
          Capability.STATEMENT_ROLLBACK,
          Capability.PROCESSES,
          Capability.PARTIAL_UNIQUE,
          Capability.FOREIGN_KEYS,
          Capability.TIME_LIMITS,
          Capability.FULL_TEXT);

  private static final Duration SIGHT = Duration.ofMillis(10);
  private static final Statement VERSION =
      new Statement("pragma data_version", List.of(), "ask whether somebody has written");

  private final SqliteFile file;
  private final Dialect dialect = new SqliteDialect();
  private final Lane writers;
  private final Lane readers;
  private final Watch watch;
  private volatile @Nullable Polling polling;
  private volatile Loan.@Nullable Held held; // of the only connection of a database in memory

  SqliteEngine(DatabaseConfig config) {
    this.file = new SqliteFile(config);
    boolean echo = config.flag(Setting.ECHO);
    Duration limit = config.duration(Setting.POOL_TIMEOUT);
    Duration statements = config.duration(Setting.STATEMENT_TIMEOUT);
    int queue = config.number(Setting.QUEUE_LIMIT);
    int size = config.number(Setting.POOL_SIZE);
    Gate line = new Gate("the writing connection", 1, limit, queue);
    this.writers =
        new Lane(
            line,
            back ->
                file.inMemory()
                    ? new SqliteSession(file.connect(false), false, statements, echo, back)
                    : new WritingSession(
                        file.connect(false), statements, echo, line::awaited, back));
    this.readers =
        file.inMemory()
            ? writers
            : new Lane(
                new Gate("a reading connection", size, limit, queue),
                back -> new SqliteSession(file.connect(true), true, statements, echo, back));
    writers.borrow(PATIENT).close(); // makes the file, and says at once if it cannot be
    this.watch =
        new Watch(
            config.duration(Setting.LEAK_REPORT),
            file.inMemory() ? List.of(writers.gate()) : List.of(writers.gate(), readers.gate()));
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
  public Set<Capability> capabilities() {
    return CAPABILITIES;
  }

  @Override
  public Session read(Duration patience) {
    return file.inMemory() ? lend(patience) : readers.borrow(patience);
  }

  @Override
  public Session write(Duration patience) {
    return file.inMemory() ? lend(patience) : writer(patience).alone();
  }

  @Override
  public Session share(Duration patience) {
    return file.inMemory() ? lend(patience) : writer(patience).together();
  }

  private WritingSession writer(Duration patience) {
    WritingSession session = (WritingSession) writers.borrow(patience);
    Polling others = polling;
    if (others != null) { // or who asks while there is always somebody writing would never know
      long now = System.nanoTime();
      try {
        others.answered(version(session), now);
      } catch (Throwable e) {
        session.close();
        throw e;
      }
    }
    return session;
  }

  private Session lend(Duration patience) {
    Loan.Held mine = held;
    if (mine != null && mine.byThisThread()) {
      return mine.lend();
    }
    Loan.Held first = new Loan.Held(writers.borrow(patience), () -> held = null);
    held = first;
    return first.lend();
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
  public PoolHealth pool() {
    return file.inMemory() ? writers.pool() : writers.pool().plus(readers.pool());
  }

  /// The pragma's value changes with every commit of others; that is, of other connections than the one
  /// which it is asked on, and all our writes go through this one.
  @Override
  public @Nullable Elsewhere elsewhere(Consumer<String> written) {
    polling = file.inMemory() ? null : new Polling(SIGHT, this::version, written);
    return polling;
  }

  private Object version() {
    try (Session session = writers.borrow(Duration.ZERO)) { // who writes now is not disturbed
      return version(session);
    }
  }

  private static Object version(Session writing) {
    try (Session.Rows rows = writing.query(VERSION)) {
      rows.next();
      return rows.int64(0);
    }
  }

  @Override
  public void close() {
    watch.close();
    readers.close();
    writers.close();
  }
}
