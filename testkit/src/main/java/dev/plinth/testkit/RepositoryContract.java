package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Person;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What a repository does with one row.
public interface RepositoryContract extends ContractBase {

  @Test
  default void createGivesTheRowAsItIsStored() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(User.of("ada@example.org", "Ada").withMetadata(Map.of("theme", "dark")));
      assertThat(ada.id()).isNotNull();
      assertThat(ada.id().version()).isEqualTo(7);
      assertThat(ada.version()).isEqualTo(1);
      assertThat(ada.createdAt()).isEqualTo(clock.instant()).isEqualTo(ada.updatedAt());
      assertThat(ada.deletedAt()).isNull();
      assertThat(ada.metadata()).isEqualTo(Map.of("theme", "dark"));
      assertThat(users.get(ada.id())).isEqualTo(ada);
      assertThat(users.find(ada.id())).contains(ada);
    }
  }

  @Test
  default void timesAreKeptToTheMicrosecondAndGivenBackAsStored() {
    Ticking clock = new Ticking(Instant.parse("2026-03-29T00:59:59.123456789Z"));
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      assertThat(ada.createdAt()).isEqualTo(Instant.parse("2026-03-29T00:59:59.123456Z"));
      assertThat(users.get(ada.id()).createdAt()).isEqualTo(ada.createdAt());
    }
  }

  @Test
  default void createOfChangesLetsTheRecordFillInTheRest() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(c -> c.set(User::email, "ada@example.org").set(User::firstName, "Ada"));
      assertThat(ada.role()).isEqualTo(Role.MEMBER);
      assertThat(ada.metadata()).isEmpty();
      assertThat(ada.commandCount()).isZero();
      assertThat(users.get(ada.id())).isEqualTo(ada);
    }
  }

  @Test
  default void keysThatTheCallerGivesAreKept() {
    try (Database db = open(User.class, Account.class, Label.class)) {
      UUID id = UUID.randomUUID();
      Repository<User, UUID> users = db.repository(User.class);
      assertThat(users.create(User.of("a@example.org", "Ada").withId(id)).id()).isEqualTo(id);
      Repository<Account, Long> accounts = db.repository(Account.class);
      assertThat(accounts.create(new Account(5_000_000_000L, "ada", 1, 0)).id())
          .isEqualTo(5_000_000_000L);
      Repository<Label, String> labels = db.repository(Label.class);
      assertThat(labels.create(new Label("red", null, 1)).name()).isEqualTo("red");
      assertThat(labels.get("red")).isEqualTo(new Label("red", null, 1));
    }
  }

  @Test
  default void anInstantOfCreationThatTheCallerGivesIsKept() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Instant imported = Instant.parse("2001-02-03T04:05:06Z");
      User ada = users.create(User.of("ada@example.org", "Ada").withCreatedAt(imported));
      assertThat(users.get(ada.id()).createdAt()).isEqualTo(imported);
    }
  }

  @Test
  default void aSecondRowWithAKeyIsRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      ConstraintException e =
          catchThrowableOfType(
              ConstraintException.class,
              () -> users.create(User.of("bob@example.org", "Bob").withId(ada.id())));
      assertThat(e.kind()).isEqualTo(ConstraintException.Kind.UNIQUE);
      assertThat(e.code()).isEqualTo("UNIQUE");
      assertThat(users.query().list()).containsExactly(ada);
    }
  }

  @Test
  default void brokenRulesOfTheTableSayWhichAndStoreNothing() {
    try (Database db = open(User.class, Account.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      users.create(User.of("ada@example.org", "Ada"));
      ConstraintException unique =
          catchThrowableOfType(
              ConstraintException.class, () -> users.create(User.of("ada@example.org", "Eve")));
      assertThat(unique.kind()).isEqualTo(ConstraintException.Kind.UNIQUE);
      assertThat(unique.columns()).containsExactly("email");
      assertThat(unique.getMessage()).doesNotContain("ada@example.org");
      ConstraintException missing =
          catchThrowableOfType(
              ConstraintException.class, () -> users.create(User.of("eve@example.org", null)));
      assertThat(missing.kind()).isEqualTo(ConstraintException.Kind.NOT_NULL);
      assertThat(missing.columns()).containsExactly("first_name");
      ConstraintException check =
          catchThrowableOfType(
              ConstraintException.class, () -> accounts.create(Account.of("ada", -1)));
      assertThat(check.kind()).isEqualTo(ConstraintException.Kind.CHECK);
      if (db.capabilities().contains(Capability.FOREIGN_KEYS)) {
        ConstraintException foreign =
            catchThrowableOfType(
                ConstraintException.class,
                () -> activities.create(Activity.of(UUID.randomUUID(), "login")));
        assertThat(foreign.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY);
      }
      assertThat(users.count()).isEqualTo(1);
      assertThat(accounts.count()).isZero();
      assertThat(activities.count()).isZero();
    }
  }

  @Test
  default void numberedKeysAscendAndAreNeverReused() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Long> seen = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Account account = accounts.create(Account.of("owner " + i, i));
        seen.add(account.id());
        accounts.purge(account.id()); // the last number is free now, and must stay unused
      }
      assertThat(seen).isSorted().doesNotHaveDuplicates().allMatch(id -> id > 0);
      accounts.create(new Account(1000, "imported", 1, 0));
      assertThat(accounts.create(Account.of("next", 1)).id()).isGreaterThan(1000);
    }
  }

  @Test
  default void aKeyOfTextMustBeGiven() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      assertThatThrownBy(() -> labels.create(new Label(null, "red", 1)))
          .isInstanceOf(ValidationException.class);
      assertThat(labels.count()).isZero();
    }
  }

  @Test
  default void whatIsNotThereIsNotFound() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      UUID nobody = UUID.randomUUID();
      assertThat(users.find(nobody)).isEmpty();
      assertThat(users.exists(nobody)).isFalse();
      assertThat(users.delete(nobody)).isFalse();
      assertThat(users.purge(nobody)).isFalse();
      NotFoundException e = catchThrowableOfType(NotFoundException.class, () -> users.get(nobody));
      assertThat(e.table()).isEqualTo("users");
      assertThat(e.getMessage()).contains(nobody.toString());
      User unknown = User.of("no@example.org", "Nobody").withId(nobody).withVersion(1);
      assertThatThrownBy(() -> users.update(unknown)).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.update(unknown, unknown.withRole(Role.ADMIN)))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.patch(nobody, c -> c.set(User::role, Role.ADMIN)))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.patch(nobody, c -> c)).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.increment(nobody, User::commandCount, 1))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.restore(nobody)).isInstanceOf(NotFoundException.class);
      assertThat(users.query().includeDeleted().count()).isZero();
    }
  }

  @Test
  default void noKeyIsAnArgumentError() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      assertThatThrownBy(() -> users.find(null)).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.get(null)).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.delete(null)).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.update(User.of("ada@example.org", "Ada")))
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void findAllKeepsTheOrderOfTheKeys() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note a = notes.create(Note.of("a"));
      Note b = notes.create(Note.of("b"));
      Note c = notes.create(Note.of("c"));
      assertThat(notes.findAll(List.of(c.id(), 4711L, a.id(), b.id()))).containsExactly(c, a, b);
      assertThat(notes.findAll(List.of(b.id(), a.id(), b.id()))).containsExactly(b, a);
      assertThat(notes.findAll(List.of())).isEmpty();
      assertThat(notes.exists(a.id())).isTrue();
      assertThat(notes.count()).isEqualTo(3);
    }
  }

  @Test
  default void findAllTakesMoreKeysThanAnyEngineBinds() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note only = notes.create(Note.of("only"));
      List<Long> keys = new ArrayList<>();
      for (long key = 70_000; key > 0; key--) {
        keys.add(key);
      }
      assertThat(notes.findAll(keys)).containsExactly(only);
    }
  }

  @Test
  default void updateWritesTheWholeRowButWhatTheLayerKeeps() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      User bob = users.create(User.of("bob@example.org", "Bob"));
      users.increment(ada.id(), User::commandCount, 5);
      Instant later = clock.advance(1, ChronoUnit.HOURS);
      User now =
          users.update(
              users
                  .get(ada.id())
                  .withFirstName("Augusta")
                  .withMetadata(Map.of("n", 1))
                  .withCommandCount(0)
                  .withCreatedAt(later));
      assertThat(now.firstName()).isEqualTo("Augusta");
      assertThat(now.metadata()).isEqualTo(Map.of("n", 1));
      assertThat(now.commandCount()).isEqualTo(5);
      assertThat(now.createdAt()).isEqualTo(ada.createdAt());
      assertThat(now.updatedAt()).isEqualTo(later);
      assertThat(now.version()).isEqualTo(3);
      assertThat(users.get(ada.id())).isEqualTo(now);
      assertThat(users.get(bob.id())).isEqualTo(bob);
    }
  }

  @Test
  default void aStaleRowIsRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User read = users.create(User.of("ada@example.org", "Ada"));
      User now = users.patch(read.id(), c -> c.set(User::role, Role.ADMIN));
      StaleVersionException e =
          catchThrowableOfType(
              StaleVersionException.class, () -> users.update(read.withFirstName("Eve")));
      assertThat(e.expected()).isEqualTo(1);
      assertThat(e.found()).isEqualTo(2);
      assertThat(e.table()).isEqualTo("users");
      assertThatThrownBy(() -> users.update(read, read.withFirstName("Eve")))
          .isInstanceOf(StaleVersionException.class);
      assertThat(users.get(read.id())).isEqualTo(now);
    }
  }

  @Test
  default void updateOfADifferenceWritesNothingElse() {
    try (Database db = open(Label.class, User.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Label read = labels.create(new Label("red", "#f00", 1));
      labels.patch("red", c -> c.set(Label::weight, 7));
      Label now = labels.update(read, new Label("red", null, 1));
      assertThat(now).isEqualTo(new Label("red", null, 7));
      assertThat(labels.get("red")).isEqualTo(now);
      assertThatThrownBy(() -> labels.update(read, new Label("blue", null, 1)))
          .isInstanceOf(ValidationException.class);

      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      assertThat(users.update(ada, ada)).isEqualTo(ada);
      assertThat(users.get(ada.id()).version()).isEqualTo(1);
      User renamed = users.update(ada, ada.withFirstName("Augusta"));
      assertThat(renamed.version()).isEqualTo(2);
      assertThat(renamed.firstName()).isEqualTo("Augusta");
    }
  }

  @Test
  default void plainClassesWorkLikeRecords() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, Person.class)) {
      Repository<Person, UUID> people = db.repository(Person.class);
      Person stored = people.create(new Person("Grace", 37));
      assertThat(stored.id()).isNotNull();
      assertThat(stored.updatedAt()).isEqualTo(clock.instant());
      Person read = people.get(stored.id());
      assertThat(read.name()).isEqualTo("Grace");
      assertThat(read.age()).isEqualTo(37);
      read.rename("Grace Hopper");
      Person updated = people.update(read);
      assertThat(updated.name()).isEqualTo("Grace Hopper");
      assertThat(people.patch(read.id(), c -> c.set("age", null)).age()).isNull();
      assertThat(people.get(read.id()).name()).isEqualTo("Grace Hopper");
      assertThat(people.delete(read.id())).isTrue();
      assertThat(people.find(read.id())).isEmpty();
    }
  }

  @Test
  default void aRowThatIsReferredToCannotBePurged() {
    try (Database db = open(User.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      Activity login = activities.create(Activity.of(ada.id(), "login"));
      ConstraintException e =
          catchThrowableOfType(ConstraintException.class, () -> users.purge(ada.id()));
      assertThat(e.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY);
      assertThat(users.get(ada.id())).isEqualTo(ada);
      assertThat(activities.delete(login.id())).isTrue();
      assertThat(users.purge(ada.id())).isTrue();
    }
  }

  @Test
  default void rowsAreThereAgainAfterReopening() {
    if (!keeps()) {
      return; // nothing to reopen
    }
    User ada;
    try (Database db = open(User.class)) {
      ada = db.<User, UUID>repository(User.class).create(User.of("ada@example.org", "Ada"));
    }
    try (Database db = open(folder())) {
      assertThat(db.<User, UUID>repository(User.class).get(ada.id())).isEqualTo(ada);
    }
  }
}
