package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.StorageException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writers of an SQLite file who share one commit: each gets what is his own, and none too early.
class SqliteGroupTest {

  /// What one of several writers does.
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static final Transaction.Options LIMITED =
      Transaction.Options.STANDARD.withTimeLimit(Duration.ofMinutes(1));
  private static final Transaction.Options NEVER_AGAIN =
      Transaction.Options.STANDARD.withRetries(RetryPolicy.NONE);

  @TempDir Path folder;

  private Database db;
  private Repository<Note, Long> notes;
  private Repository<Account, Long> accounts;

  @BeforeEach
  void open() {
    db = Database.open("sqlite:" + folder.resolve("test.db"));
    db.schema().create(Note.class, Account.class, User.class);
    notes = db.repository(Note.class);
    accounts = db.repository(Account.class);
  }

  @AfterEach
  void close() {
    db.close();
  }

  /// Lets all stand in line, in this order, and then go; gives what each of them threw.
  private List<@Nullable Throwable> inLine(Work... works) throws InterruptedException {
    List<@Nullable Throwable> thrown = new ArrayList<>();
    List<Thread> line = new ArrayList<>();
    db.<InterruptedException>transaction(tx -> {
      for (Work work : works) {
        int place = line.size();
        thrown.add(null);
        Thread thread =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    work.run();
                  } catch (Throwable e) {
                    thrown.set(place, e);
                  }
                });
        line.add(thread);
        Awaitility.await()
            .atMost(Duration.ofSeconds(10))
            .pollInterval(Duration.ofMillis(1))
            .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
      }
    });
    for (Thread thread : line) {
      thread.join(Duration.ofSeconds(30));
      assertThat(thread.isAlive()).as("it came to an end").isFalse();
    }
    return thrown;
  }

  /// How many commits the log has seen: a frame that ends one says how large the file is then.
  private int commits() throws IOException {
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("test.db-wal")));
    int frame = 24 + log.getInt(8);
    int salt = log.getInt(16);
    int commits = 0;
    for (int at = 32; at + frame <= log.limit() && log.getInt(at + 8) == salt; at += frame) {
      commits += log.getInt(at + 4) == 0 ? 0 : 1;
    }
    return commits;
  }

  private List<String> texts() {
    return notes.query().list().stream().map(Note::text).toList();
  }

  @Test
  void whoWaitsInLineSharesACommitAndALoneWriterHasHisOwn() throws Exception {
    int before = commits();
    for (int i = 0; i < 5; i++) {
      notes.create(Note.of("lone " + i));
    }
    db.transaction(tx -> notes.create(Note.of("lone 5")));
    assertThat(commits() - before).isEqualTo(6);

    before = commits();
    Work[] works = new Work[20];
    for (int i = 0; i < works.length; i++) {
      String name = "together " + i;
      works[i] =
          switch (i % 4) {
            case 0 -> () -> notes.create(Note.of(name));
            case 1 -> () -> db.transaction(tx -> notes.create(Note.of(name)));
            case 2 -> () -> accounts.create(Account.of(name, 1));
            default ->
                () -> db.sql("insert into note (text) values (:t)").bind("t", name).execute();
          };
    }
    assertThat(inLine(works)).containsOnlyNulls();
    assertThat(commits() - before)
        .as("unless it took 10 ms, it is one")
        .isLessThan(works.length / 2);
    assertThat(texts()).hasSize(6 + 15);
    assertThat(accounts.count()).isEqualTo(5);
    assertThat(db.audit().count()).isEqualTo(5);
  }

  @Test
  void oneThatFailsDoesNotTouchTheOthers() throws Exception {
    Repository<User, UUID> users = db.repository(User.class);
    User gone = users.create(User.of("gone@example.org", "Gone"));
    accounts.create(Account.of("taken", 1));
    long audited = db.audit().count();
    AtomicInteger caught = new AtomicInteger();
    List<@Nullable Throwable> thrown =
        inLine(
            () -> accounts.create(Account.of("first", 1)),
            () -> accounts.create(Account.of("taken", 2)),
            () ->
                db.transaction(tx -> {
                  accounts.create(Account.of("never", 1));
                  throw new IOException("as it likes");
                }),
            () ->
                db.transaction(tx -> {
                  accounts.create(Account.of("never", 2));
                  tx.rollback();
                }),
            () ->
                db.transaction(tx -> {
                  accounts.create(Account.of("outer", 1));
                  try {
                    db.transaction(inner -> {
                      accounts.create(Account.of("inner", 1));
                      accounts.create(Account.of("first", 2));
                    });
                  } catch (ConstraintException e) {
                    caught.incrementAndGet();
                  }
                }),
            () -> users.delete(gone.id()),
            () -> db.sql("insert into account (owner) values (null)").execute(),
            () -> accounts.create(Account.of("last", 1)));
    assertThat(thrown.get(1)).isInstanceOf(ConstraintException.class);
    assertThat(thrown.get(2)).isInstanceOf(IOException.class).hasNoCause();
    assertThat(thrown.get(6)).isInstanceOf(ConstraintException.class);
    for (int well : List.of(0, 3, 4, 5, 7)) {
      assertThat(thrown.get(well)).isNull();
    }
    assertThat(caught).hasPositiveValue();
    assertThat(accounts.query().list().stream().map(Account::owner))
        .containsExactly("taken", "first", "outer", "last");
    assertThat(users.find(gone.id())).isEmpty();
    assertThat(users.query().onlyDeleted().count()).isEqualTo(1);
    assertThat(db.audit().count()).as("three accounts, one deletion").isEqualTo(audited + 4);
  }

  @Test
  void nobodyIsAnsweredBeforeTheSharedCommit() throws Exception {
    try (Database other = Database.open("sqlite:" + folder.resolve("test.db"))) {
      Repository<Note, Long> seen = other.repository(Note.class);
      AtomicBoolean shared = new AtomicBoolean();
      for (int i = 0; i < 20 && !shared.get(); i++) { // a slow machine may not let them share
        db.sql("delete from note").execute();
        AtomicBoolean answered = new AtomicBoolean();
        List<String> order = new ArrayList<>();
        assertThat(
                inLine(
                    () -> {
                      notes.create(Note.of("a"));
                      answered.set(true);
                    },
                    () ->
                        db.transaction(tx -> {
                          tx.afterCommit(() -> order.add("first, sees " + seen.count()));
                          tx.afterCommit(() -> order.add("second"));
                          assertThat(notes.count()).as("it comes after the other").isEqualTo(1);
                          boolean early = answered.get();
                          shared.set(seen.count() == 0);
                          assertThat(early && shared.get()).isFalse();
                          notes.create(Note.of("b"));
                        })))
            .containsOnlyNulls();
        assertThat(answered).isTrue();
        assertThat(order).containsExactly("first, sees 2", "second");
      }
      assertThat(shared).isTrue();
    }
  }

  @Test
  void whoLetsTheOthersWaitForTooLongIsRunAgainAlone() throws Exception {
    int most = 0;
    for (int i = 0; i < 20 && most < 2; i++) { // a slow machine may not let them share at once
      db.sql("delete from note").execute();
      CountDownLatch answered = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      List<Integer> hooks = new ArrayList<>();
      assertThat(
              inLine(
                  () -> {
                    notes.create(Note.of("a"));
                    answered.countDown();
                  },
                  () ->
                      db.transaction(tx -> {
                        int run = runs.incrementAndGet();
                        tx.afterCommit(() -> hooks.add(run));
                        notes.create(Note.of("b"));
                        db.transaction(inner -> notes.create(Note.of("c")));
                        answered.await(); // for somebody who shares the commit
                        notes.create(Note.of("d"));
                      }),
                  () -> notes.create(Note.of("e"))))
          .containsOnlyNulls();
      assertThat(texts()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
      assertThat(hooks).containsExactly(runs.get());
      most = runs.get();
    }
    assertThat(most).isEqualTo(2);
  }

  @Test
  void whoHasATimeLimitOrCannotBeRunAgainIsAlone() throws Exception {
    for (Transaction.Options options : List.of(LIMITED, NEVER_AGAIN)) {
      CountDownLatch answered = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      assertThat(
              inLine(
                  () -> {
                    notes.create(Note.of("a"));
                    answered.countDown();
                  },
                  () ->
                      db.transaction(
                          options,
                          tx -> {
                            runs.incrementAndGet();
                            answered.await();
                            notes.create(Note.of("b"));
                          })))
          .containsOnlyNulls();
      assertThat(runs).hasValue(1);
    }
    assertThat(texts()).containsExactly("a", "b", "a", "b");
  }

  @Test
  void whatEndsTheTransactionIsOneWritersFailureOnly() throws Exception {
    db.sql("create table parent (id integer primary key)").execute();
    db.sql(
            "create table child (id integer primary key,"
                + " parent integer references parent deferrable initially deferred)")
        .execute();
    db.sql("create table strict (id integer primary key on conflict rollback)").execute();
    db.sql("insert into strict values (1)").execute();
    db.transaction(tx -> {
      long pages = db.sql("pragma page_count").as(Long.class).one();
      db.sql("pragma max_page_count = " + (pages + 20)).as(Long.class).one();
    });
    List<@Nullable Throwable> thrown =
        inLine(
            () -> notes.create(Note.of("a")),
            () -> notes.create(Note.of("x".repeat(1_000_000))),
            () -> db.transaction(tx -> notes.create(Note.of("b"))),
            () -> db.sql("insert into strict values (1)").execute(),
            () -> notes.create(Note.of("c")),
            () -> db.sql("insert into child values (1, 77)").execute(),
            () -> notes.create(Note.of("d")));
    assertThat(thrown.get(1)).isInstanceOf(StorageException.class);
    assertThat(thrown.get(3)).isInstanceOf(ConstraintException.class);
    assertThat(thrown.get(5)).isInstanceOf(ConstraintException.class);
    for (int well : List.of(0, 2, 4, 6)) {
      assertThat(thrown.get(well)).isNull();
    }
    assertThat(texts()).containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(db.sql("select count(*) from child").as(Long.class).one()).isZero();
    assertThat(db.sql("pragma integrity_check").as(String.class).one()).isEqualTo("ok");
  }

  @Test
  void aTransactionThatAStatementHasEndedIsNotGoneOnWith() {
    db.sql("create table strict (id integer primary key on conflict rollback)").execute();
    assertThatThrownBy(() ->
            db.transaction(tx -> {
              db.sql("insert into strict values (1)").execute();
              assertThatThrownBy(() -> db.sql("insert into strict values (1)").execute())
                  .isInstanceOf(ConstraintException.class);
              notes.create(Note.of("it would stay"));
            }))
        .hasMessageContaining("rolled back");
    assertThat(notes.count()).isZero();
  }

  @Test
  void anInterruptDoesNotHideTheOutcome() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    for (int i = 0; i < 20 && !interrupted.get(); i++) { // a slow machine may not let them share
      db.sql("delete from note").execute();
      Thread[] first = new Thread[1];
      assertThat(
              inLine(
                  () -> {
                    first[0] = Thread.currentThread();
                    notes.create(Note.of("a"));
                    interrupted.set(Thread.currentThread().isInterrupted());
                  },
                  () ->
                      db.transaction(tx -> {
                        first[0].interrupt(); // it waits for the commit of both
                        notes.create(Note.of("b"));
                      })))
          .containsOnlyNulls();
      assertThat(texts()).containsExactly("a", "b");
    }
    assertThat(interrupted).isTrue();
  }
}
