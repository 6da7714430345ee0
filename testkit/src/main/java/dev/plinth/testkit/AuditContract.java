package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every write leaves in the audit log.
public interface AuditContract extends ContractBase {

  /// The entries that some work leaves, oldest first.
  private static List<AuditEntry> entries(Database db, Runnable work) {
    long before = db.audit().count();
    work.run();
    List<AuditEntry> all =
        db.audit().query().orderBy(Order.ascending(AuditEntry::id)).limit(10_000).list();
    return all.subList((int) before, all.size());
  }

  private static AuditEntry only(Database db, Runnable work) {
    List<AuditEntry> entries = entries(db, work);
    assertThat(entries).hasSize(1);
    return entries.getFirst();
  }

  @Test
  default void aCreationIsLoggedWithItsNewValues() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(User.of("ada@example.org", "Ada").withMetadata(Map.of("theme", "dark")));
      AuditEntry entry = db.audit().query().one();
      assertThat(entry.action()).isEqualTo(Action.CREATE);
      assertThat(entry.resourceType()).isEqualTo("users");
      assertThat(entry.resourceId()).isEqualTo(ada.id().toString());
      assertThat(entry.at()).isEqualTo(clock.instant());
      assertThat(entry.actor()).isEqualTo("system");
      assertThat(entry.bulkId()).isNull();
      assertThat(entry.oldValues()).isNull();
      assertThat(entry.newValues())
          .contains(
              entry("id", ada.id().toString()),
              entry("email", "ada@example.org"),
              entry("first_name", "Ada"),
              entry("role", "MEMBER"),
              entry("metadata", Map.of("theme", "dark")),
              entry("password_hash", null),
              entry("deleted_at", null));
      assertThat(((Number) entry.newValues().get("version")).longValue()).isEqualTo(1);
    }
  }

  @Test
  default void aChangeIsLoggedWithOldAndNewValues() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      clock.advance(1, ChronoUnit.SECONDS);
      AuditEntry patched =
          only(db, () -> users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN)));
      assertThat(patched.action()).isEqualTo(Action.UPDATE);
      assertThat(patched.oldValues())
          .contains(entry("role", "MEMBER"), entry("email", ada.email()));
      assertThat(patched.newValues()).contains(entry("role", "ADMIN"), entry("email", ada.email()));
      assertThat(patched.differences().keySet())
          .containsExactlyInAnyOrder("role", "version", "updated_at");
      assertThat(patched.differences().get("role").before()).isEqualTo("MEMBER");
      assertThat(patched.differences().get("role").after()).isEqualTo("ADMIN");
      AuditEntry updated =
          only(db, () -> users.update(users.get(ada.id()).withFirstName("Augusta")));
      assertThat(updated.differences().keySet()).contains("first_name", "version");
      AuditEntry counted = only(db, () -> users.increment(ada.id(), User::commandCount, 3));
      assertThat(counted.action()).isEqualTo(Action.UPDATE);
      assertThat(counted.differences().keySet()).contains("command_count");
    }
  }

  @Test
  default void everySingleWriteLeavesOneEntryOfItsKind() {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      AuditEntry gone = only(db, () -> users.delete(ada.id()));
      assertThat(gone.action()).isEqualTo(Action.SOFT_DELETE);
      assertThat(gone.oldValues()).containsEntry("deleted_at", null);
      assertThat(gone.newValues().get("deleted_at")).isNotNull();
      AuditEntry back = only(db, () -> users.restore(ada.id()));
      assertThat(back.action()).isEqualTo(Action.RESTORE);
      assertThat(back.oldValues().get("deleted_at")).isNotNull();
      assertThat(back.newValues()).containsEntry("deleted_at", null);
      AuditEntry purged = only(db, () -> users.purge(ada.id()));
      assertThat(purged.action()).isEqualTo(Action.DELETE);
      assertThat(purged.oldValues()).containsEntry("email", "ada@example.org");
      assertThat(purged.newValues()).isNull();

      Repository<Account, Long> accounts = db.repository(Account.class);
      long exact = 9_007_199_254_740_993L; // no double holds it
      Account account = accounts.create(Account.of("ada", exact));
      AuditEntry deleted = only(db, () -> accounts.delete(account.id()));
      assertThat(deleted.action()).isEqualTo(Action.DELETE);
      assertThat(deleted.resourceId()).isEqualTo(Long.toString(account.id()));
      assertThat(((Number) deleted.oldValues().get("balance")).longValue()).isEqualTo(exact);
    }
  }

  @Test
  default void saveIsLoggedAsWhatItDid() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      AuditEntry made = only(db, () -> users.save(User.of("ada@example.org", "Ada")));
      assertThat(made.action()).isEqualTo(Action.CREATE);
      assertThat(made.oldValues()).isNull();
      User ada = users.query().one();
      AuditEntry changed = only(db, () -> users.save(ada.withFirstName("Augusta")));
      assertThat(changed.action()).isEqualTo(Action.UPDATE);
      assertThat(changed.oldValues()).containsEntry("first_name", "Ada");
      assertThat(changed.newValues()).containsEntry("first_name", "Augusta");
      AuditEntry byEmail =
          only(db, () -> users.save(User.of("ada@example.org", "Countess"), User::email));
      assertThat(byEmail.action()).isEqualTo(Action.UPDATE);
      assertThat(byEmail.resourceId()).isEqualTo(ada.id().toString());
      assertThat(byEmail.oldValues()).containsEntry("first_name", "Augusta");
      users.delete(ada.id());
      AuditEntry again = only(db, () -> users.save(User.of("ada@example.org", "New"), User::email));
      assertThat(again.action()).as("the deleted row is another one").isEqualTo(Action.CREATE);
      assertThat(again.resourceId()).isNotEqualTo(ada.id().toString());
    }
  }

  @Test
  default void everyBulkWriteLeavesOneEntryARowUnderOneGroup() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> stored = new ArrayList<>();
      bulk(
          db,
          Action.CREATE,
          () -> {
            stored.addAll(
                users.createAll(
                    IntStream.range(0, 5)
                        .mapToObj(i -> User.of("u" + i + "@example.org", "User"))
                        .toList()));
            return stored.size();
          });
      List<UUID> ids = stored.stream().map(User::id).toList();
      List<UUID> some = List.of(ids.get(3), ids.get(1), UUID.randomUUID());
      bulk(
          db,
          Action.UPDATE,
          () ->
              users
                  .updateAll(stored.stream().map(user -> user.withRole(Role.ADMIN)).toList())
                  .size());
      Filter first = Filter.field(User::email).in("u0@example.org", "u2@example.org");
      bulk(db, Action.UPDATE, () -> users.where(first).update(c -> c.add(User::commandCount, 1)));
      UUID deletion = bulk(db, Action.SOFT_DELETE, () -> users.deleteAll(some));
      bulk(db, Action.SOFT_DELETE, () -> users.where(first).delete());
      bulk(db, Action.RESTORE, () -> users.where(first).onlyDeleted().restore());
      bulk(db, Action.RESTORE, () -> users.restoreDeletion(deletion));
      bulk(db, Action.SOFT_DELETE, () -> users.deleteAll(some));
      bulk(db, Action.RESTORE, () -> users.restoreAll(some));
      bulk(db, Action.DELETE, () -> users.purgeAll(some));
      bulk(db, Action.DELETE, () -> users.where(first).purge());
      assertThat(users.count()).isEqualTo(1);
      assertThat(
              entries(
                  db,
                  () -> {
                    users.where(Filter.none()).update(c -> c.set(User::role, Role.MEMBER));
                    users.where(Filter.none()).delete();
                    users.deleteAll(some);
                    users.restoreAll(some);
                    users.purgeAll(some);
                    users.delete(some.getFirst());
                    users.purge(some.getFirst());
                  }))
          .as("what changed nothing left nothing")
          .isEmpty();
    }
  }

  private static UUID bulk(Database db, Action action, LongSupplier work) {
    long[] changed = new long[1];
    List<AuditEntry> entries = entries(db, () -> changed[0] = work.getAsLong());
    assertThat(entries).as("%s of several rows", action).hasSize((int) changed[0]);
    assertThat(changed[0]).isGreaterThan(1);
    assertThat(entries).extracting(AuditEntry::action).containsOnly(action);
    assertThat(entries).extracting(AuditEntry::resourceId).doesNotHaveDuplicates();
    UUID group = Objects.requireNonNull(entries.getFirst().bulkId(), "no group");
    assertThat(entries).extracting(AuditEntry::bulkId).containsOnly(group);
    assertThat(db.audit().bulk(group).count()).isEqualTo(changed[0]);
    if (action != Action.CREATE) {
      assertThat(entries).allMatch(entry -> entry.oldValues() != null);
    }
    if (action != Action.DELETE) {
      assertThat(entries).allMatch(entry -> entry.newValues() != null);
    }
    return group;
  }

  @Test
  default void theActorIsRecordedWithEverythingKnown() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Actor admin =
          Actor.of("admin")
              .session("s1")
              .correlation("req-9")
              .address("2001:db8::1")
              .userAgent("curl/8.0");
      AuditEntry entry =
          only(db, () -> db.actingAs(admin, () -> accounts.create(Account.of("a", 1))));
      assertThat(entry.actor()).isEqualTo("admin");
      assertThat(entry.sessionId()).isEqualTo("s1");
      assertThat(entry.correlationId()).isEqualTo("req-9");
      assertThat(entry.ipAddress()).isEqualTo("2001:db8::1");
      assertThat(entry.userAgent()).isEqualTo("curl/8.0");
      db.<InterruptedException>actingAs(
          admin,
          () -> {
            Together.run(1, thread -> accounts.create(Account.of("other thread", 1)));
            accounts.create(Account.of("b", 1));
            db.actingAs(Actor.of("support"), () -> accounts.create(Account.of("c", 1)));
            assertThatThrownBy(() ->
                    db.actingAs(
                        Actor.of("failing"),
                        () -> {
                          throw new IllegalStateException("no");
                        }))
                .hasMessage("no");
            db.transaction(tx -> accounts.create(Account.of("d", 1)));
          });
      db.transaction(tx -> {
        db.actingAs(admin, () -> accounts.create(Account.of("e", 1)));
        accounts.create(Account.of("f", 1));
      });
      assertThat(db.audit().query().orderBy(Order.ascending(AuditEntry::id)).list())
          .extracting(AuditEntry::actor)
          .containsExactly("admin", "system", "admin", "support", "admin", "admin", "system");
      assertThatThrownBy(() -> Actor.of(" ")).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> Actor.of("x".repeat(256))).isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void secretsAreMaskedAndTheirChangeIsVisible() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada").withPasswordHash("topsecret1"));
      assertThat(db.audit().query().one().newValues().get("password_hash"))
          .isNotNull()
          .isNotEqualTo("topsecret1");
      AuditEntry changed =
          only(db, () -> users.patch(ada.id(), c -> c.set(User::passwordHash, "topsecret2")));
      assertThat(changed.differences()).containsKey("password_hash");
      AuditEntry unchanged =
          only(db, () -> users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN)));
      assertThat(unchanged.differences()).doesNotContainKey("password_hash");
      AuditEntry cleared =
          only(db, () -> users.patch(ada.id(), c -> c.set(User::passwordHash, null)));
      assertThat(cleared.differences().get("password_hash").after()).isNull();
      AuditEntry given =
          only(db, () -> users.update(users.get(ada.id()).withPasswordHash("topsecret3")));
      assertThat(given.differences().get("password_hash").before()).isNull();
      users.query().update(c -> c.set(User::passwordHash, "topsecret4"));
      users.save(users.get(ada.id()).withPasswordHash("topsecret5"));
      users.delete(ada.id());
      users.restore(ada.id());
      users.purge(ada.id());
      assertThat(db.sql("select * from plinth_audit").rows().list().toString())
          .contains("password_hash")
          .doesNotContain("topsecret");
    }
  }

  @Test
  default void aRecordThatIsNotAuditedLeavesNoEntry() {
    try (Database db = open(Note.class, Account.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("a"));
      notes.createAll(List.of(Note.of("b"), Note.of("c")));
      notes.save(new Note(note.id(), "d"));
      notes.query().update(c -> c.set(Note::text, "e"));
      notes.delete(note.id());
      notes.query().purge();
      db.<Account, Long>repository(Account.class).create(Account.of("ada", 1));
      assertThat(db.audit().query().one().resourceType()).isEqualTo("account");
    }
  }
}
