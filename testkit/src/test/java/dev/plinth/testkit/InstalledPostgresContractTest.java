package dev.plinth.testkit;

import dev.plinth.testkit.server.InstalledPostgres;
import dev.plinth.testkit.server.PostgresServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/// The contract on the PostgreSQL that the machine has installed: another version than the bundled.
final class InstalledPostgresContractTest extends PostgresContractTest {

  @BeforeAll
  static void installed() {
    Assumptions.assumeTrue(
        InstalledPostgres.shared().isPresent(),
        "No PostgreSQL is installed here (Debian: apt-get install postgresql).");
  }

  @Override
  PostgresServer server() {
    return InstalledPostgres.shared().orElseThrow();
  }
}
