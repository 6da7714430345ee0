package dev.plinth.internal.engine.duckdb;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ConfigurationException;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;

/// Opens DuckDB databases; the application brings the driver.
public final class DuckDbProvider implements EngineProvider {

  /// For `ServiceLoader`.
  public DuckDbProvider() {}

  @Override
  public String name() {
    return "duckdb";
  }

  @Override
  public Engine open(DatabaseConfig config) {
    try {
      Class.forName("org.duckdb.DuckDBDriver", false, DuckDbProvider.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new ConfigurationException(
          "The URL is for DuckDB, but its driver is not there: add the dependency org.duckdb:duckdb_jdbc.",
          e);
    }
    return new DuckDbEngine(config);
  }
}
