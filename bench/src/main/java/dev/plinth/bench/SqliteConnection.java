package dev.plinth.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/// A connection of the JDBC contender, set up as Plinth sets up its own, word for word.
final class SqliteConnection implements AutoCloseable {

  /// The pragmas of Plinth's connections that decide about speed and durability.
  static final List<String> PRAGMAS =
      List.of(
          "foreign_keys = on",
          "journal_mode = wal",
          "synchronous = full",
          "cache_size = 1000",
          "temp_store = memory",
          "wal_autocheckpoint = 10000",
          "trusted_schema = off",
          "cell_size_check = on",
          "mmap_size = 0");

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;

  SqliteConnection(Path file, boolean readOnly) throws SQLException {
    Properties properties = new Properties();
    // otherwise the driver prepares and runs a "select last_insert_rowid()" after every insert
    properties.setProperty("jdbc.get_generated_keys", "false");
    connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    try (Statement statement = connection.createStatement()) {
      for (String pragma : PRAGMAS) {
        statement.execute("pragma " + pragma);
      }
      if (readOnly) {
        statement.execute("pragma query_only = on");
      }
    }
    // the driver stays in autocommit: its own way of beginning a transaction costs more
    begin = connection.prepareStatement("begin immediate");
    commit = connection.prepareStatement("commit");
    rollback = connection.prepareStatement("rollback");
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /// Work in a transaction.
  interface Work<R> {
    R run() throws SQLException;
  }

  <R> R transaction(Work<R> work) throws SQLException {
    begin.executeUpdate();
    try {
      R result = work.run();
      commit.executeUpdate();
      return result;
    } catch (SQLException | RuntimeException e) {
      rollback.executeUpdate();
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close(); // and with it its statements
  }
}
