package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.Database;
import dev.plinth.Reading;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.config.Isolation;
import dev.plinth.error.TransactionException;
import dev.plinth.health.Health;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.PostgresCluster;
import dev.plinth.testkit.server.PostgresNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads that may be old come from replicas, and yet see what their own work has written.
@Timeout(120)
final class PostgresReplicaTest {

  private static final String PORT = "select inet_server_port()";
  private static final int ANY_LAG = 100_000;

  private static Database open(PostgresCluster cluster, int replicaLag) {
    return Database.open(
        DatabaseConfig.of(cluster.url() + "?socketTimeout=1&connectTimeout=1")
            .with("replicaLag", String.valueOf(replicaLag)));
  }

  private static int port(Database db) {
    return db.sql(PORT).as(Integer.class).list().getFirst();
  }

  private static int port(Database db, Options options) {
    return db.inTransaction(options, tx -> port(db));
  }

  /// Who serves a read that may be old, and need not see anything in particular.
  private static int stalePort(Database db) {
    return db.reading(Freshness.STALE_OK).call(() -> port(db));
  }

  private static Set<Integer> stalePorts(Database db) {
    return Stream.generate(() -> stalePort(db)).limit(30).collect(Collectors.toSet());
  }

  private static List<Integer> ports(List<PostgresNode> nodes) {
    return nodes.stream().map(PostgresNode::port).toList();
  }

  private static long staleCount(Database db, Repository<Note, Long> notes) {
    return db.reading(Freshness.STALE_OK).call(notes::count);
  }

