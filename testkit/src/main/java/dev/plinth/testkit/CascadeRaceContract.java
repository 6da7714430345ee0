package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.entity.Version;
import dev.plinth.error.ConstraintException;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Payment;
import dev.plinth.testkit.samples.PaymentLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// No live row is left below a deleted one, whoever writes at the same time.
public interface CascadeRaceContract extends ContractBase {

  /// A payment that does not say what it refers to.
  @Table("payments")
  record Loose(
      @Id UUID id,
      UUID customerId,
      String number,
      @Version long version,
      @DeletedAt @Nullable Instant deletedAt) {}

  /// The live rows below deleted ones.
  private static List<String> astray(Database db) {
    List<String> astray = new ArrayList<>();
    astray.addAll(
        db.sql(
                """
                select p.number from payments p join customers c on c.id = p.customer_id
                where p.deleted_at is null and c.deleted_at is not null\
                """)
            .as(String.class)
            .list());
    astray.addAll(
        db.sql(
                """
                select l.text from payment_lines l join payments p on p.id = l.payment_id
                where l.deleted_at is null and p.deleted_at is not null\
                """)
            .as(String.class)
            .list());
    return astray;
  }

  @Test
  default void noRowIsAddedBelowOneThatIsDeletedAtTheSameTime() throws InterruptedException {
    try (Database db = open(Customer.class, Payment.class, PaymentLine.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<PaymentLine, Long> lines = db.repository(PaymentLine.class);
      AtomicInteger refused = new AtomicInteger();
      AtomicInteger made = new AtomicInteger();
      for (int round = 0; round < 15; round++) {
        String prefix = "round " + round + " ";
        UUID customer = customers.create(Customer.of(prefix)).id();
        UUID other = customers.create(Customer.of(prefix + "other")).id();
        UUID payment = payments.create(Payment.of(customer, prefix)).id();
        UUID moving = payments.create(Payment.of(other, prefix + "moving")).id();
        Together.run(
            5,
            thread -> {
              for (int i = 0; i < 4; i++) {
                String name = prefix + thread + " " + i;
                try {
                  switch (thread) {
                    case 0 -> {
                      if (i == 2) {
                        customers.delete(customer);
                      }
                    }
                    case 1 -> payments.create(Payment.of(customer, name));
                    case 2 -> lines.create(PaymentLine.of(payment, name));
                    case 3 ->
                        db.transaction(tx -> {
                          Payment own = payments.create(Payment.of(customer, name));
                          lines.create(PaymentLine.of(own.id(), name));
                        });
                    default -> payments.patch(moving, c -> c.set(Payment::customerId, customer));
                  }
                  made.incrementAndGet();
                } catch (ConstraintException e) {
                  assertThat(e.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY);
                  refused.incrementAndGet();
                } catch (dev.plinth.error.NotFoundException e) {
                  refused.incrementAndGet(); // the payment that moved is gone with the customer
                }
              }
            });
        assertThat(astray(db)).isEmpty();
        customers.restore(customer);
      }
      assertThat(made).hasPositiveValue();
      assertThat(astray(db)).isEmpty();
    }
  }

  @Test
  default void rowsThatADeletionCouldNotSeeGoWithIt() throws InterruptedException {
    try (Database db = open(Customer.class, Payment.class, PaymentLine.class)) {
      if (!db.capabilities().contains(Capability.PARALLEL_WRITERS)) {
        return; // whoever writes sees everything
      }
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<PaymentLine, Long> lines = db.repository(PaymentLine.class);
      Customer ada = customers.create(Customer.of("Ada"));
      Customer back = customers.create(Customer.of("Back"));
      Customer cleo = customers.create(Customer.of("Cleo"));
      UUID known = payments.create(Payment.of(cleo.id(), "known")).id();
      db.actingAs(
          Actor.of("who deletes"),
          () ->
              db.transaction(tx -> {
                assertThat(payments.count()).as("from now on it sees this moment").isOne();
                Together.run(
                    1,
                    thread -> {
                      Payment late = payments.create(Payment.of(ada.id(), "late"));
                      lines.create(PaymentLine.of(late.id(), "late line"));
                      lines.create(PaymentLine.of(known, "late line of a known payment"));
                      payments.create(Payment.of(back.id(), "kept"));
                    });
                customers.deleteAll(List.of(ada.id(), back.id(), cleo.id()));
                customers.restore(back.id());
                assertThat(payments.query().includeDeleted().count()).isOne();
              }));
      assertThat(astray(db)).isEmpty();
      assertThat(payments.query().list()).extracting(Payment::number).containsExactly("kept");
      assertThat(db.audit().action(Action.SOFT_DELETE).list())
          .filteredOn(entry -> entry.resourceType().equals("payments"))
          .hasSize(2)
          .allSatisfy(entry -> assertThat(entry.actor()).isEqualTo("who deletes"));
      assertThat(lines.count()).as("they went, whichever level they were added to").isZero();
      customers.restore(cleo.id());
      assertThat(lines.query().list())
          .extracting(PaymentLine::text)
          .containsExactly("late line of a known payment");
      customers.delete(cleo.id());
      customers.restore(ada.id());
      assertThat(payments.count()).isEqualTo(2);
      assertThat(lines.count()).isEqualTo(1);
    }
  }

  @Test
  default void aRowThatDoesNotSayWhatItRefersToIsFoundAstray() {
    // The control of the tests above: they would see such a row.
    try (Database db = open(Customer.class, Payment.class, PaymentLine.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Customer ada = customers.create(Customer.of("Ada"));
      customers.delete(ada.id());
      db.repository(Loose.class).create(new Loose(UUID.randomUUID(), ada.id(), "stray", 0, null));
      assertThat(astray(db)).containsExactly("stray");
      assertThat(db.repository(Payment.class).where(field("number").is("stray")).exists()).isTrue();
    }
  }
}
