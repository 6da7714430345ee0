package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.TimeoutException;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What holds when many threads work at once: nothing is lost, nobody starves.
public interface ConcurrencyContract extends ContractBase {

  @Test
  default void eightThreadsOf250IncrementsMakeExactly2000() throws InterruptedException {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      UUID id = users.create(User.of("ada@example.org", "Ada")).id();
      Queue<Long> seen = new ConcurrentLinkedQueue<>();
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 250; i++) {
              seen.add(users.increment(id, User::commandCount, 1).commandCount());
            }
          });
      assertThat(users.get(id).commandCount()).isEqualTo(2_000);
      assertThat(users.get(id).version()).isEqualTo(2_001);
      assertThat(seen).hasSize(2_000).doesNotHaveDuplicates();
      assertThat(db.audit().of(User.class, id).count()).isEqualTo(2_001);
    }
  }

  @Test
  default void optimisticLockingLosesNothing() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      long id = accounts.create(Account.of("ada", 0)).id();
      AtomicInteger refused = new AtomicInteger();
      CyclicBarrier allHaveRead = new CyclicBarrier(8);
      Together.run(
          8,
          thread -> {
            boolean first = true;
            for (int i = 0; i < 40; i++) {
              while (true) {
                Account read = accounts.get(id);
                if (first) {
                  allHaveRead.await(); // so that all but one of them are refused
                  first = false;
                }
                try {
                  accounts.update(read.withBalance(read.balance() + 1));
                  break;
                } catch (StaleVersionException e) {
                  refused.incrementAndGet(); // somebody was faster: once more
                }
              }
            }
          });
      assertThat(accounts.get(id).balance()).isEqualTo(320);
      assertThat(accounts.get(id).version()).isEqualTo(321);
      assertThat(refused).hasValueGreaterThanOrEqualTo(7);
    }
  }

  @Test
  default void readingAndWritingInOneTransactionLosesNothing() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      long from = accounts.create(Account.of("from", 10_000)).id();
      long to = accounts.create(Account.of("to", 0)).id();
      // Where transactions run side by side, all but one of these are in each other's way each
      // time, and who is unlucky needs far more attempts than callers who meet now and then.
      Transaction.Options patient =
          Transaction.Options.STANDARD.withRetries(RetryPolicy.STANDARD.withAttempts(100));
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 25; i++) {
              db.transaction(patient, tx -> move(accounts, from, to, 7));
            }
          });
      assertThat(accounts.get(from).balance()).isEqualTo(10_000 - 8 * 25 * 7);
      assertThat(accounts.get(to).balance()).isEqualTo(8 * 25 * 7);
    }
  }

  /// With the attempts that it has by itself a transaction may give up; then none of it happened.
  @Test
  default void aTransactionHappensWholeOrSaysThatItDidNot() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      long from = accounts.create(Account.of("from", 10_000)).id();
      long to = accounts.create(Account.of("to", 0)).id();
      AtomicInteger done = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      AtomicInteger hooks = new AtomicInteger();
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 25; i++) {
              try {
                db.transaction(tx -> {
                  tx.afterCommit(hooks::incrementAndGet);
                  move(accounts, from, to, 7);
                });
                done.incrementAndGet();
              } catch (ConflictException | StaleVersionException e) {
                refused.incrementAndGet();
              }
            }
          });
      assertThat(done.get() + refused.get()).isEqualTo(200);
      assertThat(done).as("somebody always gets through").hasPositiveValue();
      assertThat(hooks).hasValue(done.get());
      assertThat(accounts.get(from))
          .isEqualTo(new Account(from, "from", 10_000 - done.get() * 7L, 1 + done.get()));
      assertThat(accounts.get(to))
          .isEqualTo(new Account(to, "to", done.get() * 7L, 1 + done.get()));
      assertThat(db.audit().count()).as("a row's every change").isEqualTo(2 + 2 * done.get());
    }
  }

  private static void move(Repository<Account, Long> accounts, long from, long to, long amount) {
    Account source = accounts.get(from);
    Account target = accounts.get(to);
    accounts.update(source.withBalance(source.balance() - amount));
    accounts.update(target.withBalance(target.balance() + amount));
  }

  @Test
  default void concurrentCreatesAllGetKeys() throws InterruptedException {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Set<Object> ids = ConcurrentHashMap.newKeySet();
      Together.run(
          10,
          thread -> {
            User user = users.create(User.of("user" + thread + "@example.org", "User"));
            Account account = accounts.create(Account.of("owner " + thread, thread));
            assertThat(users.get(user.id())).isEqualTo(user);
            assertThat(accounts.get(account.id()).balance()).isEqualTo(thread);
            ids.add(user.id());
            ids.add(account.id());
          });
      assertThat(ids).hasSize(20);
      assertThat(users.count()).isEqualTo(10);
    }
  }

  @Test
  default void oneOfManyWhoWantTheSameUniqueValueGetsIt() throws InterruptedException {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      AtomicInteger refused = new AtomicInteger();
      Together.run(
          8,
          thread -> {
            try {
              users.create(User.of("same@example.org", "User " + thread));
            } catch (ConstraintException e) {
              refused.incrementAndGet();
            }
          });
      assertThat(users.count()).isEqualTo(1);
      assertThat(refused).hasValue(7);
    }
  }

  @Test
  default void concurrentSavesMakeOneRow() throws InterruptedException {
    try (Database db = open(User.class, Label.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Label, String> labels = db.repository(Label.class);
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 10; i++) {
              users.save(User.of("same@example.org", "User " + thread), User::email);
              labels.save(c -> c.set(Label::name, "hits").add(Label::weight, 1));
            }
          });
      assertThat(users.query().one().version()).isEqualTo(80);
      assertThat(labels.get("hits").weight()).isEqualTo(80);
    }
  }

  @Test
  default void fiftyThreadsBorrowAHundredTimesEach() throws InterruptedException {
    try (Database db = open(config -> config.with("poolSize", "3"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("read by all"));
      AtomicInteger read = new AtomicInteger();
      Together.run(
          50,
          thread -> {
            for (int i = 0; i < 100; i++) {
              if (notes.get(note.id()).equals(note)) {
                read.incrementAndGet();
              }
            }
          });
      assertThat(read).hasValue(5_000);
    }
  }

  @Test
  default void fiveHundredVirtualThreadsAreAllServed() throws InterruptedException {
    try (Database db =
        open(config -> config.with("poolSize", "2").with("poolTimeout", "20"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Together.run(
          500,
          Thread.ofVirtual().factory(),
          thread -> {
            Note note = notes.create(Note.of("by " + thread));
            for (int i = 0; i < 5; i++) {
              assertThat(notes.get(note.id())).isEqualTo(note);
            }
          });
      assertThat(notes.count()).isEqualTo(500);
    }
  }

  @Test
  default void aThreadMayWriteWhileItStreams() {
    try (Database db =
        open(config -> config.with("poolSize", "1").with("poolTimeout", "5"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 300).mapToObj(i -> Note.of("note " + i)).toList());
      AtomicInteger changed = new AtomicInteger();
      try (Stream<Note> all = notes.query().orderBy(Order.ascending(Note::id)).stream()) {
        all.limit(100)
            .forEach(note -> {
              notes.patch(note.id(), c -> c.set(Note::text, "seen " + note.text()));
              changed.incrementAndGet();
            });
      }
      assertThat(changed).hasValue(100);
      assertThat(notes.query().list())
          .hasSize(300)
          .filteredOn(note -> note.text().startsWith("seen note"))
          .hasSize(100);
    }
  }

  @Test
  default void aTransactionMayWriteWhileItStreams() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.createAll(
          IntStream.range(0, 200)
              .mapToObj(i -> User.of("u" + i + "@example.org", "User"))
              .toList());
      db.transaction(tx -> {
        try (Stream<User> all = users.query().orderBy(Order.ascending(User::email)).stream()) {
          List<User> some = new ArrayList<>();
          all.limit(50).forEach(some::add);
          some.forEach(user -> users.increment(user.id(), User::commandCount, 1));
        }
      });
      assertThat(users.query().list()).filteredOn(user -> user.commandCount() == 1).hasSize(50);
    }
  }

  @Test
  default void streamsBesideEachOtherNeverMixUp() {
    try (Database db =
        open(config -> config.with("poolSize", "3").with("poolTimeout", "5"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 20).mapToObj(i -> Note.of("note " + i)).toList());
      var byKey = notes.query().orderBy(Order.ascending(Note::id));
      try (Stream<Note> outer = byKey.stream();
          Stream<Note> inner = byKey.stream()) {
        var first = outer.iterator();
        var second = inner.iterator();
        for (int i = 0; i < 20; i++) {
          Note note = first.next();
          assertThat(second.next()).isEqualTo(note);
          assertThat(byKey.offset(i).first()).contains(note);
        }
      }
      for (int i = 0; i < 50; i++) { // each gives its connection back
        try (Stream<Note> all = byKey.stream()) {
          assertThat(all.findFirst()).isPresent();
        }
      }
    }
  }

  @Test
  default void aStreamGivesItsConnectionBackOnce() throws InterruptedException {
    try (Database db =
        open(
            config ->
                config.with("poolSize", "1").with("maxOverflow", "0").with("poolTimeout", "0.3"),
            Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 20).mapToObj(i -> Note.of("note " + i)).toList());
      for (int i = 0; i < 5; i++) {
        try (Stream<Note> all = notes.query().stream()) {
          assertThat(all).hasSize(20); // its end has been reached, and now it is closed as well
        }
        Stream<Note> twice = notes.query().stream();
        assertThat(twice.findFirst()).isPresent();
        twice.close();
        twice.close();
      }
      AtomicInteger refused = new AtomicInteger();
      try (Stream<Note> half = notes.query().stream()) {
        assertThat(half.iterator().next()).isNotNull();
        Together.run(
            1,
            thread -> {
              try {
                notes.count();
              } catch (TimeoutException e) {
                refused.incrementAndGet();
              }
            });
      }
      assertThat(refused).as("there is one connection, and it was taken").hasValue(1);
      assertThat(notes.count()).isEqualTo(20);
    }
  }

  @Test
  default void aStreamClosedLateDisturbsNobody() throws InterruptedException {
    try (Database db = open(config -> config.with("poolSize", "2"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 50).mapToObj(i -> Note.of("note " + i)).toList());
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 100; i++) {
              try (Stream<Note> all = notes.query().orderBy(Order.ascending(Note::id)).stream()) {
                List<Note> read = all.toList();
                assertThat(read).hasSize(50);
                assertThat(read.getLast().text()).isEqualTo("note 49");
              }
            }
          });
    }
  }
}
