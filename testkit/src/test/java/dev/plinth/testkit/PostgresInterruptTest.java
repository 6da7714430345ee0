package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.holder;
import static dev.plinth.testkit.PostgresDatabase.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.testkit.samples.Note;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Threads are interrupted while they wait or work: they stay so, and the pool stays whole.
@Timeout(90)
final class PostgresInterruptTest {

  private static final ThreadFactory PLATFORM = Thread.ofPlatform().factory();
  private static final ThreadFactory VIRTUAL = Thread.ofVirtual().factory();

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  /// Work on a thread of its own, what came of it, and whether the thread was interrupted then.
  private static final class Worker {
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final Thread thread;

    Worker(ThreadFactory factory, ThrowingCallable work) {
      thread =
          factory.newThread(() -> {
            thrown.set(catchThrowable(work));
            interrupted.set(Thread.currentThread().isInterrupted());
          });
      thread.start();
    }

    Throwable interrupt() throws InterruptedException {
      thread.interrupt();
      assertThat(thread.join(Duration.ofSeconds(30))).as("it ends").isTrue();
      assertThat(interrupted).as("it stays interrupted").isTrue();
      return thrown.get();
    }
  }

  /// All of a pool's places can be had, and each with a connection that answers.
  private static void isWhole(Database db) throws InterruptedException {
    soon().until(() -> db.poolHealth().active() == 0);
    assertThat(db.poolHealth().waiting()).isZero();
    int most = db.poolHealth().most();
    CountDownLatch all = new CountDownLatch(most);
    Together.run(
        most,
        thread ->
            db.<InterruptedException>transaction(tx -> {
              assertThat(db.sql("select 1").as(Integer.class).list()).containsExactly(1);
              all.countDown();
              all.await();
            }));
  }

  @Test
  void whoIsInterruptedWhileWaitingLeavesTheLine() throws Exception {
    try (Database db = own.open(1, 0)) {
      for (ThreadFactory factory : new ThreadFactory[] {PLATFORM, VIRTUAL}) {
        CountDownLatch end = new CountDownLatch(1);
        Thread holder = holder(db, "a holder", end);
        Worker waiting = new Worker(factory, () -> db.sql("select 1").rows().list());
        Worker patient = new Worker(factory, () -> db.sql("select 1").rows().list());
        soon().until(() -> db.poolHealth().waiting() == 2);
        assertThat(waiting.interrupt())
            .isInstanceOf(ConnectionException.class)
            .hasMessageContaining("Interrupted while waiting");
        assertThat(db.poolHealth().waiting()).isEqualTo(1);
        end.countDown();
        holder.join();
        patient.thread.join();
        assertThat(patient.thrown.get()).as("the control: who is not").isNull();
        isWhole(db);
      }
    }
  }

  /// The driver's read cannot be interrupted on a platform thread: the statement runs to its end.
  @Test
  void aStatementOfAPlatformThreadRunsToItsEnd() throws Exception {
    try (Database db = own.open(1, 1)) {
      db.schema().create(Note.class);
      Worker reading = new Worker(PLATFORM, () -> db.sql("select pg_sleep(0.7)").rows().list());
      own.untilRuns("pg_sleep");
      assertThat(reading.interrupt()).isNull();
      Repository<Note, Long> notes = db.repository(Note.class);
      Worker writing =
          new Worker(
              PLATFORM,
              () ->
                  db.transaction(tx -> {
                    notes.create(Note.of("a"));
                    db.sql("select pg_sleep(0.7)").rows().list();
                    notes.create(Note.of("b"));
                  }));
      own.untilRuns("pg_sleep");
      assertThat(writing.interrupt()).isNull();
      assertThat(notes.count()).as("it has its connection already").isEqualTo(2);
      isWhole(db);
    }
  }

