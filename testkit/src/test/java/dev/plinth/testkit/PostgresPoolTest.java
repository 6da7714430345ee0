package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.holder;
import static dev.plinth.testkit.PostgresDatabase.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.health.PoolHealth;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The connections to a server: never more than the limit, waited for in line, replaced when dead.
@Timeout(90)
final class PostgresPoolTest {

  /// Long enough for a machine with much else to do, and shorter than any default limit.
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void oneTooManyWaitsAsLongAsItMayAndIsToldWhoHasWhatItWants() throws Exception {
    try (Database db = own.open(1, 1, config -> config.with("poolTimeout", "0.5"))) {
      CountDownLatch end = new CountDownLatch(1);
      Thread first = holder(db, "the first one", end);
      Thread second = holder(db, "the second one", end);
      assertThat(db.poolHealth()).isEqualTo(new PoolHealth(2, 0, 0, 2));
      long start = System.nanoTime();
      TimeoutException refused =
          catchThrowableOfType(
              TimeoutException.class, () -> db.sql("select 1").as(Long.class).list());
      assertThat(since(start)).isBetween(Duration.ofMillis(500), AT_ONCE);
      assertThat(refused).hasMessageContaining("500 ms").hasMessageContaining("the first one");
      assertThat(refused.ofStatement()).isFalse();
      assertThat(methods(refused.getCause())).contains("holdUntil");
      assertThat(db.metrics().retries()).as("nobody waits twice").isZero();
      end.countDown();
      first.join();
      second.join();
      assertThat(db.sql("select 1").as(Long.class).one()).as("the control").isEqualTo(1);
    }
  }

  private static List<String> methods(Throwable stack) {
    return Arrays.stream(stack.getStackTrace()).map(StackTraceElement::getMethodName).toList();
  }

  @Test
  void thereAreNeverMoreConnectionsThanTheLimit() throws Exception {
    int most = mostConnections(3, 4, () -> {});
    assertThat(most).isBetween(4, 7);
    assertThat(mostConnections(3, 20, () -> {})).as("the control: another limit").isGreaterThan(7);
  }

  @Test
  void theLimitHoldsAlsoWhenAllConnectionsAreLost() throws Exception {
    assertThat(mostConnections(3, 4, own::terminate)).isBetween(4, 7);
  }

