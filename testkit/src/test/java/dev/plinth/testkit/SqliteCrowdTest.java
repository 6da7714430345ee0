package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// Many threads that write to one SQLite file all the time, and so share its commits.
class SqliteCrowdTest {

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

  @Test
  void whatWasAnsweredBeforeTheCloseIsThere() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    Thread closer =
        Thread.ofPlatform()
            .start(() -> {
              Awaitility.await()
                  .pollInterval(Duration.ofMillis(1))
                  .until(() -> answered.get() > 300);
              db.close();
            });
    Together.run(
        16,
        thread -> {
          try {
            while (true) {
              notes.create(Note.of("kept"));
              answered.incrementAndGet();
            }
          } catch (DatabaseException closed) {
            // as it must come
          }
        });
    closer.join();
    try (Database again = Database.open("sqlite:" + folder.resolve("test.db"))) {
      assertThat(again.repository(Note.class).count()).isGreaterThanOrEqualTo(answered.get());
    }
  }

  @Test
  void aCrowdGetsWhatIsItsOwn() throws Exception {
    int threads = 24;
    int times = 30;
    Repository<User, UUID> users = db.repository(User.class);
    AtomicInteger created = new AtomicInteger();
    Together.run(
        threads,
        thread -> {
          List<Integer> hooks = new ArrayList<>();
          for (int i = 0; i < times; i++) {
            int number = i;
            String name = thread + " " + i;
            switch (i % 6) {
              case 0 -> accounts.create(Account.of(name, i));
              case 1 ->
                  assertThatThrownBy(
                          () -> accounts.create(Account.of(thread + " " + (number - 1), 1)))
                      .isInstanceOf(ConstraintException.class);
              case 2 ->
                  users.delete(users.create(User.of(thread + "." + i + "@x.org", "Ada")).id());
              case 3 ->
                  db.transaction(tx -> {
                    accounts.create(Account.of(name, number));
                    tx.afterCommit(() -> hooks.add(number));
                  });
              case 4 ->
                  assertThatThrownBy(() ->
                          db.transaction(tx -> {
                            accounts.create(Account.of(name, 1));
                            tx.afterCommit(() -> hooks.add(-1));
                            throw new IllegalStateException();
                          }))
                      .isInstanceOf(IllegalStateException.class);
              default -> notes.create(Note.of(name));
            }
            if (i % 3 == 0) {
              created.incrementAndGet();
              assertThat(accounts.where(field(Account::owner).is(name)).count())
                  .as("one's own write is seen")
                  .isEqualTo(1);
            }
          }
          assertThat(hooks).containsExactly(3, 9, 15, 21, 27);
        });
    assertThat(accounts.count()).isEqualTo(created.get());
    assertThat(notes.count()).isEqualTo(threads * times / 6);
    assertThat(users.query().onlyDeleted().count()).isEqualTo(threads * times / 6);
    assertThat(db.audit().of(Account.class).count()).isEqualTo(created.get());
    assertThat(db.audit().count()).isEqualTo(created.get() + 2 * threads * times / 6);
  }

  /// Another opening of the file has to wait for the file's lock, as another process has.
  @Test
  void aCrowdDoesNotKeepTheLockForItself(TestReporter report) throws Exception {
    AtomicLong worst = new AtomicLong();
    AtomicInteger written = new AtomicInteger();
    try (Database other = Database.open("sqlite:" + folder.resolve("test.db"))) {
      Repository<Note, Long> others = other.repository(Note.class);
      int crowd = 24;
      Together.run(
          crowd + 1,
          thread -> {
            if (thread < crowd) {
              while (written.get() < 40) {
                notes.create(Note.of("crowd"));
              }
              return;
            }
            try {
              for (int i = 0; i < 40; i++) {
                long start = System.nanoTime();
                others.create(Note.of("other"));
                worst.accumulateAndGet(System.nanoTime() - start, Math::max);
                written.incrementAndGet();
              }
            } finally {
              written.set(40);
            }
          });
    }
    Duration longest = Duration.ofNanos(worst.get());
    report.publishEntry("the longest wait for the lock: %d ms".formatted(longest.toMillis()));
    assertThat(longest).isLessThan(Duration.ofSeconds(10)); // of the 30 s that one may wait
    assertThat(notes.where(field(Note::text).is("other")).count()).isEqualTo(40);
  }
}
