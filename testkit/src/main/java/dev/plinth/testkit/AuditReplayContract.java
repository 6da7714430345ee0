package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The log is complete: one entry a changed row, and replaying it gives the table.
public interface AuditReplayContract extends ContractBase {

  /// What stands for any secret while two rows are compared.
  String SECRET = "a secret";

  @Test
  default void replayingTheLogGivesTheTable() {
    long[] seeds = {20_260_102L, 7L, Long.getLong("plinth.seed", 42L)};
    for (long seed : seeds) {
      try (Database db = open(folder().resolve("seed" + seed))) {
        db.schema().create(User.class);
        RandomWrites writes = new RandomWrites(db, seed);
        try {
          for (int i = 0; i < 400; i++) {
            writes.step();
          }
          verify(db, writes);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("With -Dplinth.seed=" + seed + ": " + e, e);
        }
      }
    }
  }

  @Test
  default void theReplayNoticesAMissingAndAForgedEntry() {
    // The control of the test above: a log with a hole, or with a wrong value, does not pass.
    List<ToLongFunction<Database>> damages =
        List.of(
            db ->
                db.sql("delete from plinth_audit where id = (select max(id) from plinth_audit)")
                    .execute(),
            db ->
                db.sql("delete from plinth_audit where id = (select min(id) from plinth_audit)")
                    .execute(),
            AuditReplayContract::forge);
    for (int i = 0; i < damages.size(); i++) {
      try (Database db = open(folder().resolve("damage" + i))) {
        db.schema().create(User.class);
        RandomWrites writes = new RandomWrites(db, 11);
        for (int step = 0; step < 60; step++) {
          writes.step();
        }
        verify(db, writes);
        assertThat(damages.get(i).applyAsLong(db)).isPositive();
        assertThatThrownBy(() -> verify(db, writes)).isInstanceOf(AssertionError.class);
      }
    }
  }

  // by a bound value, since what text becomes a JSON column's value differs among engines
  private static long forge(Database db) {
    long forged = 0;
    for (AuditEntry entry : db.audit().query().limit(1_000_000).list()) {
      Map<String, @Nullable Object> values = entry.newValues();
      if (values != null
          && values.get("first_name") instanceof String name
          && name.startsWith("Name 1")) {
        Map<String, @Nullable Object> other = new LinkedHashMap<>(values);
        other.put("first_name", name.replace("Name 1", "Name 2"));
        forged +=
            db.sql("update plinth_audit set new_values = :values where id = :id")
                .bind("values", other)
                .bind("id", entry.id())
                .execute();
      }
    }
    return forged;
  }

  private static void verify(Database db, RandomWrites writes) {
    assertThat(writes.failed()).as("operations that failed, so that failing is tried").isPositive();
    assertThat(writes.undone()).as("parts that were undone, so that undoing is tried").isPositive();
    assertThat(db.audit().count()).as("one entry a changed row").isEqualTo(writes.changed());

    Map<UUID, User> replayed = new LinkedHashMap<>();
    try (Stream<AuditEntry> log =
        db.audit().query().orderBy(Order.ascending(AuditEntry::id)).limit(1_000_000).stream()) {
      log.forEach(entry -> replay(entry, replayed));
    }
    Map<UUID, User> table =
        db.repository(User.class).query().includeDeleted().list().stream()
            .collect(Collectors.toMap(User::id, AuditReplayContract::masked));
    assertThat(table).isNotEmpty();
    assertThat(replayed).isEqualTo(table);
  }

  private static void replay(AuditEntry entry, Map<UUID, User> state) {
    UUID id = UUID.fromString(entry.resourceId());
    User before = user(entry.oldValues());
    User after = user(entry.newValues());
    assertThat(state.get(id)).as("the row before %s", entry).isEqualTo(before);
    switch (entry.action()) {
      case CREATE -> {
        assertThat(before).isNull();
        assertThat(after).isNotNull();
      }
      case UPDATE -> {
        assertThat(before).isNotNull();
        assertThat(after).isNotNull();
      }
      case SOFT_DELETE -> {
        assertThat(Objects.requireNonNull(before).deletedAt()).isNull();
        assertThat(Objects.requireNonNull(after).deletedAt()).isNotNull();
      }
      case RESTORE -> {
        assertThat(Objects.requireNonNull(before).deletedAt()).isNotNull();
        assertThat(Objects.requireNonNull(after).deletedAt()).isNull();
      }
      case DELETE -> {
        assertThat(before).isNotNull();
        assertThat(after).isNull();
      }
    }
    if (after == null) {
      state.remove(id);
    } else {
      state.put(id, after);
    }
  }

  private static User masked(User user) {
    return user.withPasswordHash(user.passwordHash() == null ? null : SECRET);
  }

  // read by hand, so that a mistake of the mapper does not hide one of the log
  @SuppressWarnings("unchecked")
  private static @Nullable User user(@Nullable Map<String, @Nullable Object> values) {
    if (values == null) {
      return null;
    }
    assertThat(values.keySet())
        .containsExactlyInAnyOrder(
            "id",
            "email",
            "first_name",
            "role",
            "metadata",
            "password_hash",
            "command_count",
            "version",
            "created_at",
            "updated_at",
            "deleted_at");
    Object deletedAt = values.get("deleted_at");
    return new User(
        UUID.fromString((String) values.get("id")),
        (String) values.get("email"),
        (String) values.get("first_name"),
        Role.valueOf((String) values.get("role")),
        (Map<String, Object>) values.get("metadata"),
        values.get("password_hash") == null ? null : SECRET,
        ((Number) values.get("command_count")).longValue(),
        ((Number) values.get("version")).longValue(),
        Instant.parse((String) values.get("created_at")),
        Instant.parse((String) values.get("updated_at")),
        deletedAt == null ? null : Instant.parse((String) deletedAt));
  }
}
