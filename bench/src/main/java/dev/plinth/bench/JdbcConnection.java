package dev.plinth.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// A connection of the JDBC contender, set up as Plinth sets up its own, in one hand all the time.
abstract class JdbcConnection implements AutoCloseable {

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;

  /// A connection in autocommit: its statements are kept, and those of transactions among them.
  JdbcConnection(Connection connection, String begin) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement(begin);
    this.commit = connection.prepareStatement("commit");
    this.rollback = connection.prepareStatement("rollback");
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /// Work in a transaction.
  interface Work<R> {
    R run() throws SQLException;
  }

  <R> R transaction(Work<R> work) throws SQLException {
    begin();
    try {
      R result = work.run();
      commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollback();
      throw e;
    }
  }

  void begin() throws SQLException {
    begin.executeUpdate();
  }

  void commit() throws SQLException {
    commit.executeUpdate();
  }

  void rollback() throws SQLException {
    rollback.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    connection.close(); // and with it its statements
  }
}
