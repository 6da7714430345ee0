package dev.plinth;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.ConnectionException;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Finds the engine of a URL.
final class Engines {

  /// An engine, and the fallback that it belongs to if it is one.
  record Opened(Engine engine, @Nullable Fallback fallback) {}

  private Engines() {}

  /// Opens what a configuration names, or what stands in for it while its server is away.
  static Opened openOrFallBack(DatabaseConfig config) {
    boolean hasFallback = !config.text(Setting.FALLBACK).isEmpty();
    Engine engine;
    try {
      engine = open(config);
    } catch (ConnectionException away) {
      if (!hasFallback || !Fallback.isFor(away)) {
        throw away;
      }
      Fallback fallback = Fallback.open(config, away);
      return new Opened(fallback.engine(), fallback);
    }
    try {
      if (hasFallback) {
        Fallback.check(config);
      }
      return new Opened(engine, null);
    } catch (Throwable e) {
      engine.close();
      throw e;
    }
  }

  static Engine open(DatabaseConfig config) {
    List<String> known = new ArrayList<>();
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      if (provider.name().equals(config.url().engine())) {
        return provider.open(config);
      }
      known.add(provider.name());
    }
    throw new ConfigurationException(
        "No engine for '%s' is present; there are: %s."
            .formatted(config.url().engine(), String.join(", ", known)));
  }
}
