package dev.plinth.testkit.server;

import java.util.Optional;

/// The PostgreSQL that this machine has installed: another version, built by others.
public final class InstalledPostgres {

  private InstalledPostgres() {}

  /// The server of this JVM on the newest installed version; empty where none is installed.
  public static Optional<PostgresServer> shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final Optional<PostgresServer> SERVER =
        PostgresBinaries.installed().map(PostgresServer::startQuick);

    private Shared() {}
  }
}
