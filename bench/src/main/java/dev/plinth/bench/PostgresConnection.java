package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import dev.plinth.config.ServerUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.jdbc.PgConnection;

/// A connection to a PostgreSQL server, where statements stay prepared from their fifth use on.
final class PostgresConnection extends JdbcConnection {

  /// What Plinth waits for an answer before the server counts as lost, where nothing is set.
  private static final int PATIENCE_MILLIS = 300_000;

  private final PgConnection connection;

  PostgresConnection(String url) throws SQLException {
    this(open(url));
  }

  private PostgresConnection(PgConnection connection) throws SQLException {
    super(connection, "begin");
    this.connection = connection;
  }

  /// A connection to the database of a URL.
  static PgConnection open(String url) throws SQLException {
    ServerUrl server = DatabaseUrl.parse(url, "The URL").server();
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "plinth");
    properties.setProperty("tcpKeepAlive", "true");
    properties.putAll(server.properties());
    if (server.user() != null) {
      properties.setProperty("user", server.user());
    }
    if (server.password() != null) {
      properties.setProperty("password", server.password());
    }
    String hosts = server.hosts().stream().map(Object::toString).collect(Collectors.joining(","));
    Connection opened =
        new Driver().connect("jdbc:postgresql://" + hosts + "/" + server.database(), properties);
    if (opened == null) {
      throw new SQLException("The driver does not take " + server);
    }
    opened.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
    try (Statement settings = opened.createStatement()) {
      settings.execute("set time zone 'UTC'; set extra_float_digits = 1");
    }
    return opened.unwrap(PgConnection.class);
  }

  PgConnection driver() {
    return connection;
  }

  // the driver's own, which travels with the first statement
  @Override
  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  @Override
  void commit() throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  @Override
  void rollback() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }
}
