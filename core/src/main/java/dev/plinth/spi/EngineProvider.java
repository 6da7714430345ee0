package dev.plinth.spi;

import dev.plinth.config.DatabaseConfig;

/// Opens engines of one kind; found by `ServiceLoader`.
public interface EngineProvider {
  /// The engine's name: `sqlite`.
  String name();

  /// Opens the store that the configuration names.
  ///
  /// @throws dev.plinth.error.ConfigurationException if the configuration cannot be
  /// @throws dev.plinth.error.ConnectionException if the store cannot be reached
  Engine open(DatabaseConfig config);
}
