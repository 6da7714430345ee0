package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.error.ConstraintException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/soft-delete.md` and `docs/guide/audit.md`.
class HistorySnippetsTest extends Snippets {

  @Test
  void deletedAndRestored() {
    // docs: soft-delete
    boolean wasThere = users.delete(ada.id());
    Optional<User> hidden = users.find(ada.id()); // empty

    List<User> everyone = users.query().includeDeleted().list();
    List<User> bin = users.query().onlyDeleted().list();

    User back = users.restore(ada.id());
    // end

    assertThat(wasThere).isTrue();
    assertThat(hidden).isEmpty();
    assertThat(everyone).hasSize(3);
    assertThat(bin).extracting(User::id).containsExactly(ada.id());
    assertThat(back.deletedAt()).isNull();
  }

  @Test
  void oneDeletion() {
    // docs: soft-delete-one-deletion
    users.deleteAll(List.of(ada.id(), grace.id()));

    AuditEntry entry = db.audit().of(User.class, ada.id()).list().getFirst();
    UUID deletion = entry.bulkId();

    long restored = users.restoreDeletion(deletion);
    // end

    assertThat(restored).isEqualTo(2);
  }

  @Test
  void inTheWay() {
    users.delete(ada.id());
    users.create(c -> c.set(User::email, ada.email()).set(User::firstName, "Other"));
    List<String> columns = List.of();
    // docs: soft-delete-conflict
    try {
      users.restore(ada.id());
    } catch (ConstraintException e) {
      columns = e.columns(); // another live row has the address
    }
    // end

    assertThat(columns).containsExactly("email");
    assertThat(users.query().onlyDeleted().list()).hasSize(1);
  }

  // docs: soft-delete-cascade
  record Payment(
      @Id UUID id,
      @References(value = User.class, cascade = true) UUID userId,
      long cents,
      @DeletedAt @Nullable Instant deletedAt) {}

  // end

  @Test
  void goingAlong() {
    db.schema().create(Payment.class);
    Repository<Payment, UUID> payments = db.repository(Payment.class);
    // docs: soft-delete-along
    payments.create(new Payment(null, ada.id(), 500, null));
    users.delete(ada.id());
    long none = payments.count(); // 0

    users.restore(ada.id());
    long one = payments.count(); // 1
    // end

    assertThat(none).isZero();
    assertThat(one).isEqualTo(1);
  }

  @Test
  void namedAtTheStart() {
    db.schema().create(Payment.class);
    DatabaseConfig config = DatabaseConfig.of(url());
    Database named =
        // docs: soft-delete-named
        Database.open(
            config,
            opened -> {
              for (Class<?> record : List.of(User.class, Payment.class)) {
                opened.repository(record);
              }
            });
    // end

    try (named) {
      named
          .table("payment")
          .create(c -> c.set("id", UUID.randomUUID()).set("user_id", ada.id()).set("cents", 1));
      named.table("users").delete(ada.id());
      assertThat(named.repository(Payment.class).count()).isZero();
    }
  }

  @Test
  void whoDidWhat() {
    // docs: audit
    Actor admin = Actor.of("admin-7").session("s-1").correlation("request-9");
    db.actingAs(admin, () -> users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN)));

    List<AuditEntry> trail = db.audit().of(User.class, ada.id()).list();
    AuditEntry newest = trail.getFirst();
    AuditEntry.Difference role = newest.differences().get("role");
    // end

    assertThat(newest.actor()).isEqualTo("admin-7");
    assertThat(newest.action()).isEqualTo(Action.UPDATE);
    assertThat(role).isEqualTo(new AuditEntry.Difference("MEMBER", "ADMIN"));
    assertThat(trail.getLast().actor()).isEqualTo("system");
  }

  @Test
  void asked() {
    Instant start = Instant.now().minus(Duration.ofHours(1));
    Instant end = Instant.now().plus(Duration.ofHours(1));
    users.delete(alan.id());
    // docs: audit-queries
    List<AuditEntry> deletions =
        db.audit()
            .of(User.class)
            .by("system")
            .action(Action.SOFT_DELETE)
            .from(start)
            .to(end)
            .limit(50)
            .list();
    // end

    assertThat(deletions).hasSize(1);
  }

  @Test
  void cleanedUp() {
    // docs: audit-cleanup
    long removed = db.audit().cleanup(365); // days to keep
    // end

    assertThat(removed).isZero();
  }
}
