package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Cached;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.MappingException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Payment;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which records go along with others, and what must be known for it.
public interface CascadeRuleContract extends ContractBase {

  /// Without a deletion time of its own.
  record Lasting(@Id UUID id, @References(value = Customer.class, cascade = true) UUID customer) {}

  /// Goes along with what is never deleted softly.
  record Misplaced(
      @Id UUID id,
      @References(value = Account.class, cascade = true) long account,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// Rows that are spread.
  record Spread(
      @Id UUID id,
      UUID tenantId,
      @References(value = Spread.class, cascade = true) @Nullable UUID above,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// Kept in memory.
  @Cached
  @Audited(false)
  @Table("badges")
  record Badge(
      @Id UUID id,
      @References(value = Customer.class, cascade = true) UUID customer,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// The table of [Payment], without its mark.
  @Table("payments")
  record Slip(@Id UUID id, String number, @DeletedAt @Nullable Instant deletedAt) {}

  @Test
  default void whoGoesAlongNeedsADeletionTimeAndSoDoesWhomHeGoesWith() {
    try (Database db = open(Customer.class)) {
      assertThatThrownBy(() -> db.repository(Lasting.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("Lasting.customer")
          .hasMessageContaining("@DeletedAt");
      assertThatThrownBy(() -> db.schema().create(Lasting.class))
          .isInstanceOf(MappingException.class);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> db.repository(Misplaced.class))
            .isInstanceOf(MappingException.class)
            .hasMessageContaining("account")
            .hasMessageContaining("Account with @DeletedAt");
      }
    }
  }

  @Test
  default void whereRowsAreSpreadNothingGoesAlong() {
    try (Database db = open(config -> config.with("distribution", "tenant_id"), Spread.class)) {
      assertThatThrownBy(() -> db.repository(Spread.class))
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("above")
          .hasMessageContaining("distribution");
    }
  }

  @Test
  default void aRecordThatIsNamedLaterGoesAlongFromThenOn() {
    try (Database maker = open(Customer.class, Payment.class)) {
      maker.repository(Customer.class);
    }
    if (!keeps()) {
      return;
    }
    try (Database db = open(folder())) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Customer ada = customers.create(Customer.of("Ada"));
      Repository<Row, Object> table = db.table("payments");
      Row payment =
          table.create(c -> c.set("customer_id", ada.id()).set("number", "1").set("version", 1));
      customers.delete(ada.id());
      assertThat(table.count()).as("nobody has told that it goes along").isEqualTo(1);
      customers.restore(ada.id());
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      customers.delete(ada.id());
      assertThat(payments.count()).isZero();
      customers.restore(ada.id());
      assertThat(payments.query().one().id()).isEqualTo(payment.get("id"));
    }
  }

  @Test
  default void aRecordNamesThoseItRefersTo() {
    try (Database maker = open(Customer.class, Payment.class)) {
      maker.repository(Customer.class).create(Customer.of("Ada"));
      if (!keeps()) {
        return;
      }
    }
    try (Database db = open(folder())) {
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<Row, Object> customers = db.table("customers");
      UUID ada = (UUID) Objects.requireNonNull(customers.query().one().get("id"));
      payments.create(Payment.of(ada, "1"));
      assertThat(customers.delete(ada)).isTrue();
      assertThat(payments.count()).isZero();
      assertThat(customers.restore(ada).get("id")).isEqualTo(ada);
      assertThat(payments.count()).isEqualTo(1);
    }
  }

  @Test
  default void whatIsKeptInMemoryOfRowsThatGoAlongIsVoided() {
    try (Database db = open(Customer.class, Badge.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Badge, UUID> badges = db.repository(Badge.class);
      Customer ada = customers.create(Customer.of("Ada"));
      Badge badge = badges.create(new Badge(UUID.randomUUID(), ada.id(), null));
      for (int i = 0; i < 2; i++) {
        assertThat(badges.find(badge.id())).isPresent();
        assertThat(badges.count()).isEqualTo(1);
        customers.delete(ada.id());
        assertThat(badges.find(badge.id())).isEmpty();
        assertThat(badges.count()).isZero();
        customers.restore(ada.id());
      }
    }
  }

  @Test
  default void twoRecordsOfOneTableGoAlongOnce() {
    try (Database db = open(Customer.class, Payment.class)) {
      Repository<Slip, UUID> slips = db.repository(Slip.class);
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Customer ada = customers.create(Customer.of("Ada"));
      payments.create(Payment.of(ada.id(), "1"));
      customers.delete(ada.id());
      assertThat(slips.count()).isZero();
      assertThat(payments.query().onlyDeleted().one().version()).isEqualTo(2);
      customers.restore(ada.id());
      assertThat(slips.count()).isEqualTo(1);
    }
  }

  @Test
  default void whereDeletionsAreNotToldApartNothingComesAlong() {
    try (Database db = open(Customer.class)) {
      String table = db.schema().sql(Payment.class).getFirst();
      db.sql(table.replaceFirst(",\\s+\\W?deletion_id\\W? \\w+", "")).execute();
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Customer ada = customers.create(Customer.of("Ada"));
      Payment payment = payments.create(Payment.of(ada.id(), "1"));
      customers.delete(ada.id());
      assertThat(payments.count()).isZero();
      assertThatThrownBy(() -> payments.restore(payment.id()))
          .isInstanceOf(ConstraintException.class);
      customers.restore(ada.id());
      assertThat(payments.count()).isZero();
      assertThat(payments.restore(payment.id()).number()).isEqualTo("1");
    }
  }
}
