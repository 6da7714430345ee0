package dev.plinth.internal.engine.postgres;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ConfigurationException;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;

/// Opens PostgreSQL databases; the application brings the driver.
public final class PostgresProvider implements EngineProvider {

  /// For `ServiceLoader`.
  public PostgresProvider() {}

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public Engine open(DatabaseConfig config) {
    try {
      Class.forName("org.postgresql.Driver", false, PostgresProvider.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new ConfigurationException(
          "The URL is for PostgreSQL, but its driver is not there: add the dependency org.postgresql:postgresql.",
          e);
    }
    return new PostgresEngine(config);
  }
}
