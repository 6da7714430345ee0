package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConstraintException;
import dev.plinth.query.Row;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Folder;
import dev.plinth.testkit.samples.Payment;
import dev.plinth.testkit.samples.PaymentLine;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// No write makes a live row refer to a deleted one, nor to one that was never there.
public interface ReferenceContract extends ContractBase {

  private static void refused(String column, Runnable write) {
    assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            ConstraintException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY);
              assertThat(e.columns()).containsExactly(column);
              assertThat(e.table()).isPresent();
            });
  }

  @Test
  default void noWriteRefersToADeletedRow() {
    try (Database db = open(Customer.class, Payment.class, PaymentLine.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<Row, Object> table = db.table("payments");
      Customer live = customers.create(Customer.of("live"));
      Customer dead = customers.create(Customer.of("dead"));
      customers.delete(dead.id());
      Payment payment = payments.create(Payment.of(live.id(), "1"));
      long audited = db.audit().count();
      List<Runnable> attempts =
          List.of(
              () -> payments.create(Payment.of(dead.id(), "2")),
              () -> payments.create(c -> c.set("customerId", dead.id()).set("number", "2")),
              () ->
                  payments.createAll(
                      List.of(Payment.of(live.id(), "2"), Payment.of(dead.id(), "3"))),
              () ->
                  payments.createAll(
                      IntStream.range(2, 40)
                          .mapToObj(
                              i -> Payment.of(i == 33 ? dead.id() : live.id(), String.valueOf(i)))
                          .toList()),
              () -> payments.update(payment.withCustomerId(dead.id())),
              () -> payments.update(payment, payment.withCustomerId(dead.id())),
              () -> payments.updateAll(List.of(payment.withCustomerId(dead.id()))),
              () -> payments.patch(payment.id(), c -> c.set(Payment::customerId, dead.id())),
              () -> payments.save(Payment.of(dead.id(), "2")),
              () -> payments.save(payment.withCustomerId(dead.id())),
              () -> payments.save(Payment.of(dead.id(), "1"), Payment::number),
              () -> payments.saveAll(List.of(Payment.of(dead.id(), "2"))),
              () ->
                  payments.save(
                      c -> c.set("number", "1").set("customerId", dead.id()), Payment::number),
              () -> payments.query().update(c -> c.set(Payment::customerId, dead.id())),
              () ->
                  payments
                      .query()
                      .includeDeleted()
                      .update(c -> c.set(Payment::customerId, dead.id())),
              () -> table.create(c -> c.set("number", "2").set("customer_id", dead.id())),
              () -> table.patch(payment.id(), c -> c.set("customer_id", dead.id())),
              () -> payments.create(Payment.of(UUID.randomUUID(), "2")),
              () -> payments.patch(payment.id(), c -> c.set("customerId", UUID.randomUUID())));
      for (Runnable attempt : attempts) {
        refused("customer_id", attempt);
      }
      assertThat(payments.query().list()).containsExactly(payment);
      assertThat(db.audit().count()).isEqualTo(audited);

      db.transaction(tx -> { // what was refused has changed nothing, so the work can go on
        for (Runnable attempt : attempts) {
          if (db.capabilities().contains(Capability.SAVEPOINTS)) {
            refused("customer_id", attempt);
          }
        }
        payments.create(Payment.of(live.id(), "2"));
      });
      assertThat(payments.count()).isEqualTo(2);
    }
  }

  @Test
  default void noRowWithoutAuditRefersToADeletedRowEither() {
    try (Database db = open(Customer.class, Payment.class, PaymentLine.class)) {
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<PaymentLine, Long> lines = db.repository(PaymentLine.class);
      Payment live = payments.create(Payment.of(null, "live"));
      Payment dead = payments.create(Payment.of(null, "dead"));
      PaymentLine line = lines.create(PaymentLine.of(live.id(), "1"));
      payments.delete(dead.id());
      refused("payment_id", () -> lines.create(PaymentLine.of(dead.id(), "2")));
      refused("payment_id", () -> lines.createAll(List.of(PaymentLine.of(dead.id(), "2"))));
      refused("payment_id", () -> lines.patch(line.id(), c -> c.set("paymentId", dead.id())));
      db.transaction(
          tx -> refused("payment_id", () -> lines.create(PaymentLine.of(dead.id(), ""))));
      assertThat(lines.query().list()).containsExactly(line);
      lines.delete(line.id());
      payments.delete(live.id());
      refused("payment_id", () -> lines.restore(line.id()));
      assertThat(lines.count()).isZero();
    }
  }

  @Test
  default void recordsWithoutADeletionTimeAreLookedAtAsWell() {
    try (Database db = open(User.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Activity login = activities.create(Activity.of(ada.id(), "login"));
      refused("user_id", () -> activities.create(Activity.of(UUID.randomUUID(), "login")));
      users.delete(ada.id());
      assertThat(activities.query().list())
          .as("it is not marked to go along")
          .containsExactly(login);
      refused("user_id", () -> activities.create(Activity.of(ada.id(), "logout")));
      assertThat(activities.update(login).userId())
          .as("a reference that stays as it is may stay")
          .isEqualTo(ada.id());
      assertThat(activities.patch(login.id(), c -> c.set("type", "x").set("userId", ada.id())))
          .extracting(Activity::type)
          .isEqualTo("x");
      assertThat(activities.updateAll(List.of(login))).hasSize(1);
      assertThat(activities.save(login)).isEqualTo(login);
      assertThat(activities.query().update(c -> c.set("type", "y").set("userId", ada.id())))
          .isEqualTo(1);
      users.restore(ada.id());
      activities.create(Activity.of(ada.id(), "logout"));
    }
  }

  @Test
  default void rowsThatComeTogetherMayReferToEachOther() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, UUID> folders = db.repository(Folder.class);
      UUID root = UUID.randomUUID();
      UUID leaf = UUID.randomUUID();
      folders.createAll(List.of(Folder.of(root, null, "root"), Folder.of(leaf, root, "leaf")));
      UUID own = UUID.randomUUID();
      folders.create(Folder.of(own, own, "its own"));
      UUID dead = UUID.randomUUID();
      Folder gone = new Folder(dead, null, null, "a copy of a deleted row", Instant.EPOCH);
      refused(
          "above",
          () -> folders.createAll(List.of(gone, Folder.of(UUID.randomUUID(), dead, "below it"))));
      folders.createAll(
          List.of(gone, new Folder(UUID.randomUUID(), dead, null, "another copy", Instant.EPOCH)));
      assertThat(folders.query().onlyDeleted().count()).isEqualTo(2);
      refused("link", () -> folders.patch(leaf, c -> c.set(Folder::link, dead)));
      folders.patch(leaf, c -> c.set(Folder::link, root).set(Folder::above, null));
    }
  }

  @Test
  default void aTransactionLooksAtWhatItHasDone() {
    try (Database db = open(Customer.class, Payment.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      db.transaction(tx -> {
        Customer ada = customers.create(Customer.of("Ada"));
        payments.create(Payment.of(ada.id(), "1"));
        customers.delete(ada.id());
        refused("customer_id", () -> payments.create(Payment.of(ada.id(), "2")));
        customers.restore(ada.id());
        payments.create(Payment.of(ada.id(), "2"));
      });
      assertThat(payments.count()).isEqualTo(2);
      db.transaction(tx -> {
        customers.query().delete();
        tx.rollback();
      });
      payments.create(Payment.of(customers.query().one().id(), "3"));
      assertThat(payments.where(field(Payment::number).is("3")).exists()).isTrue();
    }
  }

  @Test
  default void oneStatementLooksForTheParentsOfManyRows() {
    try (Database db = open(Customer.class, Payment.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      List<Customer> all =
          customers.createAll(
              IntStream.range(0, 2_000).mapToObj(i -> Customer.of("name " + i)).toList());
      List<Payment> made =
          payments.createAll(
              IntStream.range(0, 4_000)
                  .mapToObj(i -> Payment.of(all.get(i % 2_000).id(), "number " + i))
                  .toList());
      customers.delete(all.getFirst().id());
      assertThat(payments.count()).isEqualTo(3_998);
      assertThat(payments.updateAll(made.subList(1, 1_999))).hasSize(1_998);
    }
  }
}
