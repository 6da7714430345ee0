package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/// A primary and two standbys, PostgreSQL 18, that can be killed, hung and promoted.
///
/// Every commit is on disk before it is acknowledged, and synchronously also on one of the standbys.
/// Nothing promotes by itself: the test plays the operator. Thread-safe.
public final class PostgresCluster implements AutoCloseable {

  private static final List<String> NAMES = List.of("s1", "s2", "s3");
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final OwnFolder folder;
  private final boolean synchronous;
  private final List<PostgresNode> nodes = new ArrayList<>();
  private volatile PostgresNode primary;

  private PostgresCluster(OwnFolder folder, boolean synchronous) throws SQLException {
    this.folder = folder;
    this.synchronous = synchronous;
    for (String name : NAMES) {
      nodes.add(new PostgresNode(folder, PostgresBinaries.bundled(), name));
    }
    primary = nodes.getFirst();
    primary.init(settings());
    primary.start();
    for (PostgresNode standby : nodes.subList(1, nodes.size())) {
      copyPrimaryTo(standby);
    }
    nodes.subList(1, nodes.size()).parallelStream().forEach(PostgresNode::start);
    awaitStandbys(nodes.size() - 1);
  }

  /// Starts one whose primary waits for any one standby to have a commit on disk.
  public static PostgresCluster synchronous() {
    return start(true);
  }

  /// Starts one whose primary waits for nobody: what it acknowledged can be lost with it.
  public static PostgresCluster asynchronous() {
    return start(false);
  }

  private static PostgresCluster start(boolean synchronous) {
    OwnFolder folder = OwnFolder.create();
    try {
      return new PostgresCluster(folder, synchronous);
    } catch (SQLException e) {
      folder.close();
      throw new IllegalStateException("The cluster does not start.", e);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  private List<String> settings() {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "fsync=on",
                "synchronous_commit=on",
                "max_connections=100",
                "shared_buffers=32MB",
                "wal_keep_size=256MB",
                "max_wal_size=256MB",
                // A standby that lost its primary looks for the next one at once.
                "wal_retrieve_retry_interval=200ms",
                "wal_receiver_status_interval=1s"));
    if (synchronous) {
      // Copied to every node: the next primary would otherwise acknowledge alone.
      settings.add("synchronous_standby_names='ANY 1 (" + String.join(",", NAMES) + ")'");
    }
    return settings;
  }

