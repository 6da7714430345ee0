package dev.plinth.internal.engine.sqlite;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;

/// Opens SQLite databases.
public final class SqliteProvider implements EngineProvider {

  /// For `ServiceLoader`.
  public SqliteProvider() {}

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public Engine open(DatabaseConfig config) {
    return new SqliteEngine(config);
  }
}
