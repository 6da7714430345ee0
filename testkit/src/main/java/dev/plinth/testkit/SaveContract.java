package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.NotFoundException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// What `save` does: a true upsert, which replaces no row.
public interface SaveContract extends ContractBase {

  @Test
  default void saveStoresWhatIsNotThere() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class, Account.class, Label.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      UUID id = UUID.randomUUID();
      User ada = users.save(User.of("ada@example.org", "Ada").withId(id));
      assertThat(ada.id()).isEqualTo(id);
      assertThat(ada.version()).isEqualTo(1);
      assertThat(ada.createdAt()).isEqualTo(clock.instant()).isEqualTo(ada.updatedAt());
      assertThat(users.get(id)).isEqualTo(ada);
      assertThat(users.save(User.of("bob@example.org", "Bob")).id()).isNotNull();
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account numbered = accounts.save(Account.of("ada", 1));
      assertThat(numbered.id()).isPositive();
      assertThat(accounts.save(new Account(77, "bob", 1, 0)).id()).isEqualTo(77);
      assertThat(accounts.count()).isEqualTo(2);
      Repository<Label, String> labels = db.repository(Label.class);
      assertThat(labels.save(new Label("red", null, 1))).isEqualTo(new Label("red", null, 1));
    }
  }

  @Test
  default void saveKeepsCreationAndCountersAndCountsTheVersion() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada").withPasswordHash("hash"));
      users.increment(ada.id(), User::commandCount, 12);
      Instant later = clock.advance(1, ChronoUnit.DAYS);
      User saved =
          users.save(
              User.of("augusta@example.org", "Augusta")
                  .withId(ada.id())
                  .withMetadata(Map.of("a", true)));
      assertThat(saved.email()).isEqualTo("augusta@example.org");
      assertThat(saved.firstName()).isEqualTo("Augusta");
      assertThat(saved.metadata()).isEqualTo(Map.of("a", true));
      assertThat(saved.passwordHash()).isNull();
      assertThat(saved.commandCount()).isEqualTo(12);
      assertThat(saved.createdAt()).isEqualTo(ada.createdAt());
      assertThat(saved.updatedAt()).isEqualTo(later);
      assertThat(saved.version()).isEqualTo(3);
      assertThat(users.get(ada.id())).isEqualTo(saved);
      assertThat(users.query().includeDeleted().count()).isEqualTo(1);
    }
  }

  @Test
  default void saveKeepsTheRowsThatReferToIt() {
    try (Database db = open(User.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Activity login = activities.create(Activity.of(ada.id(), "login"));
      users.save(ada.withFirstName("Augusta"));
      users.save(User.of("ada@example.org", "Countess"), User::email);
      assertThat(activities.query().list()).containsExactly(login);
      assertThat(users.get(ada.id()).firstName()).isEqualTo("Countess");
    }
  }

  @Test
  default void saveFindsTheRowByUniqueProperties() {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.save(User.of("ada@example.org", "Ada"), User::email);
      User again = users.save(User.of("ada@example.org", "Augusta"), User::email);
      assertThat(again.id()).isEqualTo(ada.id());
      assertThat(again.firstName()).isEqualTo("Augusta");
      assertThat(again.version()).isEqualTo(2);
      assertThat(users.save(User.of("bob@example.org", "Bob"), User::email).id())
          .isNotEqualTo(ada.id());
      assertThat(users.count()).isEqualTo(2);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account first = accounts.save(Account.of("ada", 1), Account::owner);
      Account second = accounts.save(Account.of("ada", 9), Account::owner);
      assertThat(second.id()).isEqualTo(first.id());
      assertThat(second.balance()).isEqualTo(9);
      assertThat(accounts.count()).isEqualTo(1);
    }
  }

  @Test
  default void saveOfChangesWritesNothingElse() {
    try (Database db = open(User.class, Label.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(
              User.of("ada@example.org", "Ada")
                  .withPasswordHash("hash")
                  .withMetadata(Map.of("k", "v")));
      User saved =
          users.save(c ->
              c.set(User::id, ada.id())
                  .set(User::email, "ada@example.org")
                  .set(User::firstName, "Augusta"));
      assertThat(saved.firstName()).isEqualTo("Augusta");
      assertThat(saved.passwordHash()).isEqualTo("hash");
      assertThat(saved.metadata()).isEqualTo(Map.of("k", "v"));
      User byEmail =
          users.save(
              c ->
                  c.set(User::email, "ada@example.org")
                      .set(User::firstName, "Countess")
                      .set(User::role, Role.ADMIN),
              User::email);
      assertThat(byEmail.id()).isEqualTo(ada.id());
      assertThat(byEmail.role()).isEqualTo(Role.ADMIN);
      assertThat(byEmail.passwordHash()).isEqualTo("hash");
      assertThat(users.count()).isEqualTo(1);

      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("red", "#f00", 1));
      assertThat(labels.save(c -> c.set(Label::name, "red").set(Label::color, null)))
          .isEqualTo(new Label("red", null, 1));
      assertThat(labels.save(c -> c.set(Label::name, "red").add(Label::weight, 4)))
          .isEqualTo(new Label("red", null, 5));
      assertThat(labels.save(c -> c.set(Label::name, "new").set(Label::weight, 4)))
          .isEqualTo(new Label("new", null, 4));
    }
  }

  @Test
  default void saveOfAFewChangesNeedsNoWholeRow() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account ada = accounts.create(Account.of("ada", 5));
      Account saved = accounts.save(c -> c.set(Account::id, ada.id()).set(Account::balance, 7L));
      assertThat(saved.owner()).isEqualTo("ada");
      assertThat(saved.balance()).isEqualTo(7);
      assertThat(accounts.count()).isEqualTo(1);
    }
  }

  @Test
  default void saveOfAnAdditionStartsWhereNothingIs() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      assertThat(labels.save(c -> c.set(Label::name, "red").add(Label::weight, 4)))
          .isEqualTo(new Label("red", null, 4));
      assertThat(labels.save(c -> c.set(Label::name, "red").add(Label::weight, 4)))
          .isEqualTo(new Label("red", null, 8));
    }
  }

  @Test
  default void saveOfADeletedRowIsRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      users.delete(ada.id());
      User deleted = users.query().includeDeleted().one();
      assertThatThrownBy(() -> users.save(ada.withFirstName("Eve")))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() ->
              users.save(c ->
                  c.set(User::id, ada.id())
                      .set(User::email, "ada@example.org")
                      .set(User::firstName, "Eve")))
          .isInstanceOf(NotFoundException.class);
      assertThat(users.query().includeDeleted().list()).containsExactly(deleted);
      assertThat(db.audit().count()).isEqualTo(2);
    }
  }

  @Test
  default void saveByAUniquePropertySeesLiveRowsOnly() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User old = users.create(User.of("ada@example.org", "Ada"));
      users.delete(old.id());
      User fresh = users.save(User.of("ada@example.org", "Augusta"), User::email);
      assertThat(fresh.id()).isNotEqualTo(old.id());
      assertThat(users.query().list()).containsExactly(fresh);
      assertThat(users.query().includeDeleted().count()).isEqualTo(2);
    }
  }

  @Test
  default void saveThatMeetsAnotherRowIsAConflict() {
    try (Database db = open(User.class, Note.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      User bob = users.create(User.of("bob@example.org", "Bob"));
      assertThatThrownBy(() -> users.save(ada.withEmail("bob@example.org")))
          .isInstanceOf(ConstraintException.class);
      assertThatThrownBy(() -> users.save(User.of("bob@example.org", "Eve")))
          .isInstanceOf(ConstraintException.class);
      assertThat(users.findAll(List.of(ada.id(), bob.id()))).containsExactly(ada, bob);
      assertThat(users.count()).isEqualTo(2);
      assertThatThrownBy(
              () -> users.save(ada.withFirstName("Eve"), User::firstName),
              "a property that is not unique says which row is meant by luck alone")
          .isInstanceOf(DatabaseException.class);
      assertThat(users.get(ada.id())).isEqualTo(ada);
    }
  }

  @Test
  default void saveLeavesTheNumberingAlone() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note first = notes.save(Note.of("a"));
      for (int i = 0; i < 5; i++) {
        assertThat(notes.save(new Note(first.id(), "a" + i)))
            .isEqualTo(new Note(first.id(), "a" + i));
      }
      assertThat(notes.save(Note.of("b")).id()).isGreaterThan(first.id());
      assertThat(notes.count()).isEqualTo(2);
    }
  }

  @Test
  default void rowsSavedAtTheSameMomentAreOneRow() throws InterruptedException {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      atTheSameMoment((round, thread) ->
          users.save(User.of("user" + round + "@example.org", "User " + thread), User::email));
      assertThat(users.query().list()).hasSize(10).allMatch(user -> user.version() == 8);
      assertThat(db.audit().action(Action.CREATE).count()).isEqualTo(10);
      assertThat(db.audit().action(Action.UPDATE).count()).isEqualTo(70);
    }
  }

  @Test
  default void valuesSavedAtTheSameMomentAreOneRow() throws InterruptedException {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      atTheSameMoment((round, thread) ->
          labels.save(c -> c.set(Label::name, "label " + round).add(Label::weight, 1)));
      assertThat(labels.query().list()).hasSize(10).allMatch(label -> label.weight() == 8);
      assertThat(db.audit().action(Action.CREATE).count()).isEqualTo(10);
      assertThat(db.audit().action(Action.UPDATE).count()).isEqualTo(70);
    }
  }

  // In each round all begin together, since only at its first save is a row there for nobody.
  private static void atTheSameMoment(BiConsumer<Integer, Integer> save)
      throws InterruptedException {
    CyclicBarrier allAreHere = new CyclicBarrier(8);
    Together.run(
        8,
        thread -> {
          for (int round = 0; round < 10; round++) {
            allAreHere.await(10, TimeUnit.SECONDS);
            save.accept(round, thread);
          }
        });
  }
}
