package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.audit.AuditLog;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Unique;
import dev.plinth.error.DataException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the log says is what happened, and it is not lost by accident.
public interface AuditTruthContract extends ContractBase {

  /// A record with a unique property that may be null.
  record Contact(@Id UUID id, String name, @Unique @Nullable String phone) {}

  /// A record with a secret, a soft delete, and no repository in the tests that use it.
  record Login(@Id long id, String name, @Secret String word, @DeletedAt @Nullable Instant gone) {}

  /// A record whose constructor takes some rows only.
  record Strict(@Id long id, String email) {
    /// Checks the address.
    public Strict {
      if (email == null || !email.contains("@")) {
        throw new IllegalArgumentException("this is no address");
      }
    }
  }

  @Test
  default void aRowTwiceInUpdateAllIsLoggedStepByStep() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("a", "red", 1));
      labels.updateAll(List.of(new Label("a", "green", 1), new Label("a", "blue", 1)));
      List<AuditEntry> entries = db.audit().of(Label.class, "a").list();
      assertThat(entries)
          .extracting(AuditEntry::action)
          .containsExactly(Action.UPDATE, Action.UPDATE, Action.CREATE);
      assertThat(entries.get(1).oldValues()).containsEntry("color", "red");
      assertThat(entries.get(1).newValues()).containsEntry("color", "green");
      assertThat(entries.get(0).oldValues()).containsEntry("color", "green");
      assertThat(entries.get(0).newValues()).containsEntry("color", "blue");
    }
  }

  /// Null is equal to no null, so it cannot tell which row: refused, or a new row and logged so.
  @Test
  default void savingByANullIsRefusedOrLoggedAsACreation() {
    try (Database db = open(Contact.class)) {
      Repository<Contact, UUID> contacts = db.repository(Contact.class);
      contacts.create(new Contact(null, "a", null));
      contacts.create(new Contact(null, "b", null));
      try {
        contacts.save(new Contact(null, "c", null), Contact::phone);
        assertThat(contacts.count()).isEqualTo(3);
      } catch (ValidationException e) {
        assertThat(e).hasMessageContaining("phone");
        assertThat(contacts.count()).isEqualTo(2);
      }
      assertThat(db.audit().list())
          .hasSize((int) contacts.count())
          .extracting(AuditEntry::action)
          .containsOnly(Action.CREATE);
    }
  }

  @Test
  default void savingOfChangesNeedsAValueThatTellsWhichRow() {
    try (Database db = open(Contact.class)) {
      Repository<Contact, UUID> contacts = db.repository(Contact.class);
      contacts.create(new Contact(null, "a", null));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> contacts.save(c -> c.set(Contact::name, "x"), Contact::phone))
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("phone");
        assertThatThrownBy(() ->
                contacts.save(
                    c -> c.set(Contact::name, "x").set(Contact::phone, null), Contact::phone))
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("phone");
      }
      assertThat(contacts.count()).isEqualTo(1);
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  /// The record is known from the making of its table alone.
  @Test
  default void aTableOfAKnownRecordFollowsItsRules() {
    try (Database db = open(Login.class)) {
      Repository<Row, Object> logins = db.table("login");
      Object id = logins.create(c -> c.set("name", "a").set("word", "HUSH-1")).get("id");
      logins.patch(id, c -> c.set("word", "HUSH-2"));
      logins.query().update(c -> c.set("word", "HUSH-3"));
      assertThat(logins.delete(id)).isTrue();
      List<AuditEntry> entries = db.audit().list();
      assertThat(entries)
          .extracting(AuditEntry::action)
          .containsExactly(Action.SOFT_DELETE, Action.UPDATE, Action.UPDATE, Action.CREATE);
      assertThat(entries.toString()).contains("word").doesNotContain("HUSH");
      assertThat(db.sql("select count(*) from login").as(Long.class).one()).isEqualTo(1);
      assertThat(logins.query().onlyDeleted().count()).isEqualTo(1);
    }
  }

  @Test
  default void cleanupOfAPartIsRefusedAndRemovesNothing() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("a", "red", 1));
      labels.delete("a");
      AuditLog log = db.audit();
      for (AuditLog part :
          List.of(
              log.by("nobody"),
              log.of(Label.class),
              log.of("label", "b"),
              log.of(Label.class).by("nobody"),
              log.action(Action.RESTORE),
              log.bulk(UUID.randomUUID()),
              log.correlation("none"),
              log.from(Instant.EPOCH),
              log.to(Instant.EPOCH).limit(1))) {
        assertThatThrownBy(() -> part.cleanup(0)).isInstanceOf(ValidationException.class);
        assertThat(log.count()).isEqualTo(2);
      }
    }
  }

  private static Repository<Strict, Long> withARefusedRow(Database db) {
    db.sql("insert into strict (id, email) values (77, 'bad')").execute();
    Repository<Strict, Long> rows = db.repository(Strict.class);
    assertThatThrownBy(() -> rows.find(77L))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Strict")
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
    return rows;
  }

  @Test
  default void aRowThatItsRecordRefusesCanBePurged() {
    try (Database db = open(Strict.class)) {
      assertThat(withARefusedRow(db).purge(77L)).isTrue();
      assertThat(withARefusedRow(db).query().purge()).isEqualTo(1);
      List<AuditEntry> entries = db.audit().list();
      assertThat(entries).extracting(AuditEntry::action).containsOnly(Action.DELETE).hasSize(2);
      assertThat(entries.getFirst().oldValues()).containsEntry("email", "bad");
    }
  }

  @Test
  default void aRowThatItsRecordRefusesCanBeDeleted() {
    try (Database db = open(Strict.class)) {
      assertThat(withARefusedRow(db).delete(77L)).isTrue();
      assertThat(withARefusedRow(db).deleteAll(List.of(77L))).isEqualTo(1);
      assertThat(db.repository(Strict.class).count()).isZero();
    }
  }

  @Test
  default void aRowThatItsRecordRefusesCanBeMended() {
    try (Database db = open(Strict.class)) {
      Repository<Strict, Long> rows = withARefusedRow(db);
      assertThat(rows.patch(77L, c -> c.set(Strict::email, "a@example.org")))
          .isEqualTo(new Strict(77, "a@example.org"));
      assertThat(rows.get(77L).email()).isEqualTo("a@example.org");
    }
  }

  @Test
  default void theLogIsNotWrittenAsATable() {
    try (Database db = open(Account.class)) {
      db.<Account, Long>repository(Account.class).create(Account.of("ada", 1));
      Repository<Row, Object> log = db.table("plinth_audit");
      assertThat(log.count()).isEqualTo(1);
      assertThatThrownBy(() -> log.query().delete()).isInstanceOf(UnsupportedException.class);
      assertThatThrownBy(() -> log.query().purge()).isInstanceOf(UnsupportedException.class);
      assertThatThrownBy(() -> log.patch(1, c -> c.set("actor", "nobody")))
          .isInstanceOf(UnsupportedException.class);
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  @Test
  default void anEmptyLogCanBeAskedInAReadOnlyTransaction() {
    try (Database db = open(Account.class)) {
      assertThat(
              db.<Long, RuntimeException>inTransaction(
                  Transaction.Options.READ_ONLY, tx -> db.audit().count()))
          .isZero();
    }
  }
}