  private void copyPrimaryTo(PostgresNode standby) throws SQLException {
    BaseBackup.copy(primary, standby.data());
    try {
      Files.createFile(standby.data().resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    standby.configure("postgresql.auto.conf", List.of("primary_conninfo=" + source(standby)));
    folder.way().give(standby.data());
  }

  private String source(PostgresNode standby) {
    return "'host=127.0.0.1 port=%d user=postgres application_name=%s'"
        .formatted(primary.port(), standby.name());
  }

  /// Waits until this many standbys are sent what the primary writes.
  public void awaitStandbys(int many) {
    String query = "select count(*) from pg_stat_replication where state = 'streaming'";
    if (synchronous) {
      query += " and sync_state = 'quorum'";
    }
    String counted = query;
    Awaitility.await("standbys of " + primary)
        .pollInterval(Duration.ofMillis(10))
        .atMost(LONGEST_WAIT)
        .until(() -> Integer.parseInt(primary.value(counted)) >= many);
  }

  /// All nodes, in the order of the URL; the first one was the first primary.
  public List<PostgresNode> nodes() {
    return List.copyOf(nodes);
  }

  /// The node that was promoted last, or the first one.
  public PostgresNode primary() {
    return primary;
  }

  /// All nodes but the primary, dead ones as well.
  public List<PostgresNode> standbys() {
    return nodes.stream().filter(node -> node != primary).toList();
  }

  /// The URL of the database that is always there, with all three hosts.
  public String url() {
    return url("postgres");
  }

  /// The URL of a database with all three hosts.
  public String url(String database) {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + node.port())
        .collect(Collectors.joining(",", "postgresql://postgres@", "/" + database));
  }

  /// Makes a node the primary and waits until it takes writes.
  ///
  /// A synchronous one acknowledges none before a standby [follows][#follow(PostgresNode)] it.
  public void promote(PostgresNode node) throws SQLException {
    if (!node.value("select pg_promote(true, 60)").equals("t")) {
      throw new IllegalStateException(node + " was not promoted.");
    }
    primary = node;
  }

  /// The standby that has received most, of those that answer: the one to promote.
  public PostgresNode mostAdvancedStandby() {
    PostgresNode best = null;
    long most = -1;
    for (PostgresNode standby : standbys()) {
      Optional<Long> received = received(standby);
      if (received.isPresent() && received.get() > most) {
        best = standby;
        most = received.get();
      }
    }
    if (best == null) {
      throw new NoSuchElementException("No standby answers.");
    }
    return best;
  }

  private static Optional<Long> received(PostgresNode standby) {
    // Only the receiver knows what was not applied yet, and one that has just begun knows little.
    String sql =
        """
        select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn
        where pg_is_in_recovery()\
        """;
    try (Connection connection =
        Jdbc.open(standby.url(), "connectTimeout=2", "socketTimeout=2", "loginTimeout=3")) {
      return Jdbc.column(connection, sql).stream().findFirst().map(Long::valueOf);
    } catch (SQLException _) {
      return Optional.empty(); // killed or hung
    }
  }

  /// Makes a standby follow the primary of now, and waits until it does.
  public void follow(PostgresNode standby) throws SQLException {
    try (Connection connection = standby.open()) {
      Jdbc.execute(
          connection,
          "alter system set primary_conninfo = " + source(standby),
          "select pg_reload_conf()");
    }
    awaitStreaming(standby);
  }

  /// Makes a standby of a node anew, from a copy of the primary; what it had is gone.
  public void rejoin(PostgresNode node) throws SQLException {
    if (node == primary) {
      throw new IllegalArgumentException(node + " is the primary.");
    }
    node.kill();
    OwnFolder.delete(node.data());
    copyPrimaryTo(node);
    node.start();
    awaitStreaming(node);
  }

  private void awaitStreaming(PostgresNode standby) {
    String sql =
        "select count(*) from pg_stat_replication where state = 'streaming'"
            + " and application_name = '"
            + standby.name()
            + "'";
    Awaitility.await(standby + " follows " + primary)
        .pollInterval(Duration.ofMillis(10))
        .atMost(LONGEST_WAIT)
        .until(() -> primary.value(sql).equals("1"));
  }

  /// Whether a standby applies what it receives: paused, it acknowledges and still shows old rows.
  public void replayPaused(PostgresNode standby, boolean paused) throws SQLException {
    standby.execute(paused ? "select pg_wal_replay_pause()" : "select pg_wal_replay_resume()");
    if (paused) {
      // The request is honoured with the next record, or soon.
      Awaitility.await("pause of " + standby)
          .pollInterval(Duration.ofMillis(10))
          .atMost(LONGEST_WAIT)
          .until(() -> standby.value("select pg_get_wal_replay_pause_state()").equals("paused"));
    }
  }

  /// Whether a standby is sent nothing by the primary: it lags, acknowledges nothing, and loses what
  /// the primary takes along when it is killed.
  public void sendingPaused(PostgresNode standby, boolean paused) throws SQLException {
    // At the source: what was sent waits in the standby's system, however long its receiver sleeps.
    String sql =
        "select pid from pg_stat_replication where application_name = '" + standby.name() + "'";
    ProcessHandle sender = ProcessHandle.of(Long.parseLong(primary.value(sql))).orElseThrow();
    ProcessTree.signal(paused ? "STOP" : "CONT", List.of(sender));
  }

  /// Waits until a standby shows all that the primary has committed so far.
  public void awaitReplay(PostgresNode standby) throws SQLException {
    // Not what was inserted: what no commit asked for may stay unsent for seconds.
    String written = primary.value("select pg_current_wal_flush_lsn()");
    String sql = "select pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn";
    Awaitility.await("replay on " + standby)
        .pollInterval(Duration.ofMillis(5))
        .atMost(LONGEST_WAIT)
        .until(() -> standby.value(sql).equals("t"));
  }

  /// Ends all nodes, also those that hang.
  @Override
  public void close() {
    folder.close();
  }
}
