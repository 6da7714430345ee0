package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Property;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Changes;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Changes that come from outside as JSON: nobody sets what he was not allowed to.
public interface ChangesFromJsonContract extends ContractBase {

  private static User ada(Database db) {
    return db.repository(User.class)
        .create(
            User.of("ada@example.org", "Ada")
                .withMetadata(Map.of("a", 1, "b", 2))
                .withPasswordHash("hash"));
  }

  @Test
  default void whatJsonDoesNotNameStaysAndNullClears() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = ada(db);
      Changes<User> changes =
          Changes.fromJson(
              "{\"passwordHash\": null, \"metadata\": {\"c\": {\"d\": [null]}}}",
              User::passwordHash,
              User::metadata,
              User::firstName);
      User changed = users.patch(ada.id(), c -> changes);
      assertThat(changed.passwordHash()).isNull();
      assertThat(changed.firstName()).isEqualTo("Ada");
      assertThat(changed.metadata()).containsOnlyKeys("c"); // replaced, not merged
      assertThat(users.patch(ada.id(), c -> Changes.fromJson("{}", User::role))).isEqualTo(changed);
    }
  }

  @Test
  default void jsonNamesOnlyWhatIsAllowed() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = ada(db);
      for (String name :
          List.of(
              "role",
              "Role",
              "first_name",
              "FIRSTNAME",
              "firstName ",
              "metadata.a",
              "id",
              "version",
              "createdAt",
              "updatedAt",
              "deletedAt",
              "deletion_id",
              "",
              "__proto__")) {
        assertThatThrownBy(
                () -> Changes.<User>fromJson("{\"" + name + "\": \"x\"}", User::firstName))
            .as(name)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("[firstName]");
      }
      String huge = "n".repeat(40_000);
      assertThatThrownBy(() -> Changes.<User>fromJson("{\"" + huge + "\": 1}", User::firstName))
          .isInstanceOf(ValidationException.class)
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
      assertThat(users.get(ada.id())).isEqualTo(ada);
    }
  }

  @Test
  default void whatTheLayerKeepsIsRefusedEvenIfItIsAllowed() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = ada(db);
      Map<String, Property<User, ?>> kept =
          Map.of(
              "\"id\": \"" + UUID.randomUUID() + "\"",
              User::id,
              "\"version\": 9",
              User::version,
              "\"createdAt\": \"2001-01-01T00:00:00Z\"",
              User::createdAt,
              "\"updatedAt\": \"2001-01-01T00:00:00Z\"",
              User::updatedAt,
              "\"deletedAt\": \"2001-01-01T00:00:00Z\"",
              User::deletedAt);
      kept.forEach((pair, property) -> {
        Changes<User> changes = Changes.fromJson("{" + pair + "}", property);
        assertThatThrownBy(() -> users.patch(ada.id(), c -> changes))
            .as(pair)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("kept by the layer");
        assertThatThrownBy(() -> users.query().update(c -> changes))
            .as(pair)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("kept by the layer");
      });
      assertThat(users.query().list()).containsExactly(ada);
    }
  }

  @Test
  default void jsonOfAnotherTypeNamesTheFieldAndNoValue() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = ada(db);
      Map<String, Property<User, ?>> wrong =
          Map.of(
              "\"role\": \"NOBODY\"", User::role,
              "\"commandCount\": \"hush\"", User::commandCount,
              "\"commandCount\": {\"hush\": 1}", User::commandCount,
              "\"commandCount\": null", User::commandCount,
              "\"commandCount\": 1.5", User::commandCount,
              "\"commandCount\": 99999999999999999999", User::commandCount,
              "\"commandCount\": 1e999999999", User::commandCount,
              "\"passwordHash\": [\"hush\"]", User::passwordHash,
              "\"passwordHash\": {\"hush\": 1}", User::passwordHash,
              "\"metadata\": \"hush\"", User::metadata);
      wrong.forEach((pair, property) -> {
        Changes<User> changes = Changes.fromJson("{" + pair + "}", property);
        assertThat(changes.toString()).as(pair).doesNotContain("hush");
        String name = pair.substring(1, pair.indexOf('"', 1));
        String column = name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
        assertThatThrownBy(() -> users.patch(ada.id(), c -> changes))
            .as(pair)
            .isInstanceOf(DatabaseException.class)
            .message()
            .containsPattern(name + "|" + column)
            .doesNotContain("hush");
      });
      assertThat(users.get(ada.id())).isEqualTo(ada);
    }
  }

  @Test
  default void jsonThatIsNoPlainObjectIsRefusedWithoutItsText() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    for (String json :
        List.of(
            "{\"firstName\": \"hush\", \"firstName\": \"hush\"}",
            "{\"metadata\": {\"hush\": 1, \"hush\": 2}}",
            "{\"metadata\": " + deep + "}",
            "{\"commandCount\": " + "9".repeat(5_000) + "}",
            "{\"firstName\": hush}",
            "{\"firstName\": \"hush\"} {}",
            "\"hush\"",
            "{\"firstName\": \"hush\"")) {
      assertThatThrownBy(() ->
              Changes.<User>fromJson(json, User::firstName, User::metadata, User::commandCount))
          .isInstanceOf(ValidationException.class)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush").hasSizeLessThan(500));
    }
  }

  @Test
  default void aNewRowMayComeFromJson() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Changes<User> changes =
          Changes.fromJson(
              "{\"email\": \"eve@example.org\", \"firstName\": \"Eve\", \"role\": \"MEMBER\"}",
              User::email,
              User::firstName,
              User::role);
      User eve = users.create(c -> changes);
      assertThat(eve.role()).isEqualTo(Role.MEMBER);
      assertThat(users.save(c -> changes, User::email).id()).isEqualTo(eve.id());
    }
  }
}
