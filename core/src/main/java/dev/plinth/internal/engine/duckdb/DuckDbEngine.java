package dev.plinth.internal.engine.duckdb;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.engine.Gate;
import dev.plinth.internal.engine.Lane;
import dev.plinth.internal.engine.Watch;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A DuckDB file: one process has it, and in it one connection writes and several read.
///
/// DuckDB lets many write at a time, and fails whoever meets another's row; in turn nobody fails.
final class DuckDbEngine implements Engine {

  private static final Set<Capability> CAPABILITIES = EnumSet.of(Capability.TIME_LIMITS);

  private final DuckDbFile file;
  private final Dialect dialect = new DuckDbDialect();
  private final Lane writers;
  private final Lane readers;
  private final Watch watch;

  DuckDbEngine(DatabaseConfig config) {
    this.file = new DuckDbFile(config);
    boolean echo = config.flag(Setting.ECHO);
    Duration wait = config.duration(Setting.POOL_TIMEOUT);
    Duration statements = config.duration(Setting.STATEMENT_TIMEOUT);
    int queue = config.number(Setting.QUEUE_LIMIT);
    int size = config.number(Setting.POOL_SIZE);
    this.writers =
        new Lane(
            file.writers(wait, queue),
            back -> new DuckDbSession(file.connect(), false, statements, echo, back));
    this.readers =
        new Lane(
            new Gate("a reading connection", size, wait, queue),
            back -> new DuckDbSession(file.connect(), true, statements, echo, back));
    this.watch =
        new Watch(config.duration(Setting.LEAK_REPORT), List.of(writers.gate(), readers.gate()));
  }

  @Override
  public String name() {
    return "duckdb";
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
    return readers.borrow(patience);
  }

  @Override
  public Session write(Duration patience) {
    return writers.borrow(patience);
  }

  @Override
  public List<String> tables(Session session) {
    return DuckDbCatalog.tables(session);
  }

  @Override
  public List<CatalogColumn> columns(Session session, String table) {
    return DuckDbCatalog.columns(session, table);
  }

  @Override
  public PoolHealth pool() {
    return writers.pool().plus(readers.pool());
  }

  @Override
  public void close() {
    watch.close();
    readers.close();
    writers.close();
    file.close();
  }
}
