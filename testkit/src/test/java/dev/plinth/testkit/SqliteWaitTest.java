package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.TimeoutException;
import dev.plinth.testkit.samples.Note;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Waiting for the one writer of an SQLite file: in line, with a limit, and not for ever.
class SqliteWaitTest {

  @TempDir Path folder;

  private Database open(UnaryOperator<DatabaseConfig> settings) {
    Database db =
        Database.open(settings.apply(DatabaseConfig.of("sqlite:" + folder.resolve("test.db"))));
    db.schema().create(Note.class);
    return db;
  }

  private static void untilItWaits(Thread thread) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void aLockOfAnotherProcessIsWaitedForAndThenATimeout() throws Exception {
    try (Database db = open(config -> config.with("poolTimeout", "0.3"))) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      try (Connection other =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
          Statement statement = other.createStatement()) {
        statement.execute("begin immediate");
        long start = System.nanoTime();
        assertThatThrownBy(() -> notes.create(Note.of("b"))).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> db.transaction(tx -> notes.create(Note.of("c"))))
            .isInstanceOf(TimeoutException.class);
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        assertThat(waited).isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
        assertThat(notes.get(note.id())).as("readers do not wait").isEqualTo(note);
        statement.execute("rollback");
      }
      notes.create(Note.of("d"));
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("a", "d");
    }
  }

  @Test
  void whoIsInterruptedWhileWaitingLeavesTheLine() throws InterruptedException {
    try (Database db = open(UnaryOperator.identity())) {
      Repository<Note, Long> notes = db.repository(Note.class);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicReference<Boolean> stillInterrupted = new AtomicReference<>();
      db.<InterruptedException>transaction(tx -> {
        Thread waiting =
            Thread.ofPlatform()
                .start(() -> {
                  thrown.set(catchThrowable(() -> notes.create(Note.of("never"))));
                  stillInterrupted.set(Thread.currentThread().isInterrupted());
                });
        untilItWaits(waiting);
        waiting.interrupt();
        waiting.join();
        notes.create(Note.of("mine"));
      });
      assertThat(thrown.get()).isInstanceOf(ConnectionException.class);
      assertThat(stillInterrupted).hasValue(true);
      notes.create(Note.of("next"));
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("mine", "next");
    }
  }

  @Test
  void whoIsInterruptedWhileAnotherProcessHasTheLockStopsWaiting() throws Exception {
    try (Database db = open(UnaryOperator.identity());
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
        Statement statement = other.createStatement()) {
      Repository<Note, Long> notes = db.repository(Note.class);
      statement.execute("begin immediate");
      for (Runnable work :
          List.<Runnable>of(
              () -> notes.create(Note.of("never")),
              () -> db.transaction(tx -> notes.create(Note.of("never"))))) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> stillInterrupted = new AtomicReference<>();
        Thread waiting =
            Thread.ofPlatform()
                .start(() -> {
                  thrown.set(catchThrowable(work::run));
                  stillInterrupted.set(Thread.currentThread().isInterrupted());
                });
        untilItWaits(waiting);
        waiting.interrupt();
        waiting.join();
        assertThat(thrown.get())
            .isInstanceOf(ConnectionException.class)
            .hasMessageContaining("nterrupted");
        assertThat(stillInterrupted).hasValue(true);
      }
      statement.execute("rollback");
      notes.create(Note.of("next"));
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("next");
    }
  }

  @Test
  void oneMoreThanMayWaitIsRefusedAtOnce() throws InterruptedException {
    try (Database db = open(config -> config.with("queueLimit", "2"))) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Thread> waiting = new ArrayList<>();
      db.<InterruptedException>transaction(tx -> {
        for (int i = 0; i < 2; i++) {
          Note note = Note.of("waited " + i);
          Thread thread = Thread.ofPlatform().start(() -> notes.create(note));
          waiting.add(thread);
          untilItWaits(thread);
        }
        long start = System.nanoTime();
        Together.run(
            1,
            thread ->
                assertThatThrownBy(() -> notes.create(Note.of("one too many")))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("2"));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .isLessThan(Duration.ofSeconds(10)); // and not the 30 s that one may wait
      });
      for (Thread thread : waiting) {
        thread.join();
      }
      assertThat(notes.query().list())
          .as("in the order in which they came")
          .extracting(Note::text)
          .containsExactly("waited 0", "waited 1");
    }
  }
}