  private int mostConnections(int poolSize, int maxOverflow, Runnable meanwhile)
      throws InterruptedException {
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    try (Database db = own.open(poolSize, maxOverflow)) {
      Thread counting = Thread.ofPlatform().start(() -> count(over, most));
      Thread disturbing =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 5 && !over.get(); i++) {
                  meanwhile.run();
                }
              });
      Together.run(
          50,
          thread -> {
            for (int i = 0; i < 100; i++) {
              db.sql("select pg_sleep(0.002)").rows().list();
            }
          });
      over.set(true);
      counting.join();
      disturbing.join();
    }
    soon().until(() -> own.connections() == 0);
    return most.get();
  }

  private void count(AtomicBoolean over, AtomicInteger most) {
    String sql =
        "select count(*) from pg_stat_activity where application_name = 'plinth'"
            + " and datname = '"
            + own.name()
            + "'";
    try (Connection connection = PostgresServer.shared().node().open()) {
      while (!over.get()) {
        most.accumulateAndGet(Integer.parseInt(Jdbc.value(connection, sql)), Math::max);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoWouldWaitForHimselfIsToldSoAtOnceAndWhere() {
    try (Database db = own.open(1, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      try (Stream<Note> open = openedHere(notes)) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> notes.find(note.id()))
            .isInstanceOf(TransactionException.class)
            .hasMessageContaining("This thread has a connection already")
            .satisfies(e -> assertThat(methods(e.getCause())).contains("openedHere"));
        assertThat(since(start)).isLessThan(AT_ONCE);
        assertThat(open).containsExactly(note);
      }
      assertThat(notes.find(note.id())).as("when it has been given back").contains(note);
      assertThat(db.poolHealth().active()).isZero();
    }
    try (Database db = own.open(1, 1)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      try (Stream<Note> open = openedHere(notes)) {
        assertThat(notes.count()).as("the control: another one is free").isEqualTo(1);
        assertThat(open).hasSize(1);
      }
    }
  }

  private static Stream<Note> openedHere(Repository<Note, Long> notes) {
    return notes.query().stream();
  }

  @Test
  void connectionsThatHaveDiedWhileIdleAreNotHandedOut() throws Exception {
    try (Database db = own.open(5, 0);
        Connection plain = Jdbc.open(own.url(), "ApplicationName=plinth")) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      soon().until(() -> db.poolHealth().idle() == 5);
      db.resetMetrics();
      own.terminate();
      soon().pollDelay(Duration.ofMillis(600)).until(() -> own.connections() == 0);
      for (int i = 0; i < 100; i++) {
        assertThat(notes.find(note.id())).contains(note);
      }
      assertThat(db.metrics().retries()).as("none of them was tried").isZero();
      assertThatThrownBy(() -> Jdbc.value(plain, "select 1"))
          .as("the control: they are dead indeed")
          .isInstanceOf(SQLException.class);
    }
  }

  /// Connections that were used a moment ago are not tested; so a read that meets one is run again.
  @Test
  void connectionsThatHaveDiedJustNowCostARepetitionAtMost() throws Exception {
    try (Database db = own.open(5, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      for (int i = 0; i < 5; i++) {
        notes.find(note.id());
        own.terminate();
        assertThat(notes.find(note.id())).contains(note);
      }
      assertThat(db.metrics().retries()).isBetween(1L, 5L);
      soon()
          .untilAsserted(() -> {
            notes.find(note.id());
            own.terminate();
            assertThatThrownBy(() -> notes.create(Note.of("b")))
                .as("the control: a write is not run again")
                .isInstanceOf(OutcomeUnknownException.class);
          });
    }
  }

  @Test
  void connectionsAreReplacedWhenTheyAreOld() {
    try (PostgresDatabase other = new PostgresDatabase();
        Database db = own.open(1, 0, config -> config.with("poolRecycle", "1"));
        Database lasting = other.open(1, 0)) {
      List<String> before = own.backends();
      List<String> control = other.backends();
      assertThat(before).hasSize(1);
      soon()
          .atMost(Duration.ofSeconds(45)) // the pool replaces none before 30 s
          .pollInterval(Duration.ofMillis(250))
          .until(() -> {
            assertThat(db.ping()).isTrue();
            List<String> now = own.backends();
            return now.size() == 1 && !now.equals(before);
          });
      assertThat(lasting.ping()).isTrue();
      assertThat(other.backends()).as("the control: an hour is not over").isEqualTo(control);
    }
  }

  @Test
  void severalDatabasesAreOpenSideBySide() throws Exception {
    int many = 4;
    List<PostgresDatabase> places = new ArrayList<>(List.of(own));
    List<Database> all = new ArrayList<>();
    Map<Integer, AtomicInteger> made = new ConcurrentHashMap<>();
    try {
      for (int i = 1; i < many; i++) {
        places.add(new PostgresDatabase());
      }
      for (int i = 0; i < many; i++) {
        Database db = places.get(i).open(1, i);
        db.schema().create(Note.class);
        all.add(db);
      }
      Together.run(
          12,
          thread -> {
            for (int i = 0; i < 20; i++) {
              int number = (thread + i) % many;
              all.get(number).repository(Note.class).create(Note.of("of " + number));
              made.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
            }
          });
      all.getFirst().close();
      assertThatThrownBy(() -> all.getFirst().repository(Note.class).count())
          .isInstanceOf(ConnectionException.class);
      for (int i = 1; i < many; i++) {
        Database db = all.get(i);
        List<Note> notes = db.repository(Note.class).query().list();
        assertThat(notes).hasSize(made.get(i).get());
        assertThat(notes).extracting(Note::text).containsOnly("of " + i);
        assertThat(db.poolHealth().most()).isEqualTo(1 + i);
      }
    } finally {
      all.forEach(Database::close);
      places.subList(1, places.size()).forEach(PostgresDatabase::close);
    }
  }
}
