package dev.plinth.internal.engine.sqlite;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.DatabaseUrl;
import dev.plinth.config.Durability;
import dev.plinth.config.Setting;
import dev.plinth.internal.engine.FilePath;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/// Where an SQLite database lies, and how its connections are set up.
final class SqliteFile {

  private final @Nullable Path path;
  private final Durability durability;
  private final long busyMillis;

  SqliteFile(DatabaseConfig config) {
    this.durability = config.durability();
    this.busyMillis = Math.min(config.duration(Setting.POOL_TIMEOUT).toMillis(), Integer.MAX_VALUE);
    String target = config.url().target();
    this.path = target.equals(DatabaseUrl.MEMORY) ? null : FilePath.prepared(target);
  }

  boolean inMemory() {
    return path == null;
  }

  Connection connect(boolean readOnly) {
    try {
      Properties properties = new Properties();
      // otherwise every insert costs a query more, which stays open and is in the way of "vacuum"
      properties.setProperty("jdbc.get_generated_keys", "false");
      if (readOnly) {
        // never make the file: if it has gone, a reader must not find an empty one
        properties.setProperty(
            SQLiteConfig.Pragma.OPEN_MODE.pragmaName,
            String.valueOf(SQLiteOpenMode.READWRITE.flag));
      }
      Connection connection =
          JDBC.createConnection(
              "jdbc:sqlite:" + (path == null ? DatabaseUrl.MEMORY : path), properties);
      try {
        setUp(connection, readOnly);
        return connection;
      } catch (Throwable e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqliteErrors.classify(e, "open " + this, false);
    }
  }

  private void setUp(Connection connection, boolean readOnly) throws SQLException {
    List<String> pragmas = new ArrayList<>();
    pragmas.add("foreign_keys = on");
    pragmas.add("journal_mode = wal");
    pragmas.add("synchronous = " + durability.name());
    pragmas.add("cache_size = 1000");
    pragmas.add("temp_store = memory");
    pragmas.add("wal_autocheckpoint = 10000"); // ten times the default: a quarter less per insert
    pragmas.add("trusted_schema = off"); // a foreign file's triggers and views call no functions
    pragmas.add("cell_size_check = on");
    pragmas.add("mmap_size = 0");
    if (readOnly) {
      pragmas.add("query_only = on");
    }
    // first: the pragmas may meet another process
    BusyHandler.setHandler(connection, new PatientHandler(busyMillis));
    try (Statement statement = connection.createStatement()) {
      for (String pragma : pragmas) {
        statement.execute("pragma " + pragma);
      }
    }
    SqliteFunctions.register(connection);
  }

  @Override
  public String toString() {
    return path == null ? DatabaseUrl.MEMORY : path.toString();
  }
}
