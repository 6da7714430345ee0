package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.Saved;
import dev.plinth.audit.Action;
import dev.plinth.entity.Id;
import dev.plinth.entity.Unique;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rows to be created of which some are there already: what becomes of them, and how many they were.
public interface DuplicatesContract extends ContractBase {

  /// A row that may have a code.
  record Coded(@Id long id, @Unique @Nullable String code, int value) {}

  private static List<User> users(int from, int to, String name) {
    return IntStream.range(from, to)
        .mapToObj(i -> User.of("user" + i + "@example.org", name))
        .toList();
  }

  @Test
  default void duplicatesAreIgnoredAndCounted() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> old = users.createAll(users(0, 25, "Old"));
      Instant later = clock.advance(1, ChronoUnit.DAYS);
      Saved<User> saved = users.createAll(users(5, 45, "New"), Duplicates.IGNORE, User::email);
      assertThat(saved.created()).isEqualTo(20);
      assertThat(saved.ignored()).isEqualTo(20);
      assertThat(saved.updated()).isZero();
      assertThat(saved.rows())
          .extracting(User::email)
          .isEqualTo(users(25, 45, "New").stream().map(User::email).toList());
      assertThat(users.findAll(old.stream().map(User::id).toList())).isEqualTo(old);
      assertThat(db.audit().from(later).count()).isEqualTo(20);
      assertThat(db.audit().from(later).action(Action.CREATE).count()).isEqualTo(20);

      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.createAll(List.of(Account.of("b", 1), Account.of("d", 1)));
      Saved<Account> some =
          accounts.createAll(
              List.of(
                  Account.of("a", 2), Account.of("b", 2), Account.of("c", 2), Account.of("d", 2)),
              Duplicates.IGNORE,
              Account::owner);
      assertThat(some.rows()).extracting(Account::owner).containsExactly("a", "c");
      assertThat(accounts.findAll(some.rows().stream().map(Account::id).toList()))
          .isEqualTo(some.rows());
      assertThat(accounts.createAll(some.rows(), Duplicates.IGNORE).ignored()) // by key
          .isEqualTo(2);
    }
  }

  @Test
  default void duplicatesAreUpdatedAndCounted() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.createAll(users(0, 25, "Old"));
      Saved<User> saved = users.createAll(users(5, 45, "New"), Duplicates.UPDATE, User::email);
      assertThat(saved.created()).isEqualTo(20);
      assertThat(saved.updated()).isEqualTo(20);
      assertThat(saved.ignored()).isZero();
      assertThat(saved.rows()).hasSize(40).allMatch(user -> user.firstName().equals("New"));
      assertThat(users.findAll(saved.rows().stream().map(User::id).toList()))
          .isEqualTo(saved.rows());
    }
  }

  @Test
  default void aRowThatComesTwiceIsOneRow() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("ada@example.org", "Old"));
      List<User> given =
          List.of(
              User.of("ada@example.org", "First"),
              User.of("bob@example.org", "First"),
              User.of("ada@example.org", "Last"),
              User.of("bob@example.org", "Last"));
      Saved<User> ignored = users.createAll(given, Duplicates.IGNORE, User::email);
      assertThat(ignored.rows()).extracting(User::firstName).containsExactly("First");
      assertThat(ignored.created()).isEqualTo(1);
      assertThat(ignored.ignored()).isEqualTo(3);
      Saved<User> updated = users.createAll(given, Duplicates.UPDATE, User::email);
      assertThat(updated.updated()).isEqualTo(2);
      assertThat(updated.rows())
          .hasSize(4)
          .allMatch(user -> user.firstName().equals("Last") && user.version() == 2);
      assertThat(updated.rows().get(0)).isEqualTo(updated.rows().get(2));
      assertThat(users.count()).isEqualTo(2);
      assertThat(db.audit().count()).isEqualTo(4);
    }
  }

  @Test
  default void nullEqualsNothing() {
    try (Database db = open(Coded.class)) {
      Repository<Coded, Long> rows = db.repository(Coded.class);
      List<Coded> given =
          List.of(new Coded(0, null, 1), new Coded(0, "a", 2), new Coded(0, null, 3));
      Saved<Coded> saved = rows.createAll(given, Duplicates.IGNORE, Coded::code);
      assertThat(saved.created()).isEqualTo(3);
      assertThat(rows.createAll(given, Duplicates.IGNORE, Coded::code).created()).isEqualTo(2);
      assertThatThrownBy(
              () -> rows.saveAll(given, Coded::code), "as save(row, unique) says of one row")
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("code");
      assertThat(rows.count()).isEqualTo(5);
      assertThat(rows.saveAll(List.of(new Coded(0, null, 7), new Coded(0, null, 7)))) // no key yet
          .extracting(Coded::id)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  default void aDeletedRowHasItsKeyButNotItsUniqueValues() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> old = users.createAll(users(0, 3, "Old"));
      users.delete(old.get(1).id());
      for (Duplicates duplicates : Duplicates.values()) {
        assertThatThrownBy(() -> users.createAll(old, duplicates))
            .isInstanceOf(NotFoundException.class)
            .hasMessageContaining("restore");
      }
      assertThat(users.findAll(old.stream().map(User::id).toList()))
          .containsExactly(old.get(0), old.get(2));
      Saved<User> saved = users.createAll(users(0, 3, "New"), Duplicates.UPDATE, User::email);
      assertThat(saved.created()).isEqualTo(1);
      assertThat(saved.updated()).isEqualTo(2);
      assertThat(saved.rows().get(1).id()).isNotEqualTo(old.get(1).id());
      assertThat(users.query().includeDeleted().count()).isEqualTo(4);
    }
  }

  @Test
  default void manyWhoSaveTheSameRowsMakeThemOnce() throws InterruptedException {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      CyclicBarrier allAreHere = new CyclicBarrier(4);
      AtomicLong created = new AtomicLong();
      AtomicLong updated = new AtomicLong();
      Together.run(
          4,
          thread -> {
            for (int round = 0; round < 5; round++) {
              List<User> given = new ArrayList<>(users(round * 30, round * 30 + 30, "User"));
              Collections.shuffle(given, new Random(thread));
              allAreHere.await(30, TimeUnit.SECONDS);
              Saved<User> saved = users.createAll(given, Duplicates.UPDATE, User::email);
              created.addAndGet(saved.created());
              updated.addAndGet(saved.updated());
            }
          });
      assertThat(created).hasValue(150);
      assertThat(updated).hasValue(450);
      assertThat(users.query().list()).hasSize(150).allMatch(user -> user.version() == 4);
      assertThat(db.audit().action(Action.CREATE).count()).isEqualTo(150);
      assertThat(db.audit().action(Action.UPDATE).count()).isEqualTo(450);
    }
  }

  @Test
  default void manyWhoCreateTheSameRowsMakeThemOnce() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      CyclicBarrier allAreHere = new CyclicBarrier(4);
      AtomicLong created = new AtomicLong();
      Together.run(
          4,
          thread -> {
            for (int round = 0; round < 5; round++) {
              int first = round * 30;
              List<Account> given =
                  IntStream.range(first, first + 30)
                      .mapToObj(i -> Account.of("owner " + i, thread))
                      .toList();
              allAreHere.await(30, TimeUnit.SECONDS);
              Saved<Account> saved = accounts.createAll(given, Duplicates.IGNORE, Account::owner);
              assertThat(saved.created() + saved.ignored()).isEqualTo(30);
              created.addAndGet(saved.created());
            }
          });
      assertThat(created).hasValue(150);
      assertThat(accounts.query().list()).hasSize(150).allMatch(row -> row.version() == 1);
      assertThat(db.audit().count()).isEqualTo(150);
    }
  }
}
