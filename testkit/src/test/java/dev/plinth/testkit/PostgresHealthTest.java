package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.holdUntil;
import static dev.plinth.testkit.PostgresDatabase.holder;
import static dev.plinth.testkit.PostgresDatabase.soon;
import static dev.plinth.testkit.PostgresDatabase.untilItWaits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.StorageException;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Health;
import dev.plinth.health.PoolHealth;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a database says of itself and of its server, and what is done when it is opened.
@Timeout(90)
final class PostgresHealthTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static Proxy proxy() {
    return Proxy.to("127.0.0.1", PostgresServer.shared().port());
  }

  private Database through(Proxy proxy) {
    return PostgresDatabase.open(own.url(proxy.port()), 1, 1, config -> config);
  }

  private static Health.Check check(Health health, String name) {
    return health.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void goAway(Proxy proxy) {
    proxy.refuse();
    proxy.cutAll();
  }

  @Test
  void aServerThatAnswersIsHealthy() {
    try (Database db = own.open(2, 3)) {
      Health health = db.health();
      assertThat(health.status()).isEqualTo(Health.Status.HEALTHY);
      assertThat(health.engine()).isEqualTo("postgresql");
      assertThat(health.location()).contains("127.0.0.1").endsWith("/" + own.name());
      assertThat(health.checks())
          .extracting(Health.Check::name)
          .contains("connection", "performance", "pool");
      assertThat(check(health, "pool").detail()).contains("0 of 5 in use");
      assertThat(db.ping()).isTrue();
    }
  }

  @Test
  void aServerThatIsAwayIsDownUntilItIsBack() {
    try (Proxy proxy = proxy();
        Database db = through(proxy)) {
      assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
      goAway(proxy);
      Health away = db.health();
      assertThat(away.status()).isEqualTo(Health.Status.DOWN);
      assertThat(check(away, "connection").status()).isEqualTo(Health.Status.DOWN);
      assertThat(db.ping()).isFalse();
      for (int i = 0; i < 30; i++) {
        assertThat(db.health().status()).isEqualTo(Health.Status.DOWN);
      }
      assertThat(check(db.health(), "engine").detail())
          .as("its calls are refused by now")
          .contains(String.valueOf(proxy.port()));
      proxy.accept();
      soon().until(() -> db.health().status() == Health.Status.HEALTHY);
      assertThat(db.ping()).isTrue();
    }
  }

  /// The clock that a database is given is that of timestamps.
  @Test
  void aClockThatStandsStillKeepsNoServerAway() {
    Clock still = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    try (Proxy proxy = proxy();
        Database db =
            PostgresDatabase.open(own.url(proxy.port()), 1, 1, config -> config.withClock(still))) {
      goAway(proxy);
      for (int i = 0; i < 30; i++) {
        assertThat(db.ping()).isFalse();
      }
      proxy.accept();
      soon().atMost(Duration.ofSeconds(10)).until(db::ping);
    }
  }

  /// When a server is back, whoever comes first may be long about it.
  @Test
  void oneThatWorksLongKeepsNobodyOut() throws InterruptedException {
    try (Proxy proxy = proxy();
        Database db = through(proxy)) {
      goAway(proxy);
      for (int i = 0; i < 30; i++) {
        assertThat(db.ping()).isFalse();
      }
      proxy.accept();
      CountDownLatch has = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Thread first =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(
                      Options.STANDARD.withRetries(RetryPolicy.STANDARD.withAttempts(20)),
                      tx -> {
                        db.sql("select 1").rows().list();
                        has.countDown();
                        holdUntil(end);
                      }));
      has.await();
      soon().atMost(Duration.ofSeconds(3)).until(db::ping);
      for (int i = 0; i < 20; i++) {
        assertThat(db.ping()).isTrue();
      }
      end.countDown();
      first.join();
    }
  }

  @Test
  void aPingWaitsAsLongAsItMay() {
    try (Proxy proxy = proxy();
        Database db = through(proxy)) {
      goAway(proxy);
      long start = System.nanoTime();
      assertThat(db.ping(Duration.ofMillis(700))).as("the control: it stays away").isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      AtomicBoolean back = new AtomicBoolean();
      Thread coming =
          Thread.ofPlatform()
              .start(() -> {
                soon().pollDelay(Duration.ofSeconds(1)).until(() -> true); // it starts up
                back.set(true);
                proxy.accept();
              });
      assertThat(db.ping(Duration.ofSeconds(30))).isTrue();
      assertThat(back).isTrue();
      soon().until(() -> !coming.isAlive());
    }
  }

  @Test
  void whereCallersWaitItIsDegraded() {
    try (Database db = own.open(1, 0)) {
      AtomicBoolean over = new AtomicBoolean();
      List<Thread> busy = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        busy.add(
            Thread.ofPlatform()
                .start(() -> {
                  while (!over.get()) {
                    db.sql("select pg_sleep(0.05)").rows().list();
                  }
                }));
      }
      soon().until(() -> db.poolHealth().waiting() > 1);
      Health health = db.health();
      assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(check(health, "pool").status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(check(health, "connection").status()).isEqualTo(Health.Status.HEALTHY);
      over.set(true);
      soon().until(() -> busy.stream().noneMatch(Thread::isAlive));
      assertThat(check(db.health(), "pool").status())
          .as("control")
          .isEqualTo(Health.Status.HEALTHY);
    }
  }

  /// Whoever asks learns it soon, and does not stand in line as long as a call would.
  @Test
  void whereEverythingIsTakenTheServerIsNotDown() throws InterruptedException {
    try (Database db = own.open(1, 0)) {
      CountDownLatch end = new CountDownLatch(1);
      Thread holder = holder(db, "a holder", end);
      Thread waiting = Thread.ofPlatform().start(() -> db.sql("select 1").rows().list());
      untilItWaits(waiting);
      AtomicReference<Health> health = new AtomicReference<>();
      Thread asking = Thread.ofPlatform().start(() -> health.set(db.health()));
      boolean answered = asking.join(Duration.ofSeconds(10));
      end.countDown();
      holder.join();
      waiting.join();
      asking.join();
      assertThat(answered).as("within the time of a probe").isTrue();
      assertThat(health.get().status()).isEqualTo(Health.Status.DEGRADED);
    }
  }

  @Test
  void inATransactionItCanBeAskedAsWell() {
    try (Database db = own.open(1, 0)) {
      db.transaction(tx -> {
        assertThat(db.ping()).isTrue();
        assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
      });
    }
  }

  @Test
  void thePoolTellsWhatItHas() throws InterruptedException {
    try (Database db = own.open(2, 1)) {
      soon().until(() -> db.poolHealth().equals(new PoolHealth(0, 2, 0, 3)));
      CountDownLatch end = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    db.transaction(tx -> {
                      db.sql("select 1").rows().list();
                      holdUntil(end);
                    })));
      }
      soon().until(() -> db.poolHealth().equals(new PoolHealth(3, 0, 2, 3)));
      soon().until(() -> own.connections() == 3);
      end.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      PoolHealth after = db.poolHealth();
      assertThat(after.active()).isZero();
      assertThat(after.waiting()).isZero();
    }
  }

  @Test
  void whatComesFirstIsDoneInOrder() {
    DatabaseConfig config = DatabaseConfig.of(own.url());
    List<String> done = new ArrayList<>();
    try (Database db =
        Database.open(
            config,
            first -> first.schema().create(Note.class),
            second -> {
              second.repository(Note.class).create(Note.of("the first"));
              done.add("second");
            },
            third -> done.add("third " + third.repository(Note.class).count()))) {
      assertThat(done).containsExactly("second", "third 1");
      assertThat(db.repository(Note.class).count()).isEqualTo(1);
    }
  }

  @Test
  void whatFailsFirstClosesTheDatabase() {
    List<Database> seen = new ArrayList<>();
    UncheckedIOException own = new UncheckedIOException(new IOException("no seeds"));
    DatabaseConfig config = DatabaseConfig.of(this.own.url());
    assertThatThrownBy(() ->
            Database.open(
                config,
                seen::add,
                db -> {
                  throw own;
                },
                seen::add))
        .isSameAs(own);
    assertThat(seen).as("what comes next is not done").hasSize(1);
    assertThat(seen.getFirst().isActive()).isFalse();
    assertThatThrownBy(() -> seen.getFirst().sql("select 1").rows().list())
        .isInstanceOf(ConnectionException.class);
    soon().until(() -> this.own.connections() == 0);
  }

  @Test
  void aTransactionThatAnErrorEndedSaysNothingOfTheServer() {
    try (Database db = own.open(2, 0)) {
      db.transaction(tx -> {
        assertThatThrownBy(() -> db.sql("select 1/0").rows().list())
            .isInstanceOf(ValidationException.class);
        assertThat(db.ping()).isTrue();
        assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
        tx.rollback();
      });
    }
  }

  /// Where all places are taken by others who work well, a call waits in line like any other.
  @Test
  void whoIsToTryTheServerDoesNotWaitInLineForIt() throws InterruptedException {
    own.run(
        "create function ill() returns int language plpgsql as $$ begin"
            + " raise exception using errcode = '53100', message = 'disk full'; end $$");
    try (Database db = own.open(2, 0, config -> config.with("poolTimeout", "20"))) {
      CountDownLatch end = new CountDownLatch(1);
      Thread one = holder(db, "one", end);
      for (int i = 0; i < 9; i++) {
        assertThatThrownBy(() -> db.sql("select ill()").rows().list())
            .isInstanceOf(StorageException.class);
      }
      CountDownLatch in = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      Thread last =
          Thread.ofPlatform()
              .start(() ->
                  assertThatThrownBy(() ->
                          db.transaction(tx -> {
                            in.countDown();
                            holdUntil(go);
                            db.sql("select ill()").rows().list();
                          }))
                      .isInstanceOf(StorageException.class));
      in.await();
      CountDownLatch has = new CountDownLatch(1);
      Thread two =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(tx -> {
                    has.countDown();
                    holdUntil(end);
                  }));
      soon().until(() -> db.poolHealth().waiting() == 1);
      go.countDown(); // now half of the calls have failed
      last.join();
      has.await();
      List<Throwable> refused = new CopyOnWriteArrayList<>();
      List<Thread> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waiting.add(
            Thread.ofPlatform()
                .start(() -> {
                  Throwable thrown = catchThrowable(() -> db.sql("select 1").rows().list());
                  if (thrown != null) {
                    refused.add(thrown);
                  }
                }));
      }
      soon().until(() -> db.poolHealth().waiting() == 4);
      assertThat(waiting.getFirst().join(Duration.ofSeconds(2))).isFalse();
      end.countDown();
      for (Thread thread : waiting) {
        thread.join();
      }
      one.join();
      two.join();
      assertThat(refused).isEmpty();
    }
  }

  @Test
  void aServerThatIsIllInMostCallsIsAvoided() {
    own.run(
        "create function ill() returns int language plpgsql as"
            + " $$ begin raise exception 'disk full' using errcode = '53100'; end $$");
    try (Database db = own.open(2, 0)) {
      Options once = Options.STANDARD.withRetries(RetryPolicy.NONE);
      int refused = 0;
      for (int i = 0; i < 100; i++) {
        try {
          String call = i % 10 < 3 ? "select 1" : "select ill()";
          db.transaction(once, tx -> db.sql(call).as(Integer.class).one());
        } catch (StorageException e) {
          // it says so itself
        } catch (ConnectionException e) {
          refused++;
        }
      }
      assertThat(refused).isPositive();
    }
  }
}
