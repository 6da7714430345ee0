package dev.plinth.internal.engine.postgres;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.ServerUrl;
import dev.plinth.config.Setting;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.engine.Gate;
import dev.plinth.internal.engine.Watch;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Elsewhere;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL server, or a primary with its replicas.
final class PostgresEngine implements Engine {

  private final DatabaseConfig config;
  private final ServerUrl server;
  private final Dialect dialect;
  private final PostgresPool primary;
  private final @Nullable PostgresReplicas replicas;
  private final Watch watch;

  PostgresEngine(DatabaseConfig config) {
    this.config = config;
    this.server = config.url().server();
    boolean several = server.hosts().size() > 1;
    PostgresSource source = new PostgresSource(config, server, null);
    this.dialect = new PostgresDialect();
    this.primary = new PostgresPool(config, source, config.number(Setting.POOL_SIZE), several);
    this.replicas = several ? new PostgresReplicas(config, server) : null;
    try {
      primary.borrow(false, PATIENT).close(); // says at once if it cannot be reached
    } catch (Throwable e) {
      close(null);
      throw e;
    }
    this.watch = new Watch(config.duration(Setting.LEAK_REPORT), gates());
  }

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public String location() {
    return server.toString();
  }

  @Override
  public Optional<String> file() {
    return Optional.empty();
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    all.remove(Capability.STATEMENT_ROLLBACK);
    return all;
  }

  @Override
  public Session read(Duration patience) {
    return primary.borrow(true, patience);
  }

  @Override
  public Session readStale(String position, Duration patience) {
    Session session = replicas == null ? null : replicas.borrow(position);
    return session == null ? read(patience) : session;
  }

  @Override
  public Session write(Duration patience) {
    return primary.borrow(false, patience);
  }

  @Override
  public List<String> tables(Session session) {
    return PostgresCatalog.tables(session);
  }

  @Override
  public List<CatalogColumn> columns(Session session, String table) {
    return PostgresCatalog.columns(session, table);
  }

  @Override
  public PoolHealth pool() {
    return replicas == null ? primary.pool() : primary.pool().plus(replicas.pool());
  }

  @Override
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    if (primary.avoided()) {
      complaints.add("the server " + primary + " is away");
    }
    if (replicas != null) {
      complaints.addAll(replicas.complaints());
    }
    return complaints;
  }

  @Override
  public @Nullable String unfitForMigrations() {
    PostgresSource source = new PostgresSource(config, server, null);
    if (!source.pooled() && !source.diverted()) {
      return null;
    }
    return "Migrations cannot go through a pooler in transaction mode, such as %s: give them the address of the server itself, or of the pooler in session mode (with Supabase the port 5432)."
        .formatted(server);
  }

  @Override
  public Elsewhere elsewhere(Consumer<String> written) {
    PostgresSource source = new PostgresSource(config, server, null);
    if (!source.pooled()) {
      PostgresListener listener = new PostgresListener(source, written);
      if (!listener.isDiverted()) {
        return listener;
      }
    }
    return new PostgresSnapshots(() -> read(Duration.ZERO), written);
  }

  @Override
  public void close() {
    close(watch);
  }

  private List<Gate> gates() {
    List<Gate> gates = new ArrayList<>();
    gates.add(primary.gate());
    if (replicas != null) {
      gates.addAll(replicas.gates());
    }
    return gates;
  }

  private void close(@Nullable Watch running) {
    if (running != null) {
      running.close();
    }
    if (replicas != null) {
      replicas.close();
    }
    primary.close();
  }
}
