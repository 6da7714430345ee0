package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.ConstraintException;
import dev.plinth.query.Row;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Folder;
import dev.plinth.testkit.samples.Payment;
import dev.plinth.testkit.samples.PaymentLine;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Deletions that take with them what refers to their rows, and restores that bring back just that.
public interface CascadeContract extends ContractBase {

  /// The three tables of most tests.
  record Shop(
      Database db,
      Repository<Customer, UUID> customers,
      Repository<Payment, UUID> payments,
      Repository<PaymentLine, Long> lines) {

    static Shop of(Database db) {
      return new Shop(
          db,
          db.repository(Customer.class),
          db.repository(Payment.class),
          db.repository(PaymentLine.class));
    }

    Customer customer(String name) {
      return customers.create(Customer.of(name));
    }

    /// A payment with two lines.
    Payment payment(UUID customer, String number) {
      Payment payment = payments.create(Payment.of(customer, number));
      lines.createAll(
          List.of(PaymentLine.of(payment.id(), "one"), PaymentLine.of(payment.id(), "two")));
      return payment;
    }

    List<String> numbers() {
      return payments.query().list().stream().map(Payment::number).sorted().toList();
    }

    UUID deletionOf(UUID customer) {
      return db.audit()
          .of(Customer.class, customer)
          .action(Action.SOFT_DELETE)
          .list()
          .getFirst()
          .bulkId();
    }

    /// Every row of every table, and how long the log is.
    List<Object> everything() {
      List<Object> all = new ArrayList<>();
      all.addAll(sorted(customers.query().includeDeleted().list()));
      all.addAll(sorted(payments.query().includeDeleted().list()));
      all.addAll(sorted(lines.query().includeDeleted().list()));
      all.add(db.audit().count());
      return all;
    }

    private static List<String> sorted(List<?> rows) {
      return rows.stream().map(Object::toString).sorted().toList();
    }
  }

  private Shop shop() {
    return Shop.of(open(Customer.class, Payment.class, PaymentLine.class));
  }

  @Test
  default void aDeletionTakesWhatRefersToItsRowsAndARestoreBringsBackJustThat() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      Customer bob = shop.customer("Bob");
      Payment before = shop.payment(ada.id(), "before");
      shop.payment(ada.id(), "first");
      Payment second = shop.payment(ada.id(), "second");
      shop.payment(bob.id(), "other");
      shop.payments().delete(before.id());
      PaymentLine single = shop.lines().where(field("paymentId").is(second.id())).first().get();
      shop.lines().delete(single.id());

      assertThat(shop.customers().delete(ada.id())).isTrue();
      assertThat(shop.numbers()).containsExactly("other");
      assertThat(shop.lines().count()).isEqualTo(2);
      assertThat(shop.payments().query().onlyDeleted().list())
          .as("deleted in the way of their own, version and all")
          .extracting(Payment::version)
          .containsOnly(2L);
      List<AuditEntry> entries = db.audit().action(Action.SOFT_DELETE).list();
      assertThat(entries)
          .filteredOn(entry -> shop.deletionOf(ada.id()).equals(entry.bulkId()))
          .as("one deletion: a customer and two payments; lines are not audited")
          .hasSize(3);

