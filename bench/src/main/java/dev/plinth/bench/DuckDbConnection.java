package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// A connection to a DuckDB file; all of a process are duplicates of one, and share its memory.
final class DuckDbConnection extends JdbcConnection {

  private final DuckDBConnection connection;

  private DuckDbConnection(DuckDBConnection connection) throws SQLException {
    super(connection, "begin transaction");
    this.connection = connection;
  }

  /// The first connection to the file of a URL.
  static DuckDbConnection open(String url) throws SQLException {
    String file = DatabaseUrl.parse(url, "The URL").target();
    DuckDbConnection connection =
        new DuckDbConnection(
            DriverManager.getConnection("jdbc:duckdb:" + file).unwrap(DuckDBConnection.class));
    connection.execute("set global timezone = 'UTC'");
    return connection;
  }

  DuckDbConnection duplicate() throws SQLException {
    return new DuckDbConnection(connection.duplicate());
  }

  /// Another connection, whose results come row by row.
  ///
  /// It does nothing else: other results are quicker at once.
  DuckDbConnection streaming() throws SQLException {
    DuckDbConnection streaming = duplicate();
    streaming.execute("set session jdbc_stream_results = true");
    return streaming;
  }

  DuckDBAppender appender(String table) throws SQLException {
    return connection.createAppender(table);
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