  private static ConditionFactory soon() {
    return await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(40));
  }

  private static void replayPaused(PostgresCluster cluster, boolean paused) throws SQLException {
    for (PostgresNode standby : cluster.standbys()) {
      cluster.replayPaused(standby, paused);
    }
  }

  private static Repository<Note, Long> notes(Database db, PostgresCluster cluster)
      throws SQLException {
    db.schema().create(Note.class);
    for (PostgresNode standby : cluster.standbys()) {
      cluster.awaitReplay(standby);
    }
    return db.repository(Note.class);
  }

  @Test
  void onlyReadsThatMayBeOldGoToReplicas() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      int primary = cluster.primary().port();
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      Reading stale = db.reading(Freshness.STALE_OK);
      assertThat(stale.position()).as("nothing was written").isEmpty();
      int reads = stale.call(() -> port(db, Options.READ_ONLY));
      int writes = stale.call(() -> port(db, Options.STANDARD));
      int current = db.reading(Freshness.CURRENT).call(() -> port(db));
      assertThat(reads).isNotEqualTo(primary);
      assertThat(List.of(writes, current, port(db, Options.READ_ONLY))).containsOnly(primary);
      assertThat(port(db)).isEqualTo(primary);
      assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
    }
  }

  @Test
  void aReadSeesWhatItsOwnWorkHasWritten() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      Repository<Note, Long> notes = notes(db, cluster);
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      replayPaused(cluster, true);
      int old = 0;
      for (int i = 0; i < 50; i++) {
        Reading own = db.reading(Freshness.STALE_OK);
        Note note = own.call(() -> notes.create(Note.of("written")));
        assertThat(own.call(() -> notes.find(note.id()))).contains(note);
        assertThat(own.call(() -> port(db))).isEqualTo(cluster.primary().port());
        Reading next = db.reading(Freshness.STALE_OK).after(own.position());
        assertThat(next.call(() -> notes.exists(note.id()))).isTrue();
        old += db.reading(Freshness.STALE_OK).call(() -> notes.exists(note.id())) ? 0 : 1;
      }
      assertThat(old).as("the control: replicas have none of it").isEqualTo(50);

      Reading own = db.reading(Freshness.STALE_OK);
      own.run(() -> db.transaction(tx -> notes.create(Note.of("in a transaction"))));
      String first = own.position();
      own.run(() -> db.sql("insert into note (text) values ('by hand')").execute());
      assertThat(own.position()).isGreaterThan(first);
      assertThat(own.call(notes::count)).isEqualTo(52);
      own.after(first);
      assertThat(own.call(notes::count)).as("a position never goes back").isEqualTo(52);

      replayPaused(cluster, false);
      soon().until(() -> own.call(() -> port(db)) != cluster.primary().port());
      assertThat(own.call(notes::count)).as("now from a replica").isEqualTo(52);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set local Synchronous_Commit = off",
        "do $$ begin perform set_config('synchronous' || '_commit', 'off', true); end $$"
      })
  void aReadSeesAlsoWhatDidNotWaitForTheLog(String setting) throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      Repository<Note, Long> notes = notes(db, cluster);
      soon().until(() -> ports(cluster.standbys()).contains(stalePort(db)));
      for (int i = 0; i < 20; i++) {
        Reading own = db.reading(Freshness.STALE_OK);
        Note note =
            own.call(() ->
                db.inTransaction(tx -> {
                  db.sql(setting).execute();
                  return notes.create(Note.of("written"));
                }));
        assertThat(own.call(() -> notes.find(note.id()))).contains(note);
      }
    }
  }

  @Test
  void aPositionHoldsInAnotherProcessAsWell() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database writer = open(cluster, ANY_LAG);
        Database reader = open(cluster, ANY_LAG)) {
      notes(writer, cluster);
      Repository<Note, Long> notes = reader.repository(Note.class);
      soon().until(() -> ports(cluster.standbys()).contains(stalePort(reader)));
      replayPaused(cluster, true);
      Reading own = writer.reading(Freshness.STALE_OK);
      own.run(() -> writer.repository(Note.class).create(Note.of("here")));
      Reading there = reader.reading(Freshness.STALE_OK).after(own.position());
      assertThat(there.call(notes::count)).isEqualTo(1);
      assertThat(staleCount(reader, notes)).as("the control: without the position").isZero();
    }
  }

  @Test
  void aReplicaThatIsFarBehindIsNotUsed() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database strict = open(cluster, 1);
        Database lax = open(cluster, ANY_LAG)) {
      Repository<Note, Long> strictly = notes(strict, cluster);
      Repository<Note, Long> laxly = lax.repository(Note.class);
      soon().until(() -> ports(cluster.standbys()).contains(stalePort(strict)));
      replayPaused(cluster, true);
      strictly.create(Note.of("unseen"));
      soon().until(() -> staleCount(strict, strictly) == 1);
      assertThat(staleCount(lax, laxly)).as("the control: old enough for others").isZero();
      assertThat(stalePorts(strict)).containsExactly(cluster.primary().port());
      replayPaused(cluster, false);
      soon().until(() -> stalePorts(strict).equals(Set.copyOf(ports(cluster.standbys()))));
    }
  }

  @Test
  void whatReplicasCannotDoThePrimaryDoes() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      Repository<Note, Long> notes = notes(db, cluster);
      soon().until(() -> ports(cluster.standbys()).contains(stalePort(db)));
      Reading stale = db.reading(Freshness.STALE_OK);
      Options serializable = Options.READ_ONLY.withIsolation(Isolation.SERIALIZABLE);
      for (int i = 0; i < 4; i++) {
        long count = stale.call(() -> db.inTransaction(serializable, tx -> notes.count()));
        assertThat(count).isZero();
      }
    }
  }

  /// However it is written by hand: what it gives can be a stream.
  @Test
  void aWriteThatGivesRowsIsSeenAsWell() throws Exception {
    String insert = "insert into note (text) values ('by hand') returning id";
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      Repository<Note, Long> notes = notes(db, cluster);
      soon().until(() -> ports(cluster.standbys()).contains(stalePort(db)));
      replayPaused(cluster, true);
      List<ScopedValue.CallableOp<Long, RuntimeException>> ways =
          List.of(
              () -> db.sql(insert).as(Long.class).one(),
              () -> db.sql(insert).as(Long.class).list().getFirst(),
              () -> db.sql(insert).as(Long.class).first().orElseThrow(),
              () -> {
                try (Stream<Long> ids = db.sql(insert).as(Long.class).stream()) {
                  return ids.toList().getFirst();
                }
              });
      for (var way : ways) {
        Reading own = db.reading(Freshness.STALE_OK);
        long id = own.call(way);
        assertThat(own.call(() -> notes.exists(id))).as("way %s", ways.indexOf(way)).isTrue();
      }
      assertThat(staleCount(db, notes)).as("the control: without its position").isZero();
    }
  }

  @Test
  void writesAreRefusedWhereOnlyReplicasAreAsked() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.synchronous();
        Database db = open(cluster, ANY_LAG)) {
      db.sql("create sequence numbers").execute();
      db.sql("create table locked (id int)").execute();
      Reading stale = db.reading(Freshness.STALE_OK);
      soon() // one that has not the table yet, or is slow to answer, is passed by
          .untilAsserted(() ->
              assertThatThrownBy(() ->
                      stale.call(() -> db.sql("select id from locked for update").rows().list()))
                  .isInstanceOf(TransactionException.class)
                  .hasMessageContaining("only reads"));
      assertThat(stale.call(() -> db.sql("select nextval('numbers')").as(Long.class).one()))
          .isEqualTo(1);
    }
  }

  @Test
  void killedReplicasAreLeftAndUsedAgainWhenTheyAreBack() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db = open(cluster, ANY_LAG)) {
      PostgresNode one = cluster.standbys().getFirst();
      PostgresNode other = cluster.standbys().getLast();
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      one.kill();
      assertThat(stalePorts(db)).as("every read succeeds").containsExactly(other.port());
      other.kill();
      assertThat(stalePorts(db)).containsExactly(cluster.primary().port());
      one.start();
      other.start();
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
    }
  }

  /// So long that the breaker has opened, and health complains.
  @Test
  void aReplicaThatWasAwayForLongIsUsedAgain() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db = open(cluster, ANY_LAG)) {
      PostgresNode away = cluster.standbys().getFirst();
      soon().until(() -> stalePorts(db).contains(away.port()));
      away.kill();
      AtomicBoolean complained = new AtomicBoolean();
      Together.run(
          8,
          thread -> {
            while (!complained.get()) {
              assertThat(stalePort(db)).isNotEqualTo(away.port());
              complained.compareAndSet(
                  false,
                  db.health().checks().stream()
                      .anyMatch(check -> check.detail().contains(String.valueOf(away.port()))));
            }
          });
      assertThat(db.health().status()).isEqualTo(Health.Status.DEGRADED);
      away.start();
      soon().until(() -> stalePorts(db).contains(away.port()));
      soon().until(() -> db.health().status() == Health.Status.HEALTHY);
    }
  }

  @Test
  void aHangingReplicaIsLeft() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db = open(cluster, ANY_LAG)) {
      PostgresNode hanging = cluster.standbys().getFirst();
      PostgresNode other = cluster.standbys().getLast();
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      hanging.hang();
      List<Duration> reads = new ArrayList<>();
      Set<Integer> ports = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        long start = System.nanoTime();
        ports.add(stalePort(db));
        reads.add(Duration.ofNanos(System.nanoTime() - start));
      }
      assertThat(ports).doesNotContain(hanging.port()).contains(other.port());
      // a second without an answer, a connection's test, and a second or two for a new one
      assertThat(reads).allMatch(read -> read.compareTo(Duration.ofSeconds(10)) < 0);
      hanging.resume();
      soon().until(() -> stalePorts(db).contains(hanging.port()));
    }
  }

  @Test
  void onlyOneReaderAtATimeAsksAHangingReplica() throws Exception {
    int readers = 16;
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db = open(cluster, ANY_LAG)) {
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      AtomicInteger reads = new AtomicInteger();
      AtomicInteger slow = new AtomicInteger();
      AtomicBoolean over = new AtomicBoolean();
      Thread reading =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  Together.run(
                      readers,
                      thread -> {
                        while (!over.get()) {
                          long start = System.nanoTime();
                          stalePort(db);
                          long took = System.nanoTime() - start;
                          slow.addAndGet(took > Duration.ofMillis(2500).toNanos() ? 1 : 0);
                          reads.incrementAndGet();
                        }
                      });
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      soon().until(() -> reads.get() > 20_000); // by then there are connections for all of them
      slow.set(0);
      cluster.standbys().getFirst().hang();
      assertThat(reading.join(Duration.ofSeconds(10))).isFalse();
      over.set(true);
      reading.join();
      // the others lose one second by the read that was on its way, and half of one until they
      // repeat it: on a busy machine more, but once; asking all the time each would wait four times
      assertThat(slow.get()).as("waited for a test and a new connection").isLessThan(readers);
    }
  }

  /// The primary is free: nobody needs to wait for a replica.
  @Test
  void replicasThatAreFullArePassedBy() throws Exception {
    try (PostgresCluster cluster = PostgresCluster.asynchronous();
        Database db =
            Database.open(
                DatabaseConfig.of(cluster.url())
                    .with("poolSize", "2")
                    .with("maxOverflow", "0")
                    .with("replicaLag", String.valueOf(ANY_LAG)))) {
      int primary = cluster.primary().port();
      soon().until(() -> stalePorts(db).equals(Set.copyOf(ports(cluster.standbys()))));
      List<Stream<Integer>> streams = new ArrayList<>();
      for (int i = 0; i < 4; i++) { // also of this very thread
        streams.add(
            db.reading(Freshness.STALE_OK).call(() -> db.sql(PORT).as(Integer.class).stream()));
      }
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(stalePort(db)).isEqualTo(primary);
      }
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
      assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
      streams.forEach(Stream::close);
      assertThat(stalePort(db)).as("at once, since they were not away").isNotEqualTo(primary);
    }
  }
}
