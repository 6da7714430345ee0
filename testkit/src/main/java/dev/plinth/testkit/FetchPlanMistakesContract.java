package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.MappingException;
import dev.plinth.query.Query;
import dev.plinth.testkit.samples.Shop.Customer;
import dev.plinth.testkit.samples.Shop.Line;
import dev.plinth.testkit.samples.Shop.Payment;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Fetch plans that cannot be, and what is said of them.
@NullMarked
public interface FetchPlanMistakesContract extends ContractBase {

  /// Names two edges would have, and nobody.
  record Ambiguous(Customer customer, List<Payment> payments) {}

  /// Names none of two references.
  record Whom(Payment payment, Customer customer) {}

  /// Leads nowhere.
  record Nowhere(Customer customer, List<Line> lines) {}

  /// Names a reference that is none.
  record Misnamed(Customer customer, @Column("cents") List<Payment> payments) {}

  /// A list of plans of nobody knows what.
  record Headless(Customer customer, List<Inner> inner) {}

  /// A plan that names no table.
  record Inner(long cents, List<Line> lines) {}

  /// A plan with itself in it.
  record Endless(Customer customer, @Column("payerId") List<Back> back) {}

  /// The way back.
  record Back(Payment payment, @Column("payerId") Endless payer) {}

  /// A column that is none.
  record Unknown(String nmae, @Column("payerId") List<Payment> payments) {}

  /// Two rows where one would do.
  record Twins(Customer one, Customer two) {}

  /// A row of something else.
  record Stranger(@Id UUID id, String name) {}

  /// Nothing refers to it.
  record Strange(Payment payment, Stranger stranger) {}

  @Test
  default void whatLeadsNowhereIsRefusedByName() {
    try (Database db = open(Customer.class, Payment.class, Line.class)) {
      FetchPlanContract.Data data = FetchPlanContract.Data.in(db);
      refused(data.byName(), Ambiguous.class, "Ambiguous.payments", "payerId and payeeId");
      refused(data.byCents(), Whom.class, "Whom.customer", "payerId and payeeId", "@Column");
      refused(data.byName(), Nowhere.class, "Nowhere.lines", "no @References to customers");
      refused(data.byName(), Misnamed.class, "Misnamed.payments", "payerId and payeeId");
      refused(data.byName(), Headless.class, "Headless.inner", "@Id");
      refused(data.byName(), Endless.class, "itself");
      refused(data.byName(), Unknown.class, "Unknown.nmae", "'name'");
      refused(data.byName(), Twins.class, "[one, two]");
      refused(data.byCents(), Strange.class, "Strange.stranger");
    }
  }

  private static void refused(Query<?> query, Class<?> plan, String... words) {
    assertThatThrownBy(() -> query.as(plan).list())
        .isInstanceOf(MappingException.class)
        .message()
        .contains(words);
  }

  @Test
  default void plansAreForReading() {
    try (Database db = open(Customer.class, Payment.class, Line.class)) {
      FetchPlanContract.Data data = FetchPlanContract.Data.in(db);
      assertThatThrownBy(
              () -> data.byName().as(FetchPlanContract.Payer.class).update(c -> c.set("name", "x")))
          .isInstanceOf(MappingException.class);
      assertThat(data.customers().get(data.ada().id()).name()).isEqualTo("Ada");
    }
  }

  @Test
  default void plansOfAClosedDatabaseAreRefused() {
    Database db = open(Customer.class, Payment.class, Line.class);
    FetchPlanContract.Data data = FetchPlanContract.Data.in(db);
    db.close();
    assertThatThrownBy(() -> data.byName().as(FetchPlanContract.Payer.class).list())
        .isInstanceOf(ConnectionException.class);
  }

  /// Payments once more, with a word to be said while they are read.
  @Table("payments")
  record Overheard(@Id UUID id, @References(Customer.class) UUID payerId) {
    private static final AtomicReference<@Nullable Runnable> MEANWHILE = new AtomicReference<>();

    /// Runs what is to be done meanwhile, once.
    public Overheard {
      Runnable meanwhile = MEANWHILE.getAndSet(null);
      if (meanwhile != null) {
        meanwhile.run();
      }
    }
  }

  /// Reads the same rows twice.
  record Twice(Customer customer, List<Overheard> first, @Column("payerId") List<Payment> second) {}

  /// What somebody else commits between two edges is seen by none of them.
  @Test
  default void theEdgesOfAPlanAreOfOneMoment() {
    try (Database db = open(Customer.class, Payment.class, Line.class)) {
      FetchPlanContract.Data data = FetchPlanContract.Data.in(db);
      Query<Twice> ada = data.customers().where(field(Customer::name).is("Ada")).as(Twice.class);
      assertThat(ada.one().second()).hasSize(2);
      AtomicBoolean done = new AtomicBoolean();
      Overheard.MEANWHILE.set(() ->
          done.set(
              CompletableFuture.supplyAsync(
                          () -> data.payments().create(Payment.of(data.ada().id(), null, 7)))
                      .join()
                      .version()
                  > 0));
      Twice read = ada.one();
      assertThat(done).isTrue();
      assertThat(read.first()).hasSize(2);
      assertThat(read.second()).hasSize(2);
      assertThat(ada.one().second()).hasSize(3); // the control: it was committed
    }
  }
}
