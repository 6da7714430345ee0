package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import dev.plinth.config.ServerUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Properties;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.jdbc.PgConnection;

/// The connection of the JDBC contender, set up as Plinth sets up its own.
///
/// It stays in one hand, which is faster than any pool; the driver keeps its statements prepared on the
/// server from their fifth use on.
final class PostgresConnection implements AutoCloseable {

  /// What Plinth waits for an answer before the server counts as lost, where nothing is set.
  private static final int PATIENCE_MILLIS = 300_000;

  private final PgConnection connection;

  PostgresConnection(String url) throws SQLException {
    connection = open(url);
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
    return opened.unwrap(PgConnection.class);
  }

  PgConnection driver() {
    return connection;
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /// Work in a transaction.
  interface Work<R> {
    R run() throws SQLException;
  }

  /// Runs work in a transaction, whose begin travels with the first statement.
  <R> R transaction(Work<R> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      R result = work.run();
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close(); // and with it its statements
  }
}