      Customer back = shop.customers().restore(ada.id());
      assertThat(back.version()).isEqualTo(3);
      assertThat(shop.numbers()).containsExactly("first", "other", "second");
      assertThat(shop.lines().count()).as("but not the line that was deleted before").isEqualTo(5);
      assertThat(db.audit().action(Action.RESTORE).list()).hasSize(3);
      shop.payments().restore(before.id());
      assertThat(shop.lines().count()).isEqualTo(7);
    }
  }

  @Test
  default void everyWayOfDeletingAndRestoringTakesTheRestAlong() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      Customer bob = shop.customer("Bob");
      shop.payment(ada.id(), "a");
      shop.payment(bob.id(), "b");
      List<Object> whole = List.of(shop.numbers(), shop.lines().count());
      Repository<Row, Object> table = db.table("customers");
      List<Consumer<Shop>> deletions =
          List.of(
              s -> s.customers().deleteAll(List.of(ada.id(), bob.id())),
              s -> s.customers().query().delete(),
              s -> s.customers().where(field("name").in(List.of("Ada", "Bob"))).delete(),
              s -> table.deleteAll(List.of(ada.id(), bob.id())),
              s -> table.query().delete(),
              s ->
                  s.db()
                      .transaction(tx -> {
                        s.customers().delete(ada.id());
                        s.customers().delete(bob.id());
                      }));
      List<Consumer<Shop>> restores =
          List.of(
              s -> s.customers().restoreAll(List.of(ada.id(), bob.id())),
              s -> s.customers().query().onlyDeleted().restore(),
              s -> s.customers().where(field("name").in(List.of("Ada", "Bob"))).restore(),
              s -> table.restoreAll(List.of(ada.id(), bob.id())),
              s -> {
                s.customers().restoreDeletion(s.deletionOf(ada.id()));
                s.customers().where(field("name").is("Bob")).restore(); // if it was another
              },
              s -> {
                table.restore(ada.id());
                s.customers().restore(bob.id());
              });
      for (Consumer<Shop> deletion : deletions) {
        for (Consumer<Shop> restore : restores) {
          deletion.accept(shop);
          assertThat(shop.numbers()).isEmpty();
          assertThat(shop.lines().count()).isZero();
          restore.accept(shop);
          assertThat(List.of(shop.numbers(), shop.lines().count())).isEqualTo(whole);
        }
      }
    }
  }

  @Test
  default void howManyRowsGoAlongMakesNoFurtherStatement() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer few = shop.customer("Few");
      Customer many = shop.customer("Many");
      shop.payment(few.id(), "single");
      shop.payments()
          .createAll(
              IntStream.range(0, 300).mapToObj(i -> Payment.of(many.id(), "no " + i)).toList());
      shop.lines()
          .createAll(
              shop.payments().where(field("customerId").is(many.id())).list().stream()
                  .map(payment -> PaymentLine.of(payment.id(), "text"))
                  .toList());
      assertThat(calls(db, () -> shop.customers().delete(many.id())))
          .isEqualTo(calls(db, () -> shop.customers().delete(few.id())));
      assertThat(shop.payments().count()).isZero();
      assertThat(calls(db, () -> shop.customers().restore(many.id())))
          .isEqualTo(calls(db, () -> shop.customers().restore(few.id())));
      assertThat(shop.lines().count()).isEqualTo(302);
    }
  }

  private static List<UUID> ids(int count) {
    return Stream.generate(UUID::randomUUID).limit(count).toList();
  }

  private static long calls(Database db, Runnable work) {
    long before = db.metrics().calls();
    work.run();
    return db.metrics().calls() - before;
  }

  @Test
  default void aChildIsNotRestoredBelowADeletedRow() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      Payment payment = shop.payment(ada.id(), "a");
      shop.customers().delete(ada.id());
      UUID deletion = shop.deletionOf(ada.id());
      PaymentLine line = shop.lines().query().onlyDeleted().first().get();
      List<Object> before = shop.everything();
      List<Runnable> attempts =
          List.of(
              () -> shop.payments().restore(payment.id()),
              () -> shop.payments().restoreAll(List.of(payment.id())),
              () -> shop.payments().restoreDeletion(deletion),
              () -> shop.payments().query().onlyDeleted().restore(),
              () -> shop.lines().restore(line.id()),
              () -> db.table("payments").restore(payment.id()));
      for (Runnable attempt : attempts) {
        assertThatThrownBy(attempt::run)
            .isInstanceOfSatisfying(
                ConstraintException.class,
                e -> {
                  assertThat(e.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY);
                  assertThat(e.columns()).hasSize(1);
                });
        assertThat(shop.everything()).isEqualTo(before);
      }
      assertThat(shop.customers().restoreDeletion(deletion)).isEqualTo(1);
      assertThat(shop.numbers()).containsExactly("a");
      assertThat(shop.lines().count()).isEqualTo(2);
    }
  }

  @Test
  default void aConflictAnywhereRestoresNothing() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      shop.payment(ada.id(), "free");
      shop.payment(ada.id(), "wanted");
      shop.customers().delete(ada.id());
      UUID deletion = shop.deletionOf(ada.id());
      Payment heir = shop.payment(shop.customer("Bob").id(), "wanted");
      List<Object> before = shop.everything();
      List<Runnable> attempts =
          List.of(
              () -> shop.customers().restore(ada.id()),
              () -> shop.customers().restoreDeletion(deletion),
              () -> shop.customers().query().onlyDeleted().restore());
      for (Runnable attempt : attempts) {
        assertThatThrownBy(attempt::run)
            .isInstanceOfSatisfying(
                ConstraintException.class,
                e -> assertThat(e.kind()).isEqualTo(ConstraintException.Kind.UNIQUE));
        assertThat(shop.everything()).isEqualTo(before);
      }
      if (db.capabilities().contains(Capability.SAVEPOINTS)) {
        db.transaction(tx -> {
          for (Runnable attempt : attempts) {
            assertThatThrownBy(attempt::run).isInstanceOf(ConstraintException.class);
          }
        });
        assertThat(shop.everything()).isEqualTo(before);
      }
      shop.payments().delete(heir.id());
      shop.customers().restore(ada.id());
      assertThat(shop.numbers()).containsExactly("free", "wanted");
    }
  }

  @Test
  default void aCascadeIsUndoneWithItsTransaction() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      shop.payment(ada.id(), "a");
      List<Object> before = shop.everything();
      db.transaction(tx -> {
        shop.customers().delete(ada.id());
        assertThat(shop.lines().count()).isZero();
        tx.rollback();
      });
      assertThat(shop.everything()).isEqualTo(before);
      db.transaction(tx -> {
        shop.customers().delete(ada.id());
        shop.customers().restore(ada.id());
      });
      assertThat(shop.numbers()).containsExactly("a");
    }
  }

  @Test
  default void treesGoAsAWholeAndCirclesEnd() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, UUID> folders = db.repository(Folder.class);
      List<UUID> ids = ids(40);
      List<Folder> chain = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        chain.add(Folder.of(ids.get(i), i == 0 ? null : ids.get(i - 1), "level " + i));
      }
      folders.createAll(chain);
      folders.delete(ids.get(10));
      assertThat(folders.count()).isEqualTo(10);
      folders.delete(ids.get(0));
      assertThat(folders.count()).isZero();
      folders.restore(ids.get(0));
      assertThat(folders.count()).as("what went earlier stays away").isEqualTo(10);
      folders.restore(ids.get(10));
      assertThat(folders.count()).isEqualTo(40);

      folders.patch(ids.get(0), c -> c.set(Folder::above, ids.get(39)));
      assertThat(folders.delete(ids.get(7))).isTrue();
      assertThat(folders.count()).isZero();
      folders.restore(ids.get(7));
      assertThat(folders.count()).isEqualTo(40);
      folders.patch(ids.get(5), c -> c.set(Folder::above, ids.get(5))); // the smallest circle
      folders.delete(ids.get(5));
      folders.restore(ids.get(5));
      assertThat(folders.count()).isEqualTo(40);
    }
  }

  @Test
  default void aRestoreFollowsADeletionAlongItsOwnRowsOnly() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, UUID> folders = db.repository(Folder.class);
      List<UUID> ids = ids(4);
      folders.createAll(
          List.of(
              Folder.of(ids.get(0), null, "root"),
              Folder.of(ids.get(1), ids.get(0), "below it"),
              Folder.of(ids.get(2), ids.get(1), "below that"),
              Folder.of(ids.get(3), null, "elsewhere")));
      folders.deleteAll(List.of(ids.get(1), ids.get(3))); // takes 2 along
      folders.delete(ids.get(0));
      folders.restoreAll(List.of(ids.get(0), ids.get(3)));
      assertThat(folders.query().list())
          .as("the deletion that took what is below is that of another row")
          .extracting(Folder::name)
          .containsExactlyInAnyOrder("root", "elsewhere");
      folders.restore(ids.get(1));
      assertThat(folders.count()).isEqualTo(4);
    }
  }

  @Test
  default void rowsThatReferToEachOtherComeBackTogether() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, UUID> folders = db.repository(Folder.class);
      List<UUID> ids = ids(3);
      folders.createAll(
          List.of(
              Folder.of(ids.get(0), null, "root"),
              Folder.of(ids.get(1), ids.get(0), "left"),
              Folder.of(ids.get(2), ids.get(0), "right").withLink(ids.get(1))));
      folders.patch(ids.get(1), c -> c.set(Folder::link, ids.get(2)));
      folders.delete(ids.get(0));
      assertThatThrownBy(() -> folders.restoreAll(List.of(ids.get(1), ids.get(2))))
          .isInstanceOf(ConstraintException.class);
      folders.restore(ids.get(0));
      assertThat(folders.count()).isEqualTo(3);
      folders.deleteAll(List.of(ids.get(1), ids.get(2)));
      assertThatThrownBy(() -> folders.restore(ids.get(1)))
          .as("its link leads to a deleted row")
          .isInstanceOf(ConstraintException.class);
      assertThat(folders.restoreAll(List.of(ids.get(1), ids.get(2)))).isEqualTo(2);
    }
  }

  @Test
  default void purgingARowWhoseChildrenWentWithItIsRefused() {
    Shop shop = shop();
    try (Database db = shop.db()) {
      Customer ada = shop.customer("Ada");
      Payment payment = shop.payment(ada.id(), "a");
      shop.customers().delete(ada.id());
      List<Object> before = shop.everything();
      assertThatThrownBy(() -> shop.customers().purge(ada.id()))
          .isInstanceOfSatisfying(
              ConstraintException.class,
              e -> assertThat(e.kind()).isEqualTo(ConstraintException.Kind.FOREIGN_KEY));
      assertThat(shop.everything()).isEqualTo(before);
      db.repository(PaymentLine.class).query().onlyDeleted().purge();
      shop.payments().purge(payment.id());
      assertThat(shop.customers().purge(ada.id())).isTrue();
    }
  }
}
