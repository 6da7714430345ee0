package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.testkit.server.PostgresCluster;
import dev.plinth.testkit.server.PostgresNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A primary is lost under load and a standby promoted: nothing acknowledged is lost, nothing doubled.
@Timeout(120)
final class FailoverTest {

  private static final int WRITERS = 8;

  @Table("entry")
  @Audited(false)
  record Entry(@Id String id) {}

  /// Threads that write all the time, each entry until it is acknowledged, and a ledger of what was.
  private static final class Load implements AutoCloseable {
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicLong last = new AtomicLong(System.nanoTime());
    private final AtomicInteger failures = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Load(Database db) {
      Repository<Entry, String> entries = db.repository(Entry.class);
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int number = 0; !over; number++) {
                    write(db, entries, writer + "-" + number);
                  }
                }));
      }
    }

    private void write(Database db, Repository<Entry, String> entries, String id) {
      Options once = Options.STANDARD.withIdempotencyKey(id);
      while (!over) {
        try {
          // without the key, an entry that was there already would break its own key
          db.transaction(once, tx -> entries.create(new Entry(id)));
          acknowledged.add(id);
          last.set(System.nanoTime());
          return;
        } catch (ConnectionException | OutcomeUnknownException e) {
          failures.incrementAndGet(); // the same entry once more, with the same key
        }
      }
    }

    /// Waits for this many more acknowledgements.
    void more(int many) {
      int before = acknowledged.size();
      await().atMost(Duration.ofSeconds(40)).until(() -> acknowledged.size() >= before + many);
    }

    /// Waits for an acknowledgement that comes after a moment, and says how long it took.
    Duration after(long moment) {
      await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofSeconds(40))
          .until(() -> last.get() > moment);
      return Duration.ofNanos(last.get() - moment);
    }

    /// Waits for the end of every writer; harmless when repeated.
    void stop() {
      over = true;
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }

    @Override
    public void close() {
      stop();
    }
  }

  private static Database open(PostgresCluster cluster) {
    DatabaseConfig config =
        DatabaseConfig.of(cluster.url() + "?socketTimeout=2&connectTimeout=1")
            .with("poolSize", "2");
    Database db = Database.open(config);
    db.schema().create(Entry.class);
    return db;
  }

  private static List<String> stored(PostgresNode node) throws SQLException {
    String all = node.value("select coalesce(string_agg(id, ','), '') from entry");
    return all.isEmpty() ? List.of() : List.of(all.split(","));
  }

  @Test
  void aKilledPrimaryTakesNothingAcknowledgedWithIt() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster)) {
      Duration gap;
      PostgresNode promoted;
      Set<String> acknowledged;
      try (Load load = new Load(db)) {
        load.more(300);
        cluster.primary().kill();
        promoted = takeOver(cluster);
        gap = load.after(System.nanoTime());
        load.more(300);
        load.stop();
        acknowledged = load.acknowledged;
      }
      assertThat(stored(promoted)).doesNotHaveDuplicates().containsAll(acknowledged);
      assertThat(gap).as("after the promotion").isLessThan(Duration.ofSeconds(1));
      assertThat(db.metrics().retries()).as("it was noticed").isPositive();
    }
  }

  @Test
  void aHangingPrimaryIsLeftWhenTheSocketTimeIsOver() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster)) {
      Duration gap;
      PostgresNode promoted;
      Set<String> acknowledged;
      try (Load load = new Load(db)) {
        load.more(300);
        cluster.primary().hang();
        promoted = takeOver(cluster);
        gap = load.after(System.nanoTime());
        load.more(300);
        load.stop();
        acknowledged = load.acknowledged;
      }
      assertThat(stored(promoted)).doesNotHaveDuplicates().containsAll(acknowledged);
      // 2 s until the answer counts as lost, then 1 s for each host until the primary is found
      assertThat(gap).as("after the promotion").isLessThan(Duration.ofSeconds(6));
    }
  }

  @Test
  void withoutSynchronousStandbysAcknowledgedWritesAreLost() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db = open(cluster)) {
      Set<String> acknowledged;
      PostgresNode promoted;
      try (Load load = new Load(db)) {
        load.more(100);
        for (PostgresNode standby : cluster.standbys()) {
          cluster.sendingPaused(standby, true);
        }
        load.more(100); // acknowledged, but sent to nobody
        cluster.primary().kill();
        acknowledged = Set.copyOf(load.acknowledged);
        promoted = takeOver(cluster);
        load.stop();
      }
      assertThat(stored(promoted))
          .as("the control: this replication does lose")
          .isNotEmpty()
          .satisfies(kept -> assertThat(kept.containsAll(acknowledged)).isFalse());
    }
  }

  @Test
  void aCommitThatStopsWaitingForItsStandbysIsNoSuccess() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster)) {
      for (PostgresNode standby : cluster.standbys()) {
        cluster.sendingPaused(standby, true);
      }
      AtomicInteger cancelled = new AtomicInteger();
      Thread canceller =
          Thread.ofVirtual()
              .start(() ->
                  await()
                      .pollInterval(Duration.ofMillis(20))
                      .until(() -> {
                        cancelled.addAndGet(cancelWaitingCommits(cluster.primary()));
                        return cancelled.get() == 2;
                      }));
      Repository<Entry, String> entries = db.repository(Entry.class);
      assertThatThrownBy(() -> entries.create(new Entry("alone")))
          .isInstanceOf(OutcomeUnknownException.class);
      assertThatThrownBy(() -> db.transaction(tx -> entries.create(new Entry("in a transaction"))))
          .isInstanceOf(OutcomeUnknownException.class);
      canceller.join();
      assertThat(stored(cluster.primary()))
          .as("kept by the primary, and nowhere else")
          .containsExactlyInAnyOrder("alone", "in a transaction");
    }
  }

  @Test
  void aKeyIsNoWayAroundTheStandbys() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster)) {
      Repository<Entry, String> entries = db.repository(Entry.class);
      db.transaction(Options.STANDARD.withIdempotencyKey("before"), tx -> {});
      for (PostgresNode standby : cluster.standbys()) {
        cluster.sendingPaused(standby, true);
      }
      AtomicInteger hooks = new AtomicInteger();
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                await()
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> cancelWaitingCommits(cluster.primary()) > 0);
                await() // the answer waits as the commit should have
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> waitingCommits(cluster.primary()) > 0);
                assertThat(hooks).hasValue(0);
                cluster.standbys().forEach(standby -> resume(cluster, standby));
              });
      db.transaction(
          Options.STANDARD.withIdempotencyKey("once"),
          tx -> {
            tx.afterCommit(hooks::incrementAndGet);
            entries.create(new Entry("keyed"));
          });
      assertThat(hooks).hasValue(1);
      canceller.join();
      assertThat(cluster.standbys())
          .as("acknowledged, so one of them has it")
          .anySatisfy(standby -> assertThat(stored(standby)).containsExactly("keyed"));
    }
  }

  private static void resume(PostgresCluster cluster, PostgresNode standby) {
    try {
      cluster.sendingPaused(standby, false);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int waitingCommits(PostgresNode primary) throws SQLException {
    return Integer.parseInt(
        primary.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'"));
  }

  private static int cancelWaitingCommits(PostgresNode primary) throws SQLException {
    return Integer.parseInt(
        primary.value(
            "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"));
  }

  private static PostgresNode takeOver(PostgresCluster cluster) throws SQLException {
    PostgresNode lost = cluster.primary();
    PostgresNode next = cluster.mostAdvancedStandby();
    cluster.promote(next);
    for (PostgresNode node : cluster.standbys()) {
      if (node != lost && node != next) {
        cluster.follow(node);
      }
    }
    return next;
  }
}
