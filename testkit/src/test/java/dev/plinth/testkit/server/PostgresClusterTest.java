package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// A primary and its standbys fail as real ones do, and lose what real ones lose.
final class PostgresClusterTest {

  private static final String[] PATIENT = {"socketTimeout=20", "connectTimeout=5"};

  @Test
  void aFailoverKeepsWhatWasAcknowledged() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous()) {
      PostgresNode first = cluster.primary();
      first.execute("create table item (id int primary key)");
      Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> writers = new ArrayList<>();
      AtomicInteger next = new AtomicInteger();
      for (int i = 0; i < 3; i++) {
        writers.add(Thread.ofPlatform().start(() -> write(cluster, next, acknowledged, over)));
      }
      try {
        Awaitility.await().until(() -> acknowledged.size() > 100);
        first.kill();
        cluster.promote(cluster.mostAdvancedStandby());
        PostgresNode other =
            cluster.standbys().stream().filter(PostgresNode::isAlive).findFirst().orElseThrow();
        cluster.follow(other);
        int before = acknowledged.size();
        Awaitility.await().until(() -> acknowledged.size() > before + 100);
      } finally {
        over.set(true);
        for (Thread writer : writers) {
          writer.join();
        }
      }
      assertThat(cluster.primary()).isNotEqualTo(first);
      assertThat(stored(cluster.primary())).containsAll(acknowledged);

      cluster.rejoin(first);
      cluster.primary().execute("insert into item values (-1)");
      cluster.awaitReplay(first);
      assertThat(stored(first)).containsAll(acknowledged).contains(-1);
    }
  }

  private static void write(
      PostgresCluster cluster, AtomicInteger next, Set<Integer> acknowledged, AtomicBoolean over) {
    while (!over.get()) {
      try (Connection connection = writer(cluster);
          PreparedStatement insert = connection.prepareStatement("insert into item values (?)")) {
        while (!over.get()) {
          int id = next.incrementAndGet();
          insert.setInt(1, id);
          insert.executeUpdate();
          acknowledged.add(id);
        }
      } catch (SQLException _) {
        Thread.onSpinWait(); // the primary is gone: look for the next one
      }
    }
  }

  private static Connection writer(PostgresCluster cluster) throws SQLException {
    return Jdbc.open(
        cluster.url(), "targetServerType=primary", "hostRecheckSeconds=0", "socketTimeout=20");
  }

  private static Set<Integer> stored(PostgresNode node) throws SQLException {
    Set<Integer> stored = new TreeSet<>();
    try (Connection connection = node.open()) {
      Jdbc.column(connection, "select id from item").forEach(id -> stored.add(Integer.valueOf(id)));
    }
    return stored;
  }

  @Test
  void anAsynchronousOneLosesWhatNoStandbyHad() throws Exception {
    // The control of the test above.
    try (PostgresCluster cluster = PostgresCluster.asynchronous()) {
      cluster.primary().execute("create table item (id int primary key)");
      cluster.primary().execute("insert into item values (1)");
      for (PostgresNode standby : cluster.standbys()) {
        cluster.awaitReplay(standby);
        cluster.sendingPaused(standby, true);
      }
      cluster.primary().execute("insert into item values (2)");
      assertThat(stored(cluster.primary())).containsExactly(1, 2);
      cluster.primary().kill();
      cluster.promote(cluster.standbys().getFirst());
      assertThat(stored(cluster.primary())).containsExactly(1);
    }
  }

  @Test
  void oneStandbyIsEnoughAndNoneIsNot() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous()) {
      cluster.primary().execute("create table item (id int primary key)");
      PostgresNode one = cluster.standbys().getFirst();
      PostgresNode other = cluster.standbys().getLast();

      cluster.sendingPaused(one, true);
      cluster.primary().execute("insert into item values (1)");
      assertThat(cluster.mostAdvancedStandby()).isEqualTo(other);

      cluster.sendingPaused(other, true);
      try (Connection waiting = Jdbc.open(cluster.primary().url(), "socketTimeout=1")) {
        assertThatThrownBy(() -> Jdbc.execute(waiting, "insert into item values (2)"))
            .isInstanceOf(SQLException.class)
            .hasRootCauseMessage("Read timed out");
      }
      cluster.sendingPaused(one, false);
      cluster.primary().execute("insert into item values (3)");
      cluster.awaitReplay(one);
      assertThat(stored(one)).contains(1, 3);
    }
  }

  @Test
  void aStandbyThatAppliesNothingShowsOldRows() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous()) {
      cluster.primary().execute("create table item (id int primary key)");
      PostgresNode standby = cluster.standbys().getFirst();
      cluster.awaitReplay(standby);
      cluster.replayPaused(standby, true);
      cluster.sendingPaused(cluster.standbys().getLast(), true);
      cluster.primary().execute("insert into item values (1)"); // which it acknowledged
      assertThat(stored(standby)).isEmpty();

      cluster.replayPaused(standby, false);
      cluster.awaitReplay(standby);
      assertThat(stored(standby)).containsExactly(1);
      assertThatThrownBy(() -> standby.execute("insert into item values (2)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }
  }

  @Test
  void aPrimaryThatHangsTakesConnectionsAndAnswersNobody() throws Exception {
    List<ProcessHandle> all = new ArrayList<>();
    try (PostgresCluster cluster = PostgresCluster.synchronous()) {
      PostgresNode primary = cluster.primary();
      try (Connection before = Jdbc.open(primary.url(), PATIENT)) {
        primary.hang();
        assertThat(primary.isAlive()).isTrue();
        assertThatThrownBy(() -> Jdbc.open(primary.url(), "connectTimeout=5", "socketTimeout=1"))
            .isInstanceOf(SQLException.class)
            .hasRootCauseMessage("Read timed out");
        primary.resume();
        assertThat(Jdbc.value(before, "select 1")).isEqualTo("1");
      }
      assertThat(primary.value("select 1")).isEqualTo("1");

      for (PostgresNode node : cluster.nodes()) {
        node.tree().all().forEach(all::add);
      }
      primary.hang();
      cluster.promote(cluster.mostAdvancedStandby());
      assertThat(cluster.primary()).isNotEqualTo(primary);
      assertThat(all).anyMatch(ProcessTree::isRunning);
    }
    assertThat(all).noneMatch(ProcessTree::isRunning);
  }
}
