package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Asking the audit log, and keeping it small.
public interface AuditQueryContract extends ContractBase {

  @Test
  default void anEmptyLogIsEmpty() {
    try (Database db = open(User.class)) {
      assertThat(db.audit().list()).isEmpty();
      assertThat(db.audit().count()).isZero();
      assertThat(db.audit().of(User.class).list()).isEmpty();
      assertThat(db.audit().cleanup(0)).isZero();
    }
  }

  @Test
  default void theLogIsAskedByEveryCriterion() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Instant second = clock.advance(1, ChronoUnit.SECONDS);
      Account account =
          db.actingAs(
              Actor.of("admin").correlation("req-9"), () -> accounts.create(Account.of("ada", 1)));
      Instant third = clock.advance(1, ChronoUnit.MICROS);
      db.actingAs(Actor.of("admin"), () -> users.delete(ada.id()));
      List<User> more =
          users.createAll(List.of(User.of("a@example.org", "Al"), User.of("b@example.org", "Bo")));
      assertThat(db.audit().of(User.class).count()).isEqualTo(4);
      assertThat(db.audit().of("users").count()).isEqualTo(4);
      assertThat(db.audit().of(User.class, ada.id()).list())
          .extracting(AuditEntry::action)
          .containsExactly(Action.SOFT_DELETE, Action.CREATE);
      assertThat(db.audit().of("account", account.id()).count()).isEqualTo(1);
      assertThat(db.audit().of(User.class, UUID.randomUUID()).list()).isEmpty();
      assertThat(db.audit().by("admin").count()).isEqualTo(2);
      assertThat(db.audit().by("admin").of(User.class).list())
          .extracting(AuditEntry::action)
          .containsExactly(Action.SOFT_DELETE);
      assertThat(db.audit().action(Action.CREATE).count()).isEqualTo(4);
      assertThat(db.audit().correlation("req-9").list())
          .extracting(AuditEntry::resourceType)
          .containsExactly("account");
      UUID group = db.audit().of(User.class, more.getFirst().id()).query().one().bulkId();
      assertThat(db.audit().bulk(group).list())
          .extracting(AuditEntry::resourceId)
          .containsExactly(more.get(1).id().toString(), more.get(0).id().toString());
      assertThat(db.audit().from(second).to(second).list())
          .as("both ends are included")
          .extracting(AuditEntry::resourceType)
          .containsExactly("account");
      assertThat(db.audit().to(second.minus(1, ChronoUnit.MICROS)).count()).isEqualTo(1);
      assertThat(db.audit().from(third).count()).isEqualTo(3);
      assertThat(db.audit().from(third.plus(1, ChronoUnit.MICROS)).count()).isZero();
      assertThat(db.audit().from(third).to(second).list()).isEmpty();
    }
  }

  @Test
  default void aHundredEntriesComeNewestFirst() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, Account.class)) { // all of one instant
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.createAll(IntStream.range(0, 150).mapToObj(i -> Account.of("o" + i, i)).toList());
      List<Object> owners =
          IntStream.range(0, 150).mapToObj(i -> (Object) ("o" + (149 - i))).toList();
      assertThat(db.audit().list())
          .hasSize(100)
          .extracting(entry -> entry.newValues().get("owner"))
          .isEqualTo(owners.subList(0, 100));
      assertThat(db.audit().limit(1_000).list())
          .extracting(entry -> entry.newValues().get("owner"))
          .isEqualTo(owners);
      assertThat(db.audit().limit(20).offset(120).list())
          .extracting(entry -> entry.newValues().get("owner"))
          .isEqualTo(owners.subList(120, 140));
      assertThat(db.audit().limit(7).count()).isEqualTo(150);
      assertThat(db.audit().limit(0).list()).isEmpty();
      assertThatThrownBy(() -> db.audit().limit(-1)).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> db.audit().offset(-1)).isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void theOrderIsThatOfTheWritesEvenIfTheClockGoesBack() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.create(Account.of("first", 1));
      clock.advance(-1, ChronoUnit.HOURS);
      accounts.create(Account.of("second", 1));
      assertThat(db.audit().list())
          .extracting(entry -> entry.newValues().get("owner"))
          .containsExactly("second", "first");
    }
  }

  @Test
  default void cleanupKeepsWhatIsNotOlder() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.create(Account.of("31 days old", 1));
      clock.advance(1, ChronoUnit.DAYS);
      accounts.create(Account.of("exactly 30 days old", 1));
      clock.advance(10, ChronoUnit.DAYS);
      accounts.create(Account.of("20 days old", 1));
      clock.advance(20, ChronoUnit.DAYS);
      assertThat(db.audit().cleanup(Integer.MAX_VALUE)).isZero();
      assertThat(db.audit().cleanup(90)).isZero();
      assertThatThrownBy(() -> db.audit().cleanup(-1)).isInstanceOf(ValidationException.class);
      assertThat(db.audit().count()).isEqualTo(3);
      assertThat(db.audit().cleanup(30)).isEqualTo(1);
      assertThat(db.audit().list())
          .extracting(entry -> entry.newValues().get("owner"))
          .containsExactly("20 days old", "exactly 30 days old");
      assertThatThrownBy(() -> db.audit().by("nobody").cleanup(25))
          .as("it would look like removing what matches only")
          .isInstanceOf(ValidationException.class);
      assertThat(db.audit().limit(1).cleanup(25)).as("age alone counts").isEqualTo(1);
      accounts.create(Account.of("of this moment", 1));
      assertThat(db.audit().cleanup(0)).isEqualTo(2);
      assertThat(db.audit().count()).isZero();
      assertThat(accounts.count()).isEqualTo(4);
    }
  }

  @Test
  default void cleanupIsPartOfTheTransaction() {
    try (Database db = open(Account.class)) {
      db.<Account, Long>repository(Account.class).create(Account.of("ada", 1));
      db.transaction(tx -> {
        assertThat(db.audit().cleanup(0)).isEqualTo(1);
        tx.rollback();
      });
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  @Test
  default void theLogOutlivesTheDatabaseObject() {
    if (!keeps()) {
      return; // nothing to reopen
    }
    try (Database db = open(Account.class)) {
      db.<Account, Long>repository(Account.class).create(Account.of("ada", 1));
    }
    try (Database db = open(folder())) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.create(Account.of("bob", 1));
      assertThat(db.audit().list())
          .extracting(entry -> entry.newValues().get("owner"))
          .containsExactly("bob", "ada");
    }
  }

  @Test
  default void theLogCanBeAskedInAReadOnlyTransaction() {
    try (Database db = open(Account.class)) {
      db.<Account, Long>repository(Account.class).create(Account.of("ada", 1));
      assertThat(askedReadOnly(db)).isEqualTo(1);
    }
    if (keeps()) {
      try (Database again = open(folder())) { // which has not looked yet whether the log is there
        assertThat(askedReadOnly(again)).isEqualTo(1);
      }
    }
  }

  private static long askedReadOnly(Database db) {
    return db.inTransaction(
        Transaction.Options.READ_ONLY, tx -> db.audit().of(Account.class).count());
  }

  @Test
  default void tenThousandAndOneChangesOfOneCallAreAllInTheLog() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      int rows = 10_001; // the log is written ten thousand at a time
      List<Account> stored =
          accounts.createAll(
              IntStream.range(0, rows).mapToObj(i -> Account.of("a" + i, i)).toList());
      assertThat(db.audit().of(Account.class).count()).isEqualTo(rows);
      assertThat(db.audit().of(Account.class, stored.getLast().id()).count()).isEqualTo(1);
      accounts.query().delete();
      assertThat(db.audit().of(Account.class).count()).isEqualTo(2L * rows);
    }
  }
}
