package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Version;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Changes;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What `patch` and `increment` change, and what they leave.
public interface PatchContract extends ContractBase {

  @Test
  default void patchChangesWhatIsSetAndNothingElse() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(
              User.of("ada@example.org", "Ada")
                  .withPasswordHash("hash")
                  .withMetadata(Map.of("theme", "dark")));
      Instant later = clock.advance(3, ChronoUnit.SECONDS);
      User now = users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN));
      assertThat(now.role()).isEqualTo(Role.ADMIN);
      assertThat(now.passwordHash()).isEqualTo("hash");
      assertThat(now.metadata()).isEqualTo(Map.of("theme", "dark"));
      assertThat(now.version()).isEqualTo(2);
      assertThat(now.createdAt()).isEqualTo(ada.createdAt());
      assertThat(now.updatedAt()).isEqualTo(later);
      assertThat(users.get(ada.id())).isEqualTo(now);
    }
  }

  @Test
  default void nullClearsAndUnsetStays() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("red", "#f00", 3));
      assertThat(labels.patch("red", c -> c.set(Label::color, null)))
          .isEqualTo(new Label("red", null, 3));
      assertThat(labels.patch("red", c -> c.set("color", "#e00").set("weight", 4)))
          .isEqualTo(new Label("red", "#e00", 4));
      assertThat(labels.get("red")).isEqualTo(new Label("red", "#e00", 4));
    }
  }

  @Test
  default void patchLooksAtNoVersion() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN));
      assertThat(users.patch(ada.id(), c -> c.set(User::firstName, "Augusta")).version())
          .isEqualTo(3);
    }
  }

  @Test
  default void anEmptyPatchWritesNothing() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      assertThat(users.patch(ada.id(), c -> c)).isEqualTo(ada);
      assertThat(users.get(ada.id())).isEqualTo(ada);
      assertThat(db.audit().of(User.class).count()).isEqualTo(1);
    }
  }

  @Test
  default void whatTheLayerKeepsCannotBePatched() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Map<String, Object> kept =
          Map.of(
              "id",
              UUID.randomUUID(),
              "version",
              9L,
              "createdAt",
              Instant.EPOCH,
              "updated_at",
              Instant.EPOCH,
              "deletedAt",
              Instant.EPOCH,
              "deletion_id",
              UUID.randomUUID());
      kept.forEach((name, value) -> {
        assertThatThrownBy(
                () -> users.patch(ada.id(), c -> c.set(name, value)), "patch of %s", name)
            .isInstanceOf(ValidationException.class);
        assertThatThrownBy(
                () -> users.query().update(c -> c.set(name, value)), "set-based update of %s", name)
            .isInstanceOf(ValidationException.class);
      });
      assertThat(users.get(ada.id())).isEqualTo(ada);
    }
  }

  @Test
  default void anUnknownNameIsRefusedAndTheNearestOffered() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      assertThatThrownBy(() -> users.patch(ada.id(), c -> c.set("frstName", "Eve")))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("firstName");
      assertThatThrownBy(() -> users.create(c -> c.set("emial", "eve@example.org")))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("email");
      assertThat(users.query().list()).containsExactly(ada);
    }
  }

  @Test
  default void valuesThatTheColumnCannotHoldAreRefused() {
    try (Database db = open(User.class, Label.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Repository<Label, String> labels = db.repository(Label.class);
      Label red = labels.create(new Label("red", null, 1));
      assertThatThrownBy(() -> labels.patch("red", c -> c.set("weight", null)))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> labels.patch("red", c -> c.set("weight", "heavy")))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.patch(ada.id(), c -> c.set("role", "EMPEROR")))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.patch(ada.id(), c -> c.set(User::firstName, null)))
          .isInstanceOf(ConstraintException.class);
      assertThatThrownBy(() -> users.patch(ada.id(), c -> c.add("firstName", 1)))
          .isInstanceOf(ValidationException.class);
      assertThat(users.get(ada.id())).isEqualTo(ada);
      assertThat(labels.get("red")).isEqualTo(red);
    }
  }

  @Test
  default void incrementAddsInTheDatabase() {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      assertThat(users.increment(ada.id(), User::commandCount, 1).commandCount()).isEqualTo(1);
      assertThat(users.increment(ada.id(), User::commandCount, 41).commandCount()).isEqualTo(42);
      assertThat(users.increment(ada.id(), User::commandCount, -2).commandCount()).isEqualTo(40);
      assertThat(users.get(ada.id()).version()).isEqualTo(4);
      assertThat(users.patch(ada.id(), c -> c.set(User::commandCount, 7L)).commandCount())
          .isEqualTo(7);

      Repository<Account, Long> accounts = db.repository(Account.class);
      Account rich = accounts.create(Account.of("ada", 10));
      assertThatThrownBy(() -> accounts.increment(rich.id(), Account::balance, -11))
          .isInstanceOf(ConstraintException.class);
      assertThat(accounts.get(rich.id())).isEqualTo(rich);
    }
  }

  /// A row with much that a caller must not set.
  record Person(
      @Id UUID id,
      String name,
      @Nullable BigDecimal wage,
      @Nullable Instant born,
      Role role,
      Map<String, Object> settings,
      @Version long version) {}

  @Test
  default void jsonFromOutsideSetsWhatIsAllowedAndNothingElse() {
    try (Database db = open(Person.class)) {
      Repository<Person, UUID> persons = db.repository(Person.class);
      Person one =
          persons.create(
              new Person(null, "Ada", new BigDecimal("1.5"), null, Role.MEMBER, Map.of(), 0));
      Changes<Person> changes =
          Changes.fromJson(
              """
              {"name": "Augusta", "wage": 12345678901234567890.123456789, "born": "1815-12-10T00:00:00Z",
               "settings": {"a": [1, null]}}\
              """,
              Person::name,
              Person::wage,
              Person::born,
              Person::settings);
      Person after = persons.patch(one.id(), c -> changes);
      assertThat(after.name()).isEqualTo("Augusta");
      assertThat(after.wage()).isEqualTo(new BigDecimal("12345678901234567890.123456789"));
      assertThat(after.born()).isEqualTo(Instant.parse("1815-12-10T00:00:00Z"));
      assertThat(after.settings()).containsEntry("a", Arrays.asList(1, null));
      assertThat(after.role()).isEqualTo(Role.MEMBER);
      persons.patch(one.id(), c -> Changes.fromJson("{\"born\": null}", Person::born));
      assertThat(persons.get(one.id()).born()).isNull();
      assertThatThrownBy(
              () -> Changes.fromJson("{\"name\": \"x\", \"role\": \"ADMIN\"}", Person::name))
          .isInstanceOf(ValidationException.class)
          .hasMessage("'role' cannot be changed here; what can is [name].");
      for (String wrong :
          List.of("", "[]", "null", "{\"name\"", "{} {}", "{\"name\":1,\"name\":2}")) {
        assertThatThrownBy(() -> Changes.fromJson(wrong, Person::name))
            .as(wrong)
            .isInstanceOf(ValidationException.class);
      }
      Changes<Person> kept = Changes.fromJson("{\"version\": 7}", Person::version);
      assertThatThrownBy(() -> persons.patch(one.id(), c -> kept))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("kept by the layer");
      Changes<Person> secret = Changes.fromJson("{\"born\": \"hush\"}", Person::born);
      assertThatThrownBy(() -> persons.patch(one.id(), c -> secret))
          .isInstanceOf(ValidationException.class)
          .hasMessageNotContaining("hush");
    }
  }
}
