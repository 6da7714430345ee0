package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One PostgreSQL process with its data, which can be killed and hung.
///
/// Only 127.0.0.1 reaches it; everybody is let in. Thread-safe.
public final class PostgresNode {

  // Two busy cores need a while.
  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  private final OwnFolder folder;
  private final PostgresBinaries binaries;
  private final String name;
  private int port;
  private @Nullable Process process;

  /// A node without data.
  PostgresNode(OwnFolder folder, PostgresBinaries binaries, String name) {
    this.folder = folder;
    this.binaries = binaries;
    this.name = name;
  }

  /// What a standby calls itself, and what its folder is called.
  public String name() {
    return name;
  }

  /// The port it listens on, the same after every start.
  public synchronized int port() {
    return port;
  }

  /// The URL of the database that every server has.
  public String url() {
    return url("postgres");
  }

  /// The URL of one of its databases.
  public String url(String database) {
    return "postgresql://postgres@127.0.0.1:" + port() + "/" + database;
  }

  Path data() {
    return folder.path().resolve(name);
  }

  /// Makes its data anew; text is sorted by code point.
  void init(List<String> settings) {
    List<String> command = new ArrayList<>();
    command.add(binaries.program("initdb"));
    command.add("--pgdata=" + data());
    command.addAll(List.of("--username=postgres", "--auth=trust", "--no-sync"));
    command.addAll(List.of("--encoding=UTF8", "--locale=C.UTF-8"));
    if (binaries.version() >= 17) {
      // Its own C.UTF-8 does not depend on what this machine calls by that name.
      command.add("--locale-provider=builtin");
    }
    folder.run(log(), command);
    configure("postgresql.conf", settings);
  }

  /// Adds lines to one of its files of settings.
  void configure(String file, List<String> settings) {
    try {
      Files.write(data().resolve(file), settings, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts it, the first time on a port that it finds itself, and waits until it answers.
  public synchronized void start() {
    if (port != 0) {
      start(port);
      return;
    }
    for (int tries = 1; port == 0; tries++) {
      int free = FreePort.next();
      try {
        start(free);
        port = free;
      } catch (IllegalStateException e) {
        // Somebody else may have taken it in between.
        if (tries == 3 || !tail().contains("Address already in use")) {
          throw e;
        }
      }
    }
  }

  private void start(int on) {
    List<String> command = new ArrayList<>();
    command.add(binaries.program("postgres"));
    command.addAll(List.of("-D", data().toString(), "--port=" + on));
    command.add("--listen_addresses=127.0.0.1");
    // A path to a socket may have 107 bytes only, and nobody asks for one.
    command.add("--unix_socket_directories=");
    // What lies in the data goes with it, even if the server is killed.
    command.add("--dynamic_shared_memory_type=mmap");
    Process started = folder.start(log(), command);
    process = started;
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (!isReady(started.pid())) {
      boolean alive = started.isAlive();
      if (!alive || System.nanoTime() > end) {
        new ProcessTree(started.toHandle()).kill();
        throw new IllegalStateException(
            name + (alive ? " is not ready in time: " : " does not start: ") + tail());
      }
      pause();
    }
  }

  /// Whether the server says of itself that it takes connections.
  private boolean isReady(long pid) {
    try {
      List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
      return lines.size() > 7
          && lines.getFirst().equals(Long.toString(pid)) // not what a killed one has left
          && lines.get(7).strip().equals("ready");
    } catch (NoSuchFileException _) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a server starts.", e);
    }
  }

  private Path log() {
    return folder.path().resolve(name + ".log");
  }

  /// The end of what it has written to its log.
  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /// Opens a connection to its own database, with an end to every wait.
  public Connection open() throws SQLException {
    return Jdbc.open(url(), "connectTimeout=5", "socketTimeout=30", "loginTimeout=10");
  }

  /// Runs a statement on its own database.
  public void execute(String sql) throws SQLException {
    try (Connection connection = open()) {
      Jdbc.execute(connection, sql);
    }
  }

  /// The one value that a query on its own database finds.
  public String value(String sql) throws SQLException {
    try (Connection connection = open()) {
      return Jdbc.value(connection, sql);
    }
  }

  /// Kills it with all its processes: nothing of it writes any more.
  public void kill() {
    tree().kill();
  }

  /// Stops it where it is: connections to it are taken, and never answered.
  public void hang() {
    tree().stop();
  }

  /// Lets it go on after [#hang()].
  public void resume() {
    tree().resume();
  }

  /// Whether its process lives; one that hangs does.
  public boolean isAlive() {
    return ProcessTree.isRunning(tree().root());
  }

  /// Its process and what that started.
  synchronized ProcessTree tree() {
    Process started = process;
    if (started == null) {
      throw new IllegalStateException(name + " was never started.");
    }
    return new ProcessTree(started.toHandle());
  }

  @Override
  public String toString() {
    return name + " on port " + port();
  }
}
