package dev.plinth.internal.engine.duckdb;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.DatabaseUrl;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.internal.engine.FilePath;
import dev.plinth.internal.engine.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a DuckDB database lies, and the connection that keeps it open.
///
/// One process has a file open at a time, and in it one instance; the others are duplicates of the
/// first connection. SQL reaches no files but the database's own: neither other files, nor the
/// network, nor extensions, and no statement changes that. Thread-safe.
final class DuckDbFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.sql");

  private static final Pattern HELD =
      Pattern.compile("(?s).*Conflicting lock is held in (.*?)\\. See also.*");

  private static final String SQLITE = "SQLite format 3";

  /// Those who write a file that several of this process have open.
  private record Line(Gate gate, int users) {}

  private static final Map<Path, Line> LINES = new ConcurrentHashMap<>();

  private final @Nullable Path path;
  private final DuckDBConnection root;
  private final @Nullable Path real;

  DuckDbFile(DatabaseConfig config) {
    String target = config.url().target();
    this.path = target.equals(DatabaseUrl.MEMORY) ? null : prepared(target);
    this.root = open();
    this.real = path == null ? null : real(path);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path; // it has gone already: nobody else can mean it
    }
  }

  /// The gate of those who write, in one line with all of this process who have the file open.
  Gate writers(Duration wait, int queue) {
    Gate own = new Gate("the writing connection", 1, wait, queue);
    return real == null
        ? own
        : LINES.compute(
                real,
                (file, line) ->
                    line == null
                        ? new Line(own, 1)
                        : new Line(line.gate.beside(wait, queue), line.users + 1))
            .gate;
  }

  private static Path prepared(String target) {
    // the driver takes what is behind them for options, and opens another file
    if (target.indexOf(';') >= 0 || target.indexOf('?') >= 0) {
      throw new ConnectionException(target + " is no path for DuckDB: it has a ';' or a '?'.");
    }
    return FilePath.prepared(target);
  }

  boolean inMemory() {
    return path == null;
  }

  private DuckDBConnection open() {
    try {
      DuckDBConnection connection =
          DuckDBConnection.newConnection(
              "jdbc:duckdb:" + (path == null ? "" : path), false, null, locked());
      try (Statement statement = connection.createStatement()) {
        statement.execute("set global timezone = 'UTC'"); // or dates depend on the machine
        DuckDbFunctions.register(connection);
        return connection;
      } catch (Throwable e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  // given at the opening, before anything of the file is read; nobody can change them afterwards
  private Properties locked() {
    Properties properties = new Properties();
    properties.setProperty("enable_external_access", "false");
    properties.setProperty("allow_community_extensions", "false");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("allow_persistent_secrets", "false");
    properties.setProperty("allowed_configs", "['TimeZone', 'jdbc_stream_results']");
    properties.setProperty("lock_configuration", "true");
    if (path == null) {
      properties.setProperty("temp_directory", ""); // else a folder appears where the process runs
    }
    return properties;
  }

  private DatabaseException failed(SQLException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    Matcher held = HELD.matcher(message);
    if (held.matches()) {
      return new ConnectionException(
          "%s is held by another process, %s; DuckDB lets one in at a time."
              .formatted(this, held.group(1)),
          e);
    }
    if (isSqlite()) {
      return new ConnectionException(this + " is an SQLite database: open it as sqlite:FILE.", e);
    }
    if (message.contains("not a valid DuckDB database")) {
      return new ConnectionException(this + " exists, but it is no DuckDB database.", e);
    }
    if (message.contains("different configuration")) {
      return new ConnectionException(
          "This process has " + this + " open already, by other means than the layer.", e);
    }
    return new ConnectionException("Could not open " + this + ": " + message.split("\n", 2)[0], e);
  }

  // DuckDB would look for its extension that reads them
  private boolean isSqlite() {
    if (path == null || !Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream file = Files.newInputStream(path)) {
      byte[] start = file.readNBytes(SQLITE.length());
      return new String(start, StandardCharsets.US_ASCII).equals(SQLITE);
    } catch (IOException e) {
      return false; // what DuckDB said stands
    }
  }

  /// A connection to the same instance, with a transaction of its own.
  DuckDBConnection connect() {
    try {
      return root.duplicate();
    } catch (SQLException e) {
      throw DuckDbErrors.classify(e, "connect to " + this, false);
    }
  }

  /// Writes what is in the log into the file, and closes the connection that keeps it open.
  ///
  /// Without that the log can outgrow the memory with which the file is opened next.
  @Override
  public void close() {
    try (Statement statement = root.createStatement()) {
      statement.execute("checkpoint");
    } catch (SQLException e) {
      LOG.warn("The log of {} stays beside it until it is opened again.", this, e);
    }
    try {
      root.close();
    } catch (SQLException e) {
      LOG.warn("A connection could not be closed.", e);
    }
    if (real != null) {
      LINES.computeIfPresent(
          real, (file, line) -> line.users == 1 ? null : new Line(line.gate, line.users - 1));
    }
  }

  @Override
  public String toString() {
    return path == null ? DatabaseUrl.MEMORY : path.toString();
  }
}