  /// On a virtual thread an interrupt closes the socket: the connection is lost, and nothing else.
  @Test
  void aStatementOfAVirtualThreadIsLost() throws Exception {
    try (Database db = own.open(1, 1)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Worker reading = new Worker(VIRTUAL, () -> db.sql("select pg_sleep(20)").rows().list());
      own.untilRuns("pg_sleep");
      assertThat(reading.interrupt()).isInstanceOf(ConnectionException.class);
      isWhole(db);

      Worker working =
          new Worker(
              VIRTUAL,
              () ->
                  db.transaction(tx -> {
                    notes.create(Note.of("undone"));
                    db.sql("select pg_sleep(20)").rows().list();
                  }));
      own.untilRuns("pg_sleep");
      assertThat(working.interrupt()).isInstanceOf(ConnectionException.class);
      isWhole(db);

      Worker writing =
          new Worker(
              VIRTUAL,
              () -> db.sql("insert into note (text) select 'perhaps' from pg_sleep(20)").execute());
      own.untilRuns("insert");
      assertThat(writing.interrupt()).isInstanceOf(OutcomeUnknownException.class);
      isWhole(db);
      assertThat(notes.count()).isLessThanOrEqualTo(1);
      assertThat(notes.query().list()).extracting(Note::text).doesNotContain("undone");
    }
  }

  @Test
  void whoIsInterruptedBetweenTwoAttemptsGetsTheReasonForThem() throws Exception {
    Options patient =
        Options.STANDARD.withRetries(
            RetryPolicy.STANDARD
                .withAttempts(1000)
                .withPauses(Duration.ofHours(1), Duration.ofHours(1)));
    try (Database db = own.open(2, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      CountDownLatch has = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Thread locking =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(tx -> {
                    notes.update(new Note(note.id(), "locked"));
                    has.countDown();
                    PostgresDatabase.holdUntil(end);
                  }));
      has.await();
      Worker worker =
          new Worker(
              PLATFORM,
              () ->
                  db.transaction(
                      patient,
                      tx -> {
                        db.sql("set local lock_timeout = '100ms'").execute();
                        notes.update(new Note(note.id(), "mine"));
                      }));
      soon().until(() -> db.metrics().retries() == 1);
      PostgresDatabase.untilItWaits(worker.thread);
      Throwable reason = worker.interrupt();
      assertThat(reason)
          .isInstanceOf(ConflictException.class)
          .isInstanceOf(DatabaseException.class);
      end.countDown();
      locking.join();
      isWhole(db);
      assertThat(notes.get(note.id()).text()).isEqualTo("locked");
    }
  }

  @Test
  void whoIsInterruptedAlreadyIsToldSo() throws Exception {
    try (Database db = own.open(1, 0)) {
      for (ThreadFactory factory : new ThreadFactory[] {PLATFORM, VIRTUAL}) {
        Worker late =
            new Worker(
                factory,
                () -> {
                  Thread.currentThread().interrupt();
                  db.sql("select 1").rows().list();
                });
        assertThat(late.interrupt())
            .isInstanceOf(ConnectionException.class)
            .hasMessageContaining("Interrupted");
        isWhole(db);
      }
    }
  }

  @Test
  void whoWasInterruptedBeforeTheCommitKnowsItsOutcome() throws Exception {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Note.class);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicBoolean still = new AtomicBoolean();
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  db.transaction(tx -> {
                    db.repository(Note.class).create(Note.of("a"));
                    Thread.currentThread().interrupt();
                  });
                  still.set(Thread.currentThread().isInterrupted());
                } catch (Throwable e) {
                  thrown.set(e);
                }
              });
      thread.join();
      assertThat(thrown).hasNullValue();
      assertThat(still).as("the interrupt is still to be seen").isTrue();
      assertThat(db.repository(Note.class).count()).isEqualTo(1);
    }
  }

  /// What one caller gives up says nothing of the server: the others keep their connections.
  @Test
  void anInterruptCostsOneConnection() throws Exception {
    try (Database db = own.open(6, 0)) {
      isWhole(db);
      List<String> before = own.backends();
      assertThat(before).hasSize(6);
      Worker reading = new Worker(VIRTUAL, () -> db.sql("select pg_sleep(20)").rows().list());
      own.untilRuns("pg_sleep");
      assertThat(reading.interrupt()).isInstanceOf(ConnectionException.class);
      isWhole(db);
      List<String> after = own.backends();
      after.retainAll(before);
      assertThat(after).hasSizeGreaterThanOrEqualTo(5); // that of the sleeper may end later
    }
  }
}
