package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A PgBouncer in front of a server: each transaction gets any one of a few connections.
///
/// It is what hosted PostgreSQL often is. Prepared statements it leaves to the client, as the
/// versions before 1.21 do.
public final class PgBouncer implements AutoCloseable {

  private static final Duration LONGEST_START = Duration.ofSeconds(30);
  private static final Pattern VERSION = Pattern.compile("PgBouncer (\\d+)\\.(\\d+)");

  private final OwnFolder folder;
  private final Process process;
  private final int port;

  private PgBouncer(OwnFolder folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /// Why there is none here; empty where there is.
  public static Optional<String> missing() {
    return program().isPresent()
        ? Optional.empty()
        : Optional.of("pgbouncer is not installed (Debian: apt-get install pgbouncer)");
  }

  /// Starts one; empty where it is [#missing()].
  ///
  /// @param server the port of the server behind it, on 127.0.0.1
  /// @param connections how many it opens to the server for each database
  public static Optional<PgBouncer> start(int server, int connections) {
    return program().map(program -> start(program, server, connections));
  }

  private static PgBouncer start(Path program, int server, int connections) {
    OwnFolder folder = OwnFolder.create();
    try {
      for (int tries = 1; ; tries++) {
        int port = FreePort.next();
        Path settings = folder.path().resolve("pgbouncer-" + tries + ".ini");
        Files.writeString(settings, settings(program, folder, server, connections, port));
        folder.way().give(folder.path());
        Path log = folder.path().resolve("pgbouncer.log");
        Process process = folder.start(log, List.of(program.toString(), settings.toString()));
        PgBouncer bouncer = new PgBouncer(folder, process, port);
        if (bouncer.isReadyInTime()) {
          return bouncer;
        }
        if (tries == 3 || process.isAlive()) {
          throw new IllegalStateException("pgbouncer does not start: " + Files.readString(log));
        }
      }
    } catch (IOException e) {
      folder.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  private static Optional<Path> program() {
    // Debian keeps it where the path of a user who is not root does not look.
    return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String settings(
      Path program, OwnFolder folder, int server, int connections, int port) {
    String settings =
        """
        [databases]
        * = host=127.0.0.1 port=%d user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 500
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(server, port, connections);
    return knowsPreparedStatements(program, folder)
        ? settings + "max_prepared_statements = 0\n"
        : settings;
  }

  private static boolean knowsPreparedStatements(Path program, OwnFolder folder) {
    Path log = folder.path().resolve("version.log");
    folder.run(log, List.of(program.toString(), "--version"));
    try {
      Matcher version = VERSION.matcher(Files.readString(log));
      return version.find()
          && (Integer.parseInt(version.group(1)) > 1 || Integer.parseInt(version.group(2)) >= 21);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReadyInTime() {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      try (Connection ready = Jdbc.open(url("postgres"), "connectTimeout=5", "loginTimeout=10")) {
        return ready.isValid(10);
      } catch (SQLException _) {
        ProcessTree.await(process.toHandle(), Duration.ofMillis(10));
      }
    }
    return false;
  }

  /// The URL of a database of the server, through the pool.
  public String url(String database) {
    return "postgresql://postgres@127.0.0.1:" + port + "/" + database;
  }

  @Override
  public void close() {
    process.destroyForcibly(); // it would wait for its clients
    folder.close();
  }
}
