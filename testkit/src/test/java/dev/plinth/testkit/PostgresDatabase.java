package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// An empty database of the shared server, and what the server says of those who use it.
final class PostgresDatabase implements AutoCloseable {

  private static final String OURS = " from pg_stat_activity where application_name = 'plinth'";

  private final String url = PostgresServer.shared().freshDatabase();

  /// Waits for a condition that is looked at often.
  static ConditionFactory soon() {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(30));
  }

  /// Waits until a thread waits for something, or sleeps.
  static void untilItWaits(Thread thread) {
    soon()
        .until(() ->
            thread.getState() == Thread.State.TIMED_WAITING
                || thread.getState() == Thread.State.WAITING);
  }

  /// Goes no further before a latch is open.
  static void holdUntil(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A thread that has a connection until it is told to give it back.
  static Thread holder(Database db, String name, CountDownLatch end) {
    CountDownLatch has = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .start(() ->
                db.transaction(tx -> {
                  has.countDown();
                  holdUntil(end);
                }));
    soon().until(() -> has.getCount() == 0);
    return thread;
  }

  String url() {
    return url;
  }

  String name() {
    return url.substring(url.lastIndexOf('/') + 1);
  }

  /// The URL of the same database on another port, as of a proxy.
  String url(int port) {
    return "postgresql://postgres@127.0.0.1:" + port + "/" + name();
  }

  /// Opens it with connections so many.
  Database open(int poolSize, int maxOverflow) {
    return open(poolSize, maxOverflow, UnaryOperator.identity());
  }

  Database open(int poolSize, int maxOverflow, UnaryOperator<DatabaseConfig> settings) {
    return open(url, poolSize, maxOverflow, settings);
  }

  static Database open(
      String url, int poolSize, int maxOverflow, UnaryOperator<DatabaseConfig> settings) {
    return Database.open(
        settings.apply(
            DatabaseConfig.of(url)
                .with("poolSize", String.valueOf(poolSize))
                .with("maxOverflow", String.valueOf(maxOverflow))));
  }

  /// How many connections the layer has to it.
  int connections() {
    return Integer.parseInt(value("select count(*)" + OURS + here()));
  }

  /// The server's processes for the layer's connections to it.
  List<String> backends() {
    try (Connection connection = PostgresServer.shared().node().open()) {
      return Jdbc.column(connection, "select pid" + OURS + here());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends the layer's connections to it, and waits until they have gone.
  void terminate() {
    value("select count(pg_terminate_backend(pid, 10000))" + OURS + here());
  }

  private String here() {
    return " and datname = '" + name() + "'";
  }

  /// Waits until a statement with this in its text runs in it.
  void untilRuns(String text) {
    String sql =
        "select count(*)"
            + OURS
            + here()
            + " and state = 'active' and position('"
            + text.replace("'", "''")
            + "' in query) > 0";
    soon().until(() -> !value(sql).equals("0"));
  }

  /// What a query gives, past the layer.
  String value(String sql) {
    try (Connection connection = Jdbc.open(url, "socketTimeout=30")) {
      return Jdbc.value(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs statements past the layer.
  void run(String... statements) {
    try (Connection connection = Jdbc.open(url, "socketTimeout=30")) {
      Jdbc.execute(connection, statements);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    PostgresServer.shared().giveBack(url);
  }
}
