package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.engine.Polling;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks whether any transaction has committed, where no connection can be kept to listen.
///
/// Behind a pooler in transaction mode each transaction has another connection. But every snapshot
/// tells which transactions are over, and with one more it is another.
final class PostgresSnapshots extends Polling {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private static final Statement SNAPSHOT =
      new Statement(
          "select pg_current_snapshot()::text", List.of(), "ask whether somebody has written");

  private final String self = UUID.randomUUID().toString();

  PostgresSnapshots(Supplier<Session> sessions, Consumer<String> written) {
    super(EVERY, () -> snapshot(sessions), written);
  }

  private static Object snapshot(Supplier<Session> sessions) {
    try (Session session = sessions.get();
        Session.Rows rows = session.query(SNAPSHOT)) {
      rows.next();
      return Objects.requireNonNull(rows.text(0));
    }
  }

  @Override
  public void announce(String table, Session session) {
    PostgresListener.announce(table, self, session); // to those who listen
  }
}
