package dev.plinth.internal.engine.postgres;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.ServerUrl;
import dev.plinth.config.Setting;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/// Makes connections to a server, or to whichever of several is the primary.
///
/// Every wait has an end. While it connects, no answer may take longer than connecting may; later,
/// none longer than the longest statement. The whole of it has time for every host, since the first
/// ones may hang.
final class PostgresSource implements DataSource {

  /// What a connection without a statement limit waits for an answer: long enough for any index.
  private static final int PATIENCE_SECONDS = 300;

  /// The zone of every session: the driver would take the machine's, and what the server makes of a
  /// time would be another on the next machine.
  static final dev.plinth.spi.Statement UTC =
      new dev.plinth.spi.Statement("set time zone 'UTC'", List.of(), "set the time zone");

  /// What every session of our own is set to: besides, numbers are to be read with all their digits.
  static final dev.plinth.spi.Statement USUAL =
      new dev.plinth.spi.Statement(
          UTC.sql() + "; set extra_float_digits = 1", List.of(), "set up the connection");

  private static final int MARGIN_SECONDS = 5;
  private static final int PAUSE_MILLIS = 100;

  private final String url;
  private final String place;
  private final Properties properties = new Properties();
  private final int answerMillis;
  private final Duration longest;
  private final boolean pooled;
  private final AtomicReference<@Nullable Connection> spare = new AtomicReference<>();
  private volatile boolean closed;

  /// Connections to the primary among the hosts, or to one replica.
  ///
  /// @param replica the only host to connect to, for reading; null for the primary
  PostgresSource(DatabaseConfig config, ServerUrl server, ServerUrl.@Nullable Host replica) {
    List<ServerUrl.Host> hosts = replica == null ? server.hosts() : List.of(replica);
    this.place = hosts.stream().map(Object::toString).collect(Collectors.joining(","));
    this.url =
        "jdbc:postgresql://"
            + place
            + "/"
            + URLEncoder.encode(server.database(), StandardCharsets.UTF_8).replace("+", "%20");
    this.pooled = isPooled(config, server);
    Integer given = server.seconds("connectTimeout");
    int connect =
        given != null && given > 0 ? given : seconds(config.duration(Setting.CONNECT_TIMEOUT));
    Integer login = server.seconds("loginTimeout");
    int loginSeconds = login != null && login > 0 ? login : 2 * connect * hosts.size() + 1;
    this.longest = Duration.ofSeconds(loginSeconds);
    double limit = Double.parseDouble(config.text(Setting.STATEMENT_TIMEOUT));
    this.answerMillis = 1000 * answerSeconds(config, server, limit);
    set("ApplicationName", "plinth");
    set("hostRecheckSeconds", "1");
    set("tcpKeepAlive", "true");
    server
        .properties()
        .forEach((name, value) -> {
          if (!name.equals("pgbouncer")) {
            set(name, value);
          }
        });
    set("connectTimeout", String.valueOf(connect));
    set("socketTimeout", String.valueOf(connect));
    set("loginTimeout", String.valueOf(loginSeconds));
    set("logServerErrorDetail", "false"); // it repeats values, which may be secret
    if (hosts.size() > 1) {
      set("targetServerType", "primary");
    }
    if (pooled) {
      set("prepareThreshold", "0"); // the next transaction may be on another of its connections
    } else {
      String options = limit > 0 ? "-c statement_timeout=" + Math.round(limit * 1000) : "";
      options += replica == null ? "" : " -c default_transaction_read_only=on";
      if (!options.isEmpty()) {
        set("options", options.strip());
      }
    }
    if (server.user() != null) {
      set("user", server.user());
    }
    if (server.password() != null) {
      set("password", server.password());
    }
  }

  private void set(String name, String value) {
    properties.setProperty(name, value);
  }

  private static int answerSeconds(DatabaseConfig config, ServerUrl server, double limit) {
    Integer given = server.seconds("socketTimeout");
    if (given != null) {
      return given;
    }
    double set = Double.parseDouble(config.text(Setting.SOCKET_TIMEOUT));
    return set > 0
        ? (int) Math.ceil(set)
        : limit > 0 ? (int) Math.ceil(limit) + MARGIN_SECONDS : PATIENCE_SECONDS;
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.ceilDiv(duration.toMillis(), 1000));
  }

  /// Whether a pooler stands in between that gives each transaction another connection.
  static boolean isPooled(DatabaseConfig config, ServerUrl server) {
    return switch (config.text(Setting.POOLER).toLowerCase(java.util.Locale.ROOT)) {
      case "transaction" -> true;
      case "none" -> false;
      default ->
          "true".equals(server.properties().get("pgbouncer"))
              || server.hosts().stream().anyMatch(host -> host.port() == 6543); // Supabase's
    };
  }

  boolean pooled() {
    return pooled;
  }

  /// Whether a pooler stands in between that nobody spoke of, and gives each transaction another
  /// connection.
  boolean diverted() {
    try (Connection connection = connect()) {
      return diverted(connection);
    } catch (SQLException e) {
      return false; // whoever works next will hear what it is
    }
  }

  /// Whether a connection's statements are run by another one.
  static boolean diverted(Connection connection) throws SQLException {
    try (java.sql.Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select pg_backend_pid()")) {
      rows.next();
      return rows.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
    }
  }

  /// How long connecting can take in all.
  Duration longest() {
    return longest;
  }

  /// A connection for the pool, which asks from a thread of its own.
  ///
  /// It goes on trying while the server is away: the pool would wait between its attempts, longer
  /// each time, and so come late when the server is back.
  @Override
  public Connection getConnection() throws SQLException {
    Connection ready = spare.getAndSet(null);
    if (ready != null) {
      return ready;
    }
    long start = System.nanoTime();
    while (true) {
      try {
        Connection connection = connect();
        if (closed) { // too late: the pool would lose it
          connection.close();
          throw new SQLException("The database is closed", "08003");
        }
        return connection;
      } catch (SQLException e) {
        boolean over = System.nanoTime() - start > longest.toNanos();
        if (closed || over || !PostgresErrors.isAway(e)) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(SQLException reason) throws SQLException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw reason;
    }
  }

  /// Makes a connection that the pool gets next, or says at once why there is none.
  void prepare() throws SQLException {
    Connection made = connect();
    if (!spare.compareAndSet(null, made)) {
      made.close();
    }
  }

  /// Lets the pool make no more connections.
  void close() throws SQLException {
    closed = true;
    Connection left = spare.getAndSet(null);
    if (left != null) {
      left.close();
    }
  }

  /// A connection, or why there is none.
  Connection connect() throws SQLException {
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("The driver does not take the URL of " + place, "08001");
    }
    try (java.sql.Statement first = connection.createStatement()) {
      first.execute((pooled ? UTC : USUAL).sql());
      connection.setNetworkTimeout(Runnable::run, answerMillis);
      return connection;
    } catch (Throwable e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("The user is the one of the URL");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {} // ours knows of all the hosts

  @Override
  public int getLoginTimeout() {
    return 1; // so long the pool waits at its end for connections that are being made
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("It wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }

  @Override
  public String toString() {
    return place;
  }
}
