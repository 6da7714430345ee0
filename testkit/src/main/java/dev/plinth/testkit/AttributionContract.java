package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.config.Setting;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.health.Metrics;
import dev.plinth.query.Query;
import dev.plinth.testkit.samples.Profile;
import dev.plinth.testkit.samples.Shop.Customer;
import dev.plinth.testkit.samples.Shop.Folder;
import dev.plinth.testkit.samples.Shop.Payment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Slow calls and repeated ones are told with the line that asks for them.
@NullMarked
public interface AttributionContract extends ContractBase {

  /// A record that takes its time.
  @Table("slow_rows")
  record Slowly(@Id UUID id, String name, @DeletedAt @Nullable Instant deletedAt) {

    /// Takes two milliseconds.
    public Slowly {
      long end = System.nanoTime() + 2_000_000;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @SuppressWarnings("NullAway") // the key is the layer's to make
    static Slowly of(String name) {
      return new Slowly(null, name, null);
    }
  }

  private static Metrics.Slow last(Database db) {
    return db.metrics().slowest().getLast();
  }

  @Test
  default void slowCallsTellTheirLineAndTheirStatement() {
    try (Database db = open(config -> config.with(Setting.SLOW_STATEMENT, "0.001"), Slowly.class)) {
      Repository<Slowly, UUID> rows = db.repository(Slowly.class);
      Slowly ada = rows.create(Slowly.of("Ada the secret"));
      assertThat(last(db).what()).isEqualTo("insert slow_rows");
      assertThat(last(db).site())
          .startsWith(
              AttributionContract.class.getName()
                  + ".slowCallsTellTheirLineAndTheirStatement(AttributionContract.java:");
      rows.get(ada.id());
      assertThat(last(db).what()).isEqualTo("find slow_rows");
      assertThat(last(db).sql()).contains("select").contains("slow_rows").contains("deleted_at");
      rows.where(field(Slowly::name).is("Ada the secret")).list();
      assertThat(last(db).what()).isEqualTo("select slow_rows");
      assertThat(last(db).sql())
          .contains("order by")
          .contains("is null") // what soft delete adds
          .doesNotContain("secret");
      db.sql("select id, name, deleted_at from slow_rows where name = :name")
          .bind("name", "Ada the secret")
          .as(Slowly.class)
          .one();
      assertThat(last(db).sql()).startsWith("select id, name").doesNotContain("secret");
      assertThat(last(db).site()).contains("AttributionContract.java");
      db.transaction(tx -> assertThat(Stream.of(ada.id()).map(rows::get).toList()).hasSize(1));
      assertThat(last(db).what()).isEqualTo("find slow_rows");
      assertThat(last(db).site()).contains("AttributionContract");
    }
  }

  /// Eight payments by one customer each.
  private static List<Payment> payments(Database db) {
    Repository<Customer, UUID> customers = db.repository(Customer.class);
    Repository<Payment, UUID> payments = db.repository(Payment.class);
    List<Payment> made = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      made.add(Payment.of(customers.create(Customer.of("c" + i, i)).id(), null, i));
    }
    return payments.createAll(made);
  }

  @Test
  default void aFindForEachRowIsToldOncePerLine() {
    try (Database db = open(Customer.class, Payment.class)) {
      payments(db);
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      for (int round = 1; round <= 3; round++) {
        for (Payment payment : payments.query().list()) {
          customers.get(payment.payerId());
        }
        List<Metrics.Repeated> repeated = db.metrics().repeated();
        assertThat(repeated).hasSize(1);
        assertThat(repeated.getFirst().what()).isEqualTo("find customers");
        assertThat(repeated.getFirst().before()).isEqualTo("payments");
        assertThat(repeated.getFirst().times()).isEqualTo(round);
        assertThat(repeated.getFirst().site())
            .contains("aFindForEachRowIsToldOncePerLine(AttributionContract.java:");
      }
      db.resetMetrics();
      assertThat(db.metrics().repeated()).isEmpty();
    }
  }

  @Test
  default void aQueryForEachRowIsToldAsWell() throws InterruptedException {
    try (Database db = open(Customer.class, Payment.class)) {
      payments(db);
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      for (Customer customer : customers.query().list()) {
        payments.where(field(Payment::payerId).is(customer.id())).list();
      }
      for (Payment payment : payments.query().list()) {
        customers.where(field(Customer::id).is(payment.payerId())).exists();
      }
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread other =
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, e) -> failure.set(e))
              .start(() -> {
                for (Payment payment : payments.query().list()) {
                  customers.find(payment.payerId());
                }
              });
      other.join();
      assertThat(failure.get()).isNull();
      assertThat(db.metrics().repeated())
          .extracting(Metrics.Repeated::what)
          .containsExactlyInAnyOrder("select payments", "exists customers", "find customers");
    }
  }

  /// Independent questions, however many, and questions about all rows at once.
  @Test
  default void whatIsNoPatternIsNotTold() {
    try (Database db = open(Customer.class, Payment.class, Folder.class, Profile.class)) {
      List<Payment> made = payments(db);
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<Folder, Long> folders = db.repository(Folder.class);
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      for (Payment payment : made) { // of rows that nobody has read
        customers.get(payment.payerId());
      }
      for (int request = 0; request < 20; request++) { // a list, and one of it
        Payment one = payments.query().list().getFirst();
        customers.get(one.payerId());
      }
      for (Payment payment : payments.query().limit(4).list()) { // few
        customers.get(payment.payerId());
      }
      List<Payment> several = payments.query().list(); // from one line each
      customers.get(several.get(0).payerId());
      customers.get(several.get(1).payerId());
      customers.get(several.get(2).payerId());
      customers.get(several.get(3).payerId());
      customers.get(several.get(4).payerId());
      customers.get(several.get(5).payerId());
      payments.query().list();
      for (int chunk = 0; chunk < 8; chunk++) { // many at once
        customers.findAll(made.subList(0, 4).stream().map(Payment::payerId).toList());
      }
      for (int page = 1; page <= 8; page++) {
        customers.query().page(page, 1);
      }
      customers.query().list();
      for (int page = 1; page <= 8; page++) { // of another table, several rows each
        payments.query().page(page, 3);
      }
      folders.createAll(IntStream.range(1, 10).mapToObj(i -> Folder.of(i, null, "f" + i)).toList());
      for (Folder folder : folders.query().list()) {
        folders.where(field(Folder::parentId).is(folder.id())).list(); // may be pages as well
      }
      UUID profile = profiles.create(Profile.of("ada")).id();
      for (Payment payment : payments.query().list()) { // from memory
        assertThat(payment.cents()).isNotNegative();
        profiles.get(profile);
      }
      assertThat(db.metrics().repeated()).isEmpty();
    }
  }

  @Test
  default void aPlanIsNoPattern() {
    try (Database db = open(Customer.class, Payment.class)) {
      payments(db);
      Query<FetchPlanContract.Payer> all =
          db.<Customer, UUID>repository(Customer.class).query().as(FetchPlanContract.Payer.class);
      for (int i = 0; i < 20; i++) {
        assertThat(all.list()).hasSize(8);
      }
      assertThat(db.metrics().repeated()).isEmpty();
    }
  }
}
