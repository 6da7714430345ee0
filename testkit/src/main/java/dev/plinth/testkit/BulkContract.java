package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a repository does with many rows at once: in order, and all or nothing.
public interface BulkContract extends ContractBase {

  /// A row of a table that others made.
  @Table("adopted")
  record Adopted(@Id Long id, String name) {}

  /// Users 0, 1, … who are not stored yet.
  private static List<User> newUsers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> User.of("user" + i + "@example.org", "User " + i))
        .toList();
  }

  @Test
  default void createAllGivesTheRowsInTheirOrder() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> stored = users.createAll(newUsers(2_345));
      assertThat(stored)
          .extracting(User::email)
          .containsExactlyElementsOf(newUsers(2_345).stream().map(User::email).toList());
      assertThat(stored).extracting(User::id).doesNotContainNull().doesNotHaveDuplicates();
      assertThat(stored).allMatch(user -> user.version() == 1 && user.createdAt() != null);
      assertThat(users.findAll(stored.reversed().stream().map(User::id).toList()))
          .isEqualTo(stored.reversed());
      assertThat(users.count()).isEqualTo(2_345);
    }
  }

  @Test
  default void createAllNumbersTheRowsInTheirOrder() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account first = accounts.create(Account.of("first", 0));
      List<Account> stored =
          accounts.createAll(
              IntStream.range(0, 1_500).mapToObj(i -> Account.of("owner " + i, i)).toList());
      assertThat(stored).extracting(Account::id).isSorted().doesNotHaveDuplicates();
      assertThat(stored.getFirst().id()).isGreaterThan(first.id());
      assertThat(stored).extracting(Account::balance).isSorted();
      for (Account account : List.of(stored.getFirst(), stored.get(777), stored.getLast())) {
        assertThat(accounts.get(account.id())).isEqualTo(account);
      }
    }
  }

  @Test
  default void createAllMixesGivenAndMadeNumbers() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Note> stored =
          notes.createAll(List.of(Note.of("a"), new Note(500, "b"), Note.of("c"), Note.of("d")));
      assertThat(stored).extracting(Note::text).containsExactly("a", "b", "c", "d");
      assertThat(stored.get(1).id()).isEqualTo(500);
      assertThat(stored).extracting(Note::id).doesNotContain(0L).doesNotHaveDuplicates();
      assertThat(notes.query().orderBy(Order.ascending(Note::text)).list()).isEqualTo(stored);
    }
  }

  @Test
  default void aGivenNumberIsNotGivenToAnotherRowOfTheSameCall() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Note> rows = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        rows.add(i == 30 ? new Note(9, "given") : Note.of("n" + i));
      }
      List<Note> stored = notes.createAll(rows);
      assertThat(stored)
          .extracting(Note::text)
          .containsExactlyElementsOf(rows.stream().map(Note::text).toList());
      assertThat(stored.get(30).id()).isEqualTo(9);
      assertThat(notes.findAll(stored.stream().map(Note::id).toList())).isEqualTo(stored);
      notes.create(Note.of("next"));
      assertThat(notes.count()).isEqualTo(41);
    }
  }

  /// Whatever it is that numbers the rows of a table which others made.
  @Test
  default void aTableOfOthersNumbersItsRows() {
    try (Database db = open()) {
      db.sql("create table adopted (id %s, name varchar(9))".formatted(numberedKey(db))).execute();
      Repository<Adopted, Long> rows = db.repository(Adopted.class);
      rows.create(new Adopted(null, "one"));
      List<Adopted> stored =
          rows.createAll(IntStream.range(0, 30).mapToObj(i -> new Adopted(null, "n" + i)).toList());
      assertThat(rows.findAll(stored.stream().map(Adopted::id).toList())).isEqualTo(stored);
      Adopted given = rows.create(new Adopted(1_000L, "given"));
      assertThat(rows.save(new Adopted(1_000L, "saved")).name()).isEqualTo("saved");
      rows.saveAll(List.of(new Adopted(1_001L, "two"), new Adopted(1_002L, "three")));
      rows.createAll(
          IntStream.range(0, 30).mapToObj(i -> new Adopted(2_000L + i, "g" + i)).toList());
      Adopted next = rows.create(new Adopted(null, "next"));
      assertThat(rows.get(next.id()).name()).isEqualTo("next");
      assertThat(rows.get(given.id()).name()).isEqualTo("saved");
      assertThat(rows.count()).isEqualTo(65);
    }
  }

  @Test
  default void nothingToDoIsDoneAtOnce() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      assertThat(users.createAll(List.of())).isEmpty();
      assertThat(users.updateAll(List.of())).isEmpty();
      assertThat(users.findAll(List.of())).isEmpty();
      assertThat(users.deleteAll(List.of())).isZero();
      assertThat(users.restoreAll(List.of())).isZero();
      assertThat(users.purgeAll(List.of())).isZero();
      assertThat(db.audit().count()).isZero();
    }
  }

  @Test
  default void createAllStoresNothingIfOneRowFails() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      for (int failing : new int[] {0, 50, 1_500, 1_999}) {
        List<User> rows = new ArrayList<>(newUsers(2_000));
        rows.set(failing, User.of("user7@example.org", "Double"));
        rows.set(7, User.of("user7@example.org", "User 7"));
        if (failing == 0) {
          rows.set(1, User.of("user7@example.org", "Double"));
        }
        assertThatThrownBy(() -> users.createAll(rows)).isInstanceOf(ConstraintException.class);
        assertThat(users.query().includeDeleted().count()).isZero();
        assertThat(db.audit().count()).isZero();
      }
      assertThat(users.createAll(newUsers(3))).hasSize(3);
    }
  }

  @Test
  default void createAllOfNumberedRowsStoresNothingIfOneFails() {
    try (Database db = open(Note.class, Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      assertThatThrownBy(() ->
              accounts.createAll(
                  List.of(Account.of("a", 1), Account.of("b", -1), Account.of("c", 1))))
          .isInstanceOf(ConstraintException.class);
      assertThat(accounts.count()).isZero();
      Repository<Note, Long> notes = db.repository(Note.class);
      assertThatThrownBy(
              () -> notes.createAll(List.of(new Note(1, "a"), Note.of("b"), new Note(1, "c"))))
          .isInstanceOf(ConstraintException.class);
      assertThat(notes.count()).isZero();
    }
  }

  @Test
  default void aKeyTwiceInCreateAllIsRefusedAsAWhole() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      assertThatThrownBy(() ->
              labels.createAll(
                  List.of(
                      new Label("a", null, 1), new Label("b", null, 1), new Label("a", null, 2))))
          .isInstanceOf(ConstraintException.class);
      assertThat(labels.count()).isZero();
    }
  }

  @Test
  default void aBulkThatFailsInATransactionLeavesTheRestOfItAsItWas() {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account plain = accounts.create(Account.of("before", 5));
      db.transaction(tx -> {
        users.create(User.of("first@example.org", "First"));
        List<User> rows = new ArrayList<>(newUsers(1_200));
        rows.set(1_100, User.of("first@example.org", "Double"));
        assertThatThrownBy(() -> users.createAll(rows)).isInstanceOf(ConstraintException.class);
        assertThat(users.count()).isEqualTo(1);
        assertThatThrownBy(() ->
                accounts.updateAll(List.of(plain.withBalance(6), new Account(4711, "none", 1, 1))))
            .isInstanceOf(NotFoundException.class);
        assertThat(accounts.get(plain.id())).isEqualTo(plain);
        users.create(User.of("last@example.org", "Last"));
      });
      assertThat(users.query().orderBy(Order.ascending(User::email)).list())
          .extracting(User::email)
          .containsExactly("first@example.org", "last@example.org");
      assertThat(accounts.query().list()).containsExactly(plain);
      assertThat(db.audit().count()).isEqualTo(3);
    }
  }

  @Test
  default void updateAllGivesTheRowsInTheirOrder() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> stored = users.createAll(newUsers(600));
      users.increment(stored.getFirst().id(), User::commandCount, 3);
      List<User> wanted =
          users.findAll(stored.reversed().stream().map(User::id).toList()).stream()
              .map(user -> user.withRole(Role.MODERATOR).withFirstName("New " + user.firstName()))
              .toList();
      List<User> updated = users.updateAll(wanted);
      assertThat(updated).extracting(User::id).isEqualTo(wanted.stream().map(User::id).toList());
      assertThat(updated).allMatch(user -> user.firstName().startsWith("New User"));
      assertThat(updated.getLast().commandCount()).isEqualTo(3);
      assertThat(updated.getLast().version()).isEqualTo(3);
      assertThat(users.findAll(updated.stream().map(User::id).toList())).isEqualTo(updated);
    }
  }

  @Test
  default void updateAllWritesNothingIfOneRowFails() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Account> stored =
          accounts.createAll(
              IntStream.range(0, 100).mapToObj(i -> Account.of("owner " + i, i)).toList());
      long audited = db.audit().count();
      List<Account> raised =
          stored.stream().map(account -> account.withBalance(account.balance() + 1)).toList();
      List<Account> missing = new ArrayList<>(raised);
      missing.set(50, new Account(999_999, "nobody", 1, 1));
      assertThatThrownBy(() -> accounts.updateAll(missing)).isInstanceOf(NotFoundException.class);
      List<Account> invalid = new ArrayList<>(raised);
      invalid.set(99, stored.get(99).withBalance(-1));
      assertThatThrownBy(() -> accounts.updateAll(invalid)).isInstanceOf(ConstraintException.class);
      List<Account> stale = new ArrayList<>(raised);
      stale.set(60, new Account(stored.get(60).id(), "late", 1, 9));
      assertThatThrownBy(() -> accounts.updateAll(stale)).isInstanceOf(StaleVersionException.class);
      assertThat(accounts.query().orderBy(Order.ascending(Account::id)).list()).isEqualTo(stored);
      assertThat(db.audit().count()).isEqualTo(audited);
      assertThat(accounts.updateAll(raised)).extracting(Account::version).containsOnly(2L);
    }
  }

  @Test
  default void aRowTwiceInUpdateAllIsStaleOrTheLastOneWins() {
    try (Database db = open(Label.class, Account.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("a", null, 0));
      labels.updateAll(List.of(new Label("a", "x", 1), new Label("a", "y", 2)));
      assertThat(labels.get("a")).isEqualTo(new Label("a", "y", 2));
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account account = accounts.create(Account.of("ada", 1));
      assertThatThrownBy(
              () -> accounts.updateAll(List.of(account.withBalance(2), account.withBalance(3))))
          .isInstanceOf(StaleVersionException.class);
      assertThat(accounts.get(account.id())).isEqualTo(account);
    }
  }

  @Test
  default void deleteAllAndPurgeAllSayHowManyThereWere() {
    try (Database db = open(User.class, Note.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<UUID> ids = users.createAll(newUsers(5)).stream().map(User::id).toList();
      assertThat(users.deleteAll(List.of(ids.get(0), UUID.randomUUID(), ids.get(1), ids.get(0))))
          .isEqualTo(2);
      assertThat(users.deleteAll(ids)).isEqualTo(3);
      assertThat(users.deleteAll(ids)).isZero();
      assertThat(users.purgeAll(ids)).isEqualTo(5);
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Note> stored = notes.createAll(List.of(Note.of("a"), Note.of("b"), Note.of("c")));
      assertThat(notes.deleteAll(List.of(stored.get(0).id(), stored.get(2).id()))).isEqualTo(2);
      assertThat(notes.query().list()).containsExactly(stored.get(1));
    }
  }

  @Test
  default void purgeAllRemovesNothingIfOneRowIsReferredTo() {
    try (Database db = open(User.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> stored = users.createAll(newUsers(3));
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      activities.create(Activity.of(stored.get(1).id(), "login"));
      long audited = db.audit().count();
      List<UUID> ids = stored.stream().map(User::id).toList();
      assertThatThrownBy(() -> users.purgeAll(ids)).isInstanceOf(ConstraintException.class);
      assertThat(users.findAll(ids)).isEqualTo(stored);
      assertThat(db.audit().count()).isEqualTo(audited);
    }
  }

  @Test
  default void setBasedUpdatesTakeEveryMatchingRow() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> stored = users.createAll(newUsers(10));
      Filter few = Filter.field(User::firstName).in("User 1", "User 2", "User 3");
      assertThat(
              users
                  .where(few)
                  .update(c -> c.set(User::role, Role.ADMIN).add(User::commandCount, 2)))
          .isEqualTo(3);
      assertThat(users.where(Filter.field(User::role).is(Role.ADMIN)).list())
          .hasSize(3)
          .allMatch(user -> user.version() == 2 && user.commandCount() == 2);
      assertThat(users.get(stored.getFirst().id())).isEqualTo(stored.getFirst());
      assertThat(users.where(Filter.none()).update(c -> c.set(User::role, Role.ADMIN))).isZero();
      assertThatThrownBy(() -> users.query().limit(1).update(c -> c.set(User::role, Role.ADMIN)))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.query().update(c -> c.set(User::email, "same@example.org")))
          .isInstanceOf(ConstraintException.class);
      assertThat(users.where(Filter.field(User::email).is("same@example.org")).count()).isZero();
      assertThat(users.where(few).delete()).isEqualTo(3);
      assertThat(users.query().purge()).isEqualTo(7);
      assertThat(users.query().includeDeleted().count()).isEqualTo(3);
    }
  }
}
