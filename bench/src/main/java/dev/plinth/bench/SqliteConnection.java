package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/// A connection to an SQLite file, with Plinth's pragmas word for word.
final class SqliteConnection extends JdbcConnection {

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

  SqliteConnection(String url, boolean readOnly) throws SQLException {
    // the driver's own way of beginning a transaction costs more
    super(open(url, readOnly), "begin immediate");
  }

  private static Connection open(String url, boolean readOnly) throws SQLException {
    Properties properties = new Properties();
    // otherwise the driver prepares and runs a "select last_insert_rowid()" after every insert
    properties.setProperty("jdbc.get_generated_keys", "false");
    String file = DatabaseUrl.parse(url, "The URL").target();
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    try (Statement statement = connection.createStatement()) {
      for (String pragma : PRAGMAS) {
        statement.execute("pragma " + pragma);
      }
      if (readOnly) {
        statement.execute("pragma query_only = on");
      }
    }
    return connection;
  }
}
