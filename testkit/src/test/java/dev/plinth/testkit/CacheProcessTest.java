package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.testkit.samples.Rate;
import dev.plinth.testkit.server.PgBouncer;
import dev.plinth.testkit.server.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a process keeps in memory of a store that another one writes to is as old as stated, at most.
@Timeout(60)
class CacheProcessTest {

  private static final Duration SQLITE = Duration.ofMillis(10);
  private static final Duration POSTGRES = Duration.ofSeconds(2);

  private static final Duration POOLED = Duration.ofSeconds(1);

  /// What the clocks of the processes, and the moments between looking at them, may differ by.
  private static final Duration CLOCKS = Duration.ofMillis(2);

  @TempDir Path folder;

  @Test
  void onSqliteItIsTenMillisecondsOldAtMost(TestReporter report) throws Exception {
    String url = "sqlite:" + folder.resolve("shared.db");
    try (Database db = Database.open(url)) {
      db.schema().create(Rate.class);
      Staleness staleness = Staleness.measured(db, url, () -> Thread.sleep(2_000));
      report.publishEntry(staleness.toString());
      assertThat(staleness.worst()).isLessThan(SQLITE.plus(CLOCKS));
      assertThat(staleness.hits()).isGreaterThan(staleness.reads() / 2);
      assertThat(staleness.writes()).isGreaterThan(20);

      Repository<Rate, Long> rates = db.repository(Rate.class);
      long other = rates.create(new Rate(0, 0)).id();
      Staleness busy =
          Staleness.measured(
              db,
              url,
              () -> {
                for (int i = 0; i < 300; i++) { // whose writes take the connection that is asked
                  rates.increment(other, Rate::amount, 1);
                }
              });
      report.publishEntry(busy.toString());
      assertThat(busy.worst()).isLessThan(SQLITE.plus(CLOCKS));
      assertThat(busy.hits()).isPositive();
    }
  }

  @Test
  void onPostgresItIsTwoSecondsOldAtMostWhateverHappensToTheListener(TestReporter report)
      throws Exception {
    try (PostgresDatabase server = new PostgresDatabase();
        Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port());
        Database db = Database.open(server.url(proxy.port()))) {
      db.schema().create(Rate.class);
      Staleness quiet = Staleness.measured(db, server.url(), () -> Thread.sleep(2_000));
      report.publishEntry(quiet.toString());
      assertThat(quiet.hits()).isGreaterThan(quiet.reads() / 2);
      assertThat(quiet.worst()).as("announced at once").isLessThan(POSTGRES);

      Staleness staleness =
          Staleness.measured(
              db,
              server.url(),
              () -> {
                Thread.sleep(500);
                server.value(
                    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' or query = 'select 1'");
                Thread.sleep(1_500);
                proxy.cutAll();
                Thread.sleep(1_500);
                proxy.freeze(); // nobody hears anything, and nobody notices
                Thread.sleep(3_500);
                proxy.thaw();
                Thread.sleep(1_500);
              });
      report.publishEntry(staleness.toString());
      assertThat(staleness.worst()).isLessThan(POSTGRES.plus(CLOCKS));
      assertThat(staleness.hits()).isGreaterThan(staleness.reads() / 2);
    }
  }

  @Test
  void whatIsWrittenPastTheLayerCanBeAnnouncedByHand() throws Exception {
    try (PostgresDatabase server = new PostgresDatabase();
        Database db = Database.open(server.url())) {
      db.schema().create(Rate.class);
      Repository<Rate, Long> rates = db.repository(Rate.class);
      long id = rates.create(new Rate(0, 1)).id();
      assertThat(rates.get(id).amount()).isEqualTo(1);
      server.run("update rate set amount = 2", "select pg_notify('plinth_cache', 'rate')");
      PostgresDatabase.soon().until(() -> rates.get(id).amount() == 2);
    }
  }

  @Test
  void theListenerEndsWithTheDatabase() {
    try (PostgresDatabase server = new PostgresDatabase()) {
      try (Database db = server.open(1, 0)) {
        db.repository(Rate.class);
        assertThat(server.connections()).isEqualTo(2);
      }
      PostgresDatabase.soon().until(() -> server.connections() == 0);
    }
  }

  @Test
  void behindAPoolerItIsOneSecondOldAtMost(TestReporter report) throws Exception {
    Assumptions.assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    try (PostgresDatabase server = new PostgresDatabase();
        PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 3).orElseThrow();
        Database db = Database.open(bouncer.url(server.name()) + "?pgbouncer=true")) {
      db.schema().create(Rate.class);
      Staleness staleness = Staleness.measured(db, server.url(), () -> Thread.sleep(4_000));
      report.publishEntry(staleness.toString());
      assertThat(staleness.worst()).isLessThan(POOLED.plus(CLOCKS));
      assertThat(staleness.hits()).isPositive();
    }
  }

  @Test
  void aPoolerThatNobodySpokeOfIsNoticed() throws Exception {
    Assumptions.assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    try (PostgresDatabase server = new PostgresDatabase();
        PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 3).orElseThrow();
        Database direct = Database.open(server.url());
        Database db = Database.open(bouncer.url(server.name()) + "?prepareThreshold=0")) {
      db.schema().create(Rate.class);
      Repository<Rate, Long> rates = db.repository(Rate.class);
      long id = rates.create(new Rate(0, 1)).id();
      rates.get(id);
      rates.get(id);
      assertThat(db.cache().statistics().hits()).isPositive();
      Repository<Rate, Long> others = direct.repository(Rate.class);
      for (int i = 2; i <= 4; i++) {
        others.increment(id, Rate::amount, 1);
        Thread.sleep(POOLED.toMillis());
        assertThat(rates.get(id).amount()).isEqualTo(i);
      }
    }
  }

  @Test
  void aCommitInDoubtVoidsAsWell() {
    PostgresServer shared = PostgresServer.shared();
    try (PostgresDatabase server = new PostgresDatabase();
        Proxy proxy = Proxy.to("127.0.0.1", shared.port(), Marker.postgresCommit());
        Database db = Database.open(server.url(proxy.port()))) {
      db.schema().create(Rate.class);
      Repository<Rate, Long> rates = db.repository(Rate.class);
      for (Proxy.Cut cut : Proxy.Cut.values()) {
        long id = rates.create(new Rate(0, 1)).id();
        rates.get(id);
        proxy.cutNext(cut);
        assertThatThrownBy(() -> db.transaction(tx -> rates.increment(id, Rate::amount, 1)))
            .isInstanceOf(OutcomeUnknownException.class);
        String stored = server.value("select amount from rate where id = " + id);
        assertThat(rates.get(id).amount()).as(cut.name()).isEqualTo(Long.parseLong(stored));
        server.run("update rate set amount = 9 where id = " + id); // as if it came only now
        assertThat(rates.get(id).amount()).as(cut.name()).isEqualTo(9);
      }
    }
  }
}
