package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.Transaction.Options;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConstraintException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Transactions that are in each other's way: each is applied once, or its caller is told.
@Timeout(90)
final class PostgresConflictTest {

  private static final Options ONCE = Options.STANDARD.withRetries(RetryPolicy.NONE);
  private static final Options OFTEN =
      Options.STANDARD.withRetries(RetryPolicy.STANDARD.withAttempts(50));

  /// A record without a version: nobody but the isolation protects it.
  @Audited(false)
  record Stock(@Id long id, int many) {}

  @Audited(false)
  record Doctor(@Id String name, boolean onCall) {}

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  /// Two transactions that lock two rows in opposite order, and both have one before they ask.
  private static List<Throwable> crossed(Database db, Options options) throws InterruptedException {
    CyclicBarrier bothHaveOne = new CyclicBarrier(2);
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    Together.run(
        2,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          Throwable one =
              catchThrowable(() ->
                  db.transaction(
                      options,
                      tx -> {
                        more(db, 1 + thread);
                        if (attempts.incrementAndGet() == 1) {
                          bothHaveOne.await();
                        }
                        more(db, 2 - thread);
                      }));
          if (one != null) {
            thrown.add(one);
          }
        });
    return List.copyOf(thrown);
  }

  private static void more(Database db, long id) {
    db.sql("update stock set many = many + 1 where id = :id").bind("id", id).execute();
  }

  @Test
  void aDeadlockEndsWithBothApplied() throws InterruptedException {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Stock.class);
      Repository<Stock, Long> stock = db.repository(Stock.class);
      stock.createAll(List.of(new Stock(1, 0), new Stock(2, 0)));
      for (Isolation isolation : List.of(Isolation.READ_COMMITTED, Isolation.SNAPSHOT)) {
        int before = stock.get(1L).many();
        db.resetMetrics();
        assertThat(crossed(db, Options.STANDARD.withIsolation(isolation))).isEmpty();
        assertThat(stock.query().list()).extracting(Stock::many).containsOnly(before + 2);
        assertThat(db.metrics().retries()).as("one of them ran again").isPositive();

        List<Throwable> refused = crossed(db, ONCE.withIsolation(isolation));
        assertThat(refused).as("the control").hasSize(1);
        assertThat(refused.getFirst())
            .isInstanceOf(ConflictException.class)
            .hasMessageContaining("40");
        assertThat(stock.query().list()).extracting(Stock::many).containsOnly(before + 3);
      }
    }
  }

  /// Each of two doctors may leave if the other one stays.
  private static long leave(Database db, Isolation isolation) throws InterruptedException {
    Repository<Doctor, String> doctors = db.repository(Doctor.class);
    doctors.saveAll(List.of(new Doctor("a", true), new Doctor("b", true)));
    CyclicBarrier bothHaveSeen = new CyclicBarrier(2);
    Together.run(
        2,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          db.transaction(
              Options.STANDARD.withIsolation(isolation),
              tx -> {
                long there = doctors.query().list().stream().filter(Doctor::onCall).count();
                if (attempts.incrementAndGet() == 1) {
                  bothHaveSeen.await();
                }
                if (there == 2) {
                  doctors.update(new Doctor(thread == 0 ? "a" : "b", false));
                }
              });
        });
    return doctors.query().list().stream().filter(Doctor::onCall).count();
  }

  @Test
  void writeSkewIsPreventedBySerializable() throws InterruptedException {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Doctor.class);
      assertThat(leave(db, Isolation.SERIALIZABLE)).isEqualTo(1);
      assertThat(db.metrics().retries()).isPositive();
      assertThat(leave(db, Isolation.SNAPSHOT)).as("the control: it happens there").isZero();
    }
  }

  private static int added(Database db, Repository<Stock, Long> stock, Options options)
      throws InterruptedException {
    stock.save(new Stock(1, 0));
    CyclicBarrier allHaveRead = new CyclicBarrier(4);
    Together.run(
        4,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          db.transaction(
              options,
              tx -> {
                Stock read = stock.get(1L);
                if (attempts.incrementAndGet() == 1) {
                  allHaveRead.await();
                }
                stock.update(new Stock(1, read.many() + 1));
              });
        });
    return stock.get(1L).many();
  }

  @Test
  void noUpdateIsLostByDefault() throws InterruptedException {
    try (Database db = own.open(4, 0)) {
      db.schema().create(Stock.class);
      Repository<Stock, Long> stock = db.repository(Stock.class);
      assertThat(added(db, stock, OFTEN)).isEqualTo(4);
      assertThat(db.metrics().retries()).isPositive();
      assertThat(added(db, stock, OFTEN.withIsolation(Isolation.READ_COMMITTED)))
          .as("the control: there they are")
          .isLessThan(4);
    }
  }

  @Test
  void aLockThatIsNotGivenInTimeIsAConflict() throws InterruptedException {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Stock.class);
      Repository<Stock, Long> stock = db.repository(Stock.class);
      stock.create(new Stock(1, 0));
      CountDownLatch has = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Thread locking =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(tx -> {
                    more(db, 1);
                    has.countDown();
                    PostgresDatabase.holdUntil(end);
                  }));
      has.await();
      AtomicInteger attempts = new AtomicInteger();
      Transaction.Action<RuntimeException> hurried =
          tx -> {
            attempts.incrementAndGet();
            db.sql("set local lock_timeout = '50ms'").execute();
            more(db, 1);
          };
      assertThatThrownBy(() -> db.transaction(hurried))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("55P03");
      assertThat(attempts).as("it is tried as often as it may").hasValue(3);
      Thread later =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(
                      Options.STANDARD.withRetries(RetryPolicy.STANDARD.withAttempts(1000)),
                      hurried));
      soon().until(() -> attempts.get() > 5);
      end.countDown();
      later.join();
      locking.join();
      assertThat(stock.get(1L).many()).as("the control: once the lock is free").isEqualTo(2);
    }
  }

  @Test
  void whatAnotherAttemptWouldNotMendIsNotRepeated() {
    try (Database db = own.open(1, 0)) {
      db.schema().create(Account.class, Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      accounts.create(Account.of("a", 1));
      AtomicInteger attempts = new AtomicInteger();
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                attempts.incrementAndGet();
                notes.create(Note.of("undone"));
                accounts.create(Account.of("a", 2));
              }))
          .isInstanceOf(ConstraintException.class);
      assertThatThrownBy(() -> accounts.create(Account.of("a", 2)))
          .isInstanceOf(ConstraintException.class);
      IOException business = new IOException("no more of them");
      assertThatThrownBy(() ->
              db.<IOException>transaction(tx -> {
                attempts.incrementAndGet();
                notes.create(Note.of("undone as well"));
                throw business;
              }))
          .isSameAs(business)
          .hasNoSuppressedExceptions();
      assertThat(attempts).hasValue(2);
      assertThat(db.metrics().retries()).isZero();
      assertThat(notes.count()).isZero();
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                attempts.incrementAndGet();
                throw new ConflictException("the control", null);
              }))
          .isInstanceOf(ConflictException.class);
      assertThat(attempts).as("the control: a conflict is").hasValue(5);
    }
  }

  @Test
  void eachAttemptBeginsAnewAndHooksRunOnce() {
    try (Database db = own.open(1, 1)) {
      db.schema().create(Stock.class, Note.class);
      Repository<Stock, Long> stock = db.repository(Stock.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      stock.create(new Stock(1, 0));
      List<Integer> seen = new ArrayList<>();
      List<String> hooks = new ArrayList<>();
      Set<Transaction> transactions = new HashSet<>();
      int result =
          db.inTransaction(
              OFTEN.withRetries(RetryPolicy.STANDARD.withPauses(Duration.ZERO, Duration.ZERO)),
              tx -> {
                int attempt = seen.size();
                transactions.add(tx);
                seen.add(stock.get(1L).many());
                tx.afterCommit(() -> hooks.add("of attempt " + attempt));
                notes.create(Note.of("attempt " + attempt));
                db.transaction(part -> part.afterCommit(() -> hooks.add("of its part " + attempt)));
                if (attempt < 2) {
                  own.run("update stock set many = many + 10 where id = 1"); // past us
                }
                stock.update(new Stock(1, seen.getLast() + 1));
                return attempt;
              });
      assertThat(result).isEqualTo(2);
      assertThat(seen).as("what each attempt read").containsExactly(0, 10, 20);
      assertThat(transactions).hasSize(3);
      assertThat(hooks).containsExactly("of attempt 2", "of its part 2");
      assertThat(stock.get(1L).many()).isEqualTo(21);
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("attempt 2");
      assertThat(db.metrics().retries()).isEqualTo(2);
    }
  }

  /// What was prepared before is prepared anew, however many connections have it.
  @Test
  void aTableThatIsAlteredMeanwhileIsNobodysError() throws InterruptedException {
    int threads = 8;
    try (Database db = own.open(threads, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      for (String type : List.of("varchar(100)", "varchar(200)", "text")) {
        CyclicBarrier together = new CyclicBarrier(threads);
        Together.run(
            threads,
            thread -> {
              for (int i = 0; i < 10; i++) { // so often that the server keeps it
                db.<Exception>transaction(tx -> {
                  notes.get(note.id());
                  together.await(); // each on a connection of its own
                });
              }
            });
        own.run("alter table note alter column text type " + type);
        Together.run(threads, thread -> assertThat(notes.get(note.id())).isEqualTo(note));
        Together.run(
            threads,
            thread ->
                db.transaction(tx -> {
                  assertThat(notes.get(note.id())).isEqualTo(note);
                  notes.create(Note.of("by " + thread));
                  assertThat(notes.query().list()).contains(note);
                }));
      }
      assertThat(db.metrics().retries()).as("the control: it was noticed").isPositive();
    }
  }

  /// All that a connection has prepared is out of date together, and so is prepared anew together.
  @Test
  void aTransactionOfManyStatementsOutlivesAnAlteredTableToo() {
    try (Database db = own.open(1, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      Transaction.Action<RuntimeException> reading =
          tx -> {
            for (String name : List.of("a", "b", "c", "d", "e")) {
              assertThat(db.sql("select text as " + name + " from note").rows().list()).hasSize(1);
            }
            assertThat(notes.get(note.id())).isEqualTo(note);
          };
      for (int i = 0; i < 10; i++) { // so often that the server keeps it
        db.transaction(reading);
      }
      db.resetMetrics();
      own.run("alter table note alter column text type varchar(100)");
      db.transaction(reading);
      assertThat(db.metrics().retries()).as("the control: it was noticed").isPositive();
    }
  }
}
