package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.Elsewhere;
import dev.plinth.spi.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears what other processes announce, on a connection of its own.
///
/// The server tells while the connection lasts, and whoever connects anew has missed something. Since
/// a connection can be dead without anybody noticing, the listener asks for an answer now and then,
/// and what was told counts as all there is only for so long after that. Thread-safe.
final class PostgresListener implements Elsewhere {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.cache");

  private static final String CHANNEL = "plinth_cache";
  private static final int BEAT_MILLIS = 500;
  private static final int ANSWER_MILLIS = 1000;
  private static final int PAUSE_MILLIS = 200;

  /// What servers say that speak PostgreSQL's language without announcements.
  private static final Set<String> UNHEARD_OF = Set.of("0A000", "42601");

  /// How old what is known of others may be: two beats, and the time for an answer.
  private static final long LATE_NANOS =
      Duration.ofMillis(2 * BEAT_MILLIS + ANSWER_MILLIS).toNanos();

  private final PostgresSource source;
  private final Consumer<String> written;
  private final String self = UUID.randomUUID().toString();
  private volatile @Nullable PgConnection connection;
  private volatile long heard; // when the last question was asked that was answered
  private volatile boolean deaf; // the server knows no such thing
  private volatile boolean diverted;
  private volatile boolean closed;

  /// Begins to listen; where the server is away, it goes on trying.
  PostgresListener(PostgresSource source, Consumer<String> written) {
    this.source = source;
    this.written = written;
    connect(); // at once, so that what is read next can be kept
    if (!deaf && !diverted) {
      Thread.ofPlatform().daemon().name("plinth-listener").start(this::listen);
    }
  }

  /// Whether a pooler stands in between, so that this one hears nothing.
  boolean isDiverted() {
    return diverted;
  }

  @Override
  public boolean isTold() {
    return connection != null && System.nanoTime() - heard < LATE_NANOS;
  }

  @Override
  public void announce(String table, Session session) {
    if (!deaf) {
      announce(table, self, session);
    }
  }

  /// Announces a write with the session's transaction.
  ///
  /// @param self who does so, and need not hear it
  static void announce(String table, String self, Session session) {
    ((PostgresSession) session)
        .ahead("notify " + CHANNEL + ", '" + (table + '\n' + self).replace("'", "''") + "'");
  }

  private void listen() {
    while (!closed) {
      PgConnection running = connection;
      try {
        if (running == null) {
          Thread.sleep(PAUSE_MILLIS);
          connect();
        } else {
          beat(running);
          hear(running.getNotifications(BEAT_MILLIS));
        }
      } catch (SQLException e) {
        LOG.debug(
            "The listening connection was lost; until there is another, nothing is cached.", e);
        connection = null;
        closeQuietly(running);
      } catch (InterruptedException e) {
        return; // nobody does that
      }
    }
    closeQuietly(connection);
  }

  private void connect() {
    Connection made = null;
    try {
      long start = System.nanoTime();
      made = source.connect();
      made.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      PgConnection own = made.unwrap(PgConnection.class);
      try (Statement statement = made.createStatement()) {
        diverted = PostgresSource.diverted(made);
        if (diverted) {
          throw new SQLException("A pooler stands in between, which may divert what is told.");
        }
        statement.execute("listen " + CHANNEL);
      }
      written.accept(""); // what was announced meanwhile, nobody has heard
      heard = start;
      connection = own;
    } catch (SQLException e) {
      deaf = UNHEARD_OF.contains(String.valueOf(e.getSQLState()));
      LOG.debug("There is no listening connection; until there is, nothing is cached.", e);
      closeQuietly(made);
    }
  }

  private void beat(PgConnection running) throws SQLException {
    long start = System.nanoTime();
    try (Statement question = running.createStatement()) {
      question.execute("select 1");
    }
    hear(running.getNotifications()); // what came before the answer
    heard = start;
  }

  private void hear(PGNotification @Nullable [] notifications) {
    if (notifications != null) {
      for (PGNotification notification : notifications) {
        String said = notification.getParameter();
        int end = said.indexOf('\n');
        if (end < 0 || !said.substring(end + 1).equals(self)) {
          written.accept(end < 0 ? said : said.substring(0, end));
        }
      }
    }
  }

  private static void closeQuietly(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("A listening connection could not be closed.", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    closeQuietly(connection); // and the thread, which waits for it, ends
  }
}
