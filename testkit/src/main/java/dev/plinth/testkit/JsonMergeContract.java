package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Version;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Objects that are merged into JSON columns, by the database.
public interface JsonMergeContract extends ContractBase {

  /// A row with a document.
  record Profile(@Id UUID id, String name, @Json @Nullable Object data, @Version long version) {}

  private static Map<String, @Nullable Object> map(Object... pairs) {
    Map<String, @Nullable Object> map = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static Profile with(Database db, @Nullable Object data) {
    return db.repository(Profile.class).create(new Profile(null, "p", data, 0));
  }

  private static @Nullable Object merged(Database db, @Nullable Object stored, Object change) {
    Repository<Profile, UUID> profiles = db.repository(Profile.class);
    Profile one = with(db, stored);
    Profile after = profiles.patch(one.id(), c -> c.merge(Profile::data, change));
    assertThat(after.version()).isEqualTo(2);
    assertThat(profiles.get(one.id())).isEqualTo(after);
    return after.data();
  }

  private static @Nullable Object patched(Database db, @Nullable Object stored, Object patch) {
    Repository<Profile, UUID> profiles = db.repository(Profile.class);
    Profile one = with(db, stored);
    Profile after = profiles.patch(one.id(), c -> c.mergePatch(Profile::data, patch));
    assertThat(profiles.get(one.id())).isEqualTo(after);
    return after.data();
  }

  @Test
  default void mergingReplacesKeysAtTheTop() {
    try (Database db = open(Profile.class)) {
      assertThat(merged(db, map("a", 1, "b", 2), map("b", 3, "c", 4)))
          .isEqualTo(map("a", 1, "b", 3, "c", 4));
      assertThat(merged(db, map("o", map("x", 1, "y", 2)), map("o", map("y", 3))))
          .as("what is inside is replaced")
          .isEqualTo(map("o", map("y", 3)));
      assertThat(merged(db, map("a", 1), map("a", null))).isEqualTo(map("a", null));
      assertThat(merged(db, null, map("a", 1))).isEqualTo(map("a", 1));
      assertThat(merged(db, map(), map())).isEqualTo(map());
    }
  }

  @Test
  default void whatIsNoObjectIsNotMerged() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      Profile list = with(db, List.of("a"));
      assertThatThrownBy(() -> profiles.patch(list.id(), c -> c.merge(Profile::data, map("a", 1))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("the stored JSON is no object");
      assertThat(profiles.get(list.id())).isEqualTo(list);
      for (Object wrong : List.of(List.of("a"), "text", 1)) {
        assertThatThrownBy(() -> profiles.patch(list.id(), c -> c.merge(Profile::data, wrong)))
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("only an object can be merged");
        assertThatThrownBy(() -> profiles.patch(list.id(), c -> c.mergePatch(Profile::data, wrong)))
            .isInstanceOf(ValidationException.class);
      }
      assertThatThrownBy(() -> profiles.patch(list.id(), c -> c.merge(Profile::name, map("a", 1))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'name' holds String, not JSON");
      assertThatThrownBy(() ->
              profiles.patch(
                  list.id(), c -> c.merge(Profile::data, map("a", 1)).set(Profile::data, map())))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("twice");
      assertThatThrownBy(
              () -> profiles.patch(UUID.randomUUID(), c -> c.merge(Profile::data, map("a", 1))))
          .isInstanceOf(NotFoundException.class);
    }
  }

  /// The examples of RFC 7396, appendix A, whose patches are objects.
  @Test
  default void aMergePatchIsThatOfTheRfc() {
    try (Database db = open(Profile.class)) {
      assertThat(patched(db, map("a", "b"), map("a", "c"))).isEqualTo(map("a", "c"));
      assertThat(patched(db, map("a", "b"), map("b", "c"))).isEqualTo(map("a", "b", "b", "c"));
      assertThat(patched(db, map("a", "b"), map("a", null))).isEqualTo(map());
      assertThat(patched(db, map("a", "b", "b", "c"), map("a", null))).isEqualTo(map("b", "c"));
      assertThat(patched(db, map("a", List.of("b")), map("a", "c"))).isEqualTo(map("a", "c"));
      assertThat(patched(db, map("a", "c"), map("a", List.of("b"))))
          .isEqualTo(map("a", List.of("b")));
      assertThat(patched(db, map("a", map("b", "c")), map("a", map("b", "d", "c", null))))
          .isEqualTo(map("a", map("b", "d")));
      assertThat(patched(db, map("a", List.of(map("b", "c"))), map("a", List.of(1))))
          .isEqualTo(map("a", List.of(1)));
      assertThat(patched(db, map("e", null), map("a", 1))).isEqualTo(map("e", null, "a", 1));
      assertThat(patched(db, List.of(1, 2), map("a", "b", "c", null))).isEqualTo(map("a", "b"));
      assertThat(patched(db, map(), map("a", map("bb", map("ccc", null)))))
          .isEqualTo(map("a", map("bb", map())));
      assertThat(patched(db, null, map("a", map("b", 1, "c", null))))
          .isEqualTo(map("a", map("b", 1)));
      assertThat(patched(db, map("a", 1), map("l", Arrays.asList(1, null))))
          .as("null in a list is a value")
          .isEqualTo(map("a", 1, "l", Arrays.asList(1, null)));
    }
  }

  @Test
  default void mergesGoWithOtherChangesAndEveryWayOfWriting() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      Profile one = with(db, map("a", 1));
      Profile two = with(db, map("b", 2));
      profiles.patch(one.id(), c -> c.set(Profile::name, "new").merge(Profile::data, map("c", 3)));
      assertThat(profiles.get(one.id()).name()).isEqualTo("new");
      assertThat(profiles.query().update(c -> c.merge(Profile::data, map("z", 9)))).isEqualTo(2);
      assertThat(profiles.get(one.id()).data()).isEqualTo(map("a", 1, "c", 3, "z", 9));
      assertThat(profiles.get(two.id()).data()).isEqualTo(map("b", 2, "z", 9));
      assertThat(profiles.query().update(c -> c.mergePatch(Profile::data, map("z", null))))
          .isEqualTo(2);
      assertThat(profiles.get(two.id()).data()).isEqualTo(map("b", 2));
      Profile made =
          profiles.create(
              c -> c.set("name", "made").mergePatch("data", map("a", map("b", null, "c", 1))));
      assertThat(made.data()).isEqualTo(map("a", map("c", 1)));
    }
  }

  @Test
  default void theLogHasWhatCameOfAMerge() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      Profile one = with(db, map("a", 1));
      profiles.patch(one.id(), c -> c.merge(Profile::data, map("b", 2)));
      var entry = db.audit().of(Profile.class, one.id()).list().getFirst();
      assertThat(entry.oldValues()).containsEntry("data", map("a", 1));
      assertThat(entry.newValues()).containsEntry("data", map("a", 1, "b", 2));
    }
  }

  @Test
  default void concurrentMergesOfDifferentKeysAllStay() throws Exception {
    try (Database db = open(Profile.class)) {
      Profile one = with(db, map());
      Together.run(
          8,
          thread -> {
            for (int i = 0; i < 10; i++) {
              Map<String, @Nullable Object> key = map("k" + thread + "_" + i, i);
              db.repository(Profile.class).patch(one.id(), c -> c.merge(Profile::data, key));
            }
          });
      assertThat((Map<?, ?>) db.repository(Profile.class).get(one.id()).data()).hasSize(80);
    }
  }
}
