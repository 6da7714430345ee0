package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.QueryBudget.expectQueries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.error.DataException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import dev.plinth.testkit.samples.Shop.Card;
import dev.plinth.testkit.samples.Shop.Customer;
import dev.plinth.testkit.samples.Shop.Folder;
import dev.plinth.testkit.samples.Shop.Line;
import dev.plinth.testkit.samples.Shop.Payment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records whose components are rows of several tables: one statement for each edge.
@NullMarked
public interface FetchPlanContract extends ContractBase {

  /// The row itself and who refers to it.
  record Payer(Customer customer, @Column("payerId") List<Payment> payments) {}

  /// The row itself and both whom it refers to.
  record Sides(Payment payment, Customer payer, @Nullable Customer payee) {}

  /// A plan in a plan.
  record PaymentWithLines(Payment payment, List<Line> lines) {}

  /// A plan of plans.
  record Deep(UUID id, String name, @Column("payerId") List<PaymentWithLines> paid) {}

  /// Columns of the row, and columns of another.
  record Slim(long cents, Name payer, @Column("payeeId") @Nullable Name to) {}

  /// A few columns.
  record Name(String name) {}

  /// A plan of the one whom the row refers to.
  record LineUp(String text, Paid payment) {}

  /// A payment and who made it.
  record Paid(Payment payment, Customer payer) {}

  /// A tree: what stands above and below.
  record Node(Folder folder, @Nullable Folder parent, List<Folder> children) {}

  /// A record that may not be without a payee.
  record Strict(Payment payment, Customer payee) {}

  /// Who owns a card that is kept in memory.
  record Owner(Customer customer, List<Card> cards) {}

  /// Two payments by Ada, of 100 (to Bob) and 200; two by Bob, of 300 (to Ada) and 400 (to Bob).
  record Data(
      Repository<Customer, UUID> customers,
      Repository<Payment, UUID> payments,
      Repository<Line, Long> lines,
      Customer ada,
      Customer bob,
      Customer eve) {
    static Data in(Database db) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Repository<Line, Long> lines = db.repository(Line.class);
      Customer ada = customers.create(Customer.of("Ada", 1));
      Customer bob = customers.create(Customer.of("Bob", 2));
      Customer eve = customers.create(Customer.of("Eve", 3));
      for (Payment payment :
          List.of(
              Payment.of(ada.id(), bob.id(), 100),
              Payment.of(ada.id(), null, 200),
              Payment.of(bob.id(), ada.id(), 300),
              Payment.of(bob.id(), bob.id(), 400))) {
        Payment made = payments.create(payment);
        lines.create(Line.of(made.id(), "a" + made.cents()));
        lines.create(Line.of(made.id(), "b" + made.cents()));
      }
      return new Data(customers, payments, lines, ada, bob, eve);
    }

    Query<Customer> byName() {
      return customers.query().orderBy(Order.ascending(Customer::name));
    }

    Query<Payment> byCents() {
      return payments.query().orderBy(Order.ascending(Payment::cents));
    }
  }

  private Database shop() {
    return open(Customer.class, Payment.class, Line.class);
  }

  @Test
  default void whoRefersToARowComesWithIt() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      List<Payer> payers = expectQueries(2, () -> data.byName().as(Payer.class).list());
      assertThat(payers).extracting(Payer::customer).containsExactly(data.ada, data.bob, data.eve);
      for (Payer payer : payers) { // in the payments' own order: newest first
        assertThat(payer.payments())
            .isEqualTo(
                data.payments.where(field(Payment::payerId).is(payer.customer().id())).list());
      }
      assertThat(payers.getFirst().payments())
          .extracting(Payment::cents)
          .containsExactlyInAnyOrder(100L, 200L);
      assertThat(payers.getLast().payments()).isEmpty();
      assertThatThrownBy(() -> payers.getFirst().payments().clear())
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  default void whomARowRefersToComesWithItOnce() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      List<Sides> sides = expectQueries(3, () -> data.byCents().as(Sides.class).list());
      assertThat(sides)
          .extracting(s -> s.payment().cents())
          .containsExactly(100L, 200L, 300L, 400L);
      assertThat(sides)
          .extracting(Sides::payer)
          .containsExactly(data.ada, data.ada, data.bob, data.bob);
      assertThat(sides)
          .extracting(Sides::payee)
          .containsExactly(data.bob, null, data.ada, data.bob);
      assertThat(sides.get(0).payer()).isSameAs(sides.get(1).payer());
    }
  }

  @Test
  default void plansNestAndTakeColumns() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      List<Deep> deep = expectQueries(3, () -> data.byName().as(Deep.class).list());
      assertThat(deep).extracting(Deep::name).containsExactly("Ada", "Bob", "Eve");
      assertThat(deep.get(1).id()).isEqualTo(data.bob.id());
      assertThat(deep.get(1).paid())
          .flatExtracting(PaymentWithLines::lines)
          .extracting(Line::text)
          .containsExactlyInAnyOrder("a300", "b300", "a400", "b400");
      assertThat(deep.get(2).paid()).isEmpty();
      List<Slim> slim = expectQueries(3, () -> data.byCents().as(Slim.class).list());
      assertThat(slim)
          .containsExactly(
              new Slim(100, new Name("Ada"), new Name("Bob")),
              new Slim(200, new Name("Ada"), null),
              new Slim(300, new Name("Bob"), new Name("Ada")),
              new Slim(400, new Name("Bob"), new Name("Bob")));
      List<LineUp> up =
          expectQueries(
              3,
              () ->
                  data.lines
                      .where(field(Line::text).startsWith("a"))
                      .orderBy(Order.ascending(Line::text))
                      .as(LineUp.class)
                      .list());
      assertThat(up)
          .extracting(line -> line.text() + line.payment().payer().name())
          .containsExactly("a100Ada", "a200Ada", "a300Bob", "a400Bob");
    }
  }

  @Test
  default void aTreeHasItsOwnRowsAboveAndBelow() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, Long> folders = db.repository(Folder.class);
      folders.createAll(
          List.of(
              Folder.of(1, null, "root"),
              Folder.of(2, 1L, "left"),
              Folder.of(3, 1L, "right"),
              Folder.of(4, 3L, "leaf")));
      List<Node> nodes =
          expectQueries(
              3, () -> folders.query().orderBy(Order.ascending("id")).as(Node.class).list());
      assertThat(nodes)
          .extracting(node -> node.parent() == null ? "" : node.parent().name())
          .containsExactly("", "root", "root", "right");
      assertThat(nodes.get(0).children()).extracting(Folder::name).containsExactly("left", "right");
      assertThat(nodes.get(2).children()).extracting(Folder::name).containsExactly("leaf");
      assertThat(nodes.get(3).children()).isEmpty();
    }
  }

  @Test
  default void deletedRowsOfTheOtherSideDoNotCome() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      data.payments.where(field(Payment::cents).is(100L)).delete();
      assertThat(data.byName().as(Payer.class).first().orElseThrow().payments())
          .extracting(Payment::cents)
          .containsExactly(200L);
      data.customers.delete(data.ada.id());
      Query<Payment> toAda = data.payments.where(field(Payment::cents).is(300L));
      assertThat(toAda.as(Sides.class).one().payee()).isNull();
      assertThatThrownBy(() -> data.byCents().as(Sides.class).list())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Sides.payer")
          .hasMessageContaining(data.ada.id().toString())
          .hasMessageContaining("@Nullable");
      Filter live = field(Payment::payerId).refersTo(Customer.class, Filter.all());
      assertThat(data.byCents().where(live).as(Sides.class).list()).hasSize(2);
      assertThat(data.customers.query().onlyDeleted().as(Payer.class).one().payments()).hasSize(1);
      data.customers.restore(data.ada.id());
      assertThatThrownBy(() -> data.byCents().as(Strict.class).list())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("Strict.payee")
          .hasMessageContaining("refers to none");
    }
  }

  @Test
  default void everyWayToReadTakesPlans() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      Query<Payer> payers = data.byName().as(Payer.class);
      assertThat(expectQueries(2, payers::first).orElseThrow().payments()).hasSize(2);
      assertThat(
              data.customers
                  .where(field(Customer::name).is("Bob"))
                  .as(Payer.class)
                  .one()
                  .payments())
          .hasSize(2);
      Page<Payer> page = expectQueries(3, () -> payers.page(2, 1));
      assertThat(page.total()).isEqualTo(3);
      assertThat(page.items()).extracting(p -> p.customer().name()).containsExactly("Bob");
      Slice<Payer> first = expectQueries(2, () -> payers.limit(2).slice());
      assertThat(first.items()).extracting(p -> p.customer().name()).containsExactly("Ada", "Bob");
      Slice<Payer> second = payers.limit(2).after(first.next().orElseThrow()).slice();
      assertThat(second.items()).extracting(p -> p.customer().name()).containsExactly("Eve");
      Slice<Payer> back = payers.limit(2).before(second.previous().orElseThrow()).slice();
      assertThat(back).isEqualTo(new Slice<>(first.items(), back.next(), back.previous()));
      assertThat(payers.before(second.previous().orElseThrow()).list()).isEqualTo(first.items());
      assertThat(payers.count()).isEqualTo(3);
      assertThat(payers.exists()).isTrue();
      assertThat(payers.explain()).isNotBlank();
      // nobody is asked for nobody
      assertThat(expectQueries(1, () -> payers.where(Filter.none()).list())).isEmpty();
      assertThat(
              expectQueries(
                  2,
                  () -> data.payments.where(field(Payment::cents).is(200L)).as(Sides.class).one()))
          .extracting(Sides::payee)
          .isNull();
    }
  }

  @Test
  default void streamsAreReadInBatches() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      List<Customer> many = new ArrayList<>();
      for (int i = 0; i < 2500; i++) {
        many.add(Customer.of("z%04d".formatted(i), 0));
      }
      List<Payment> more = new ArrayList<>();
      data.customers.createAll(many).forEach(one -> more.add(Payment.of(one.id(), null, 7)));
      data.payments.createAll(more);
      Query<Payer> all = data.byName().as(Payer.class);
      List<Payer> streamed =
          expectQueries(
              6,
              () -> {
                try (Stream<Payer> stream = all.stream()) {
                  return stream.toList();
                }
              });
      assertThat(streamed).isEqualTo(all.list()).hasSize(2503);
      try (Stream<Payer> some = all.offset(1).limit(1501).stream()) {
        assertThat(some.toList()).isEqualTo(streamed.subList(1, 1502));
      }
      try (Stream<Payer> few = all.stream()) { // no connection is held, so this cannot wait for it
        assertThat(few.limit(3).map(p -> data.customers.get(p.customer().id()).name()))
            .containsExactly("Ada", "Bob", "Eve");
      }
      try (Stream<Payer> none = all.limit(0).stream()) {
        assertThat(none).isEmpty();
      }
      db.transaction(tx -> {
        data.customers.create(Customer.of("a first", 0));
        try (Stream<Payer> own = all.stream()) {
          assertThat(own.findFirst().orElseThrow().customer().name()).isEqualTo("Ada");
          assertThat(data.byName().where(field(Customer::rank).is(0)).as(Payer.class).count())
              .isEqualTo(2501);
        }
      });
    }
  }

  @Test
  default void plansSeeTheirOwnTransaction() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                data.payments.where(field(Payment::payerId).is(data.ada.id())).delete();
                assertThat(data.byName().as(Payer.class).first().orElseThrow().payments())
                    .isEmpty();
                expectQueries(2, () -> data.byName().as(Payer.class).list());
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThat(data.byName().as(Payer.class).first().orElseThrow().payments()).hasSize(2);
    }
  }

  /// More keys than one statement takes are asked for in several, and none is lost.
  @Test
  default void manyKeysAreAskedForInChunks() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      List<Customer> many = new ArrayList<>();
      for (int i = 0; i < 12_000; i++) {
        many.add(Customer.of("z" + i, 0));
      }
      List<Payment> more = new ArrayList<>();
      data.customers.createAll(many).forEach(one -> more.add(Payment.of(one.id(), null, 7)));
      data.payments.createAll(more);
      Query<Customer> all = data.customers.where(field(Customer::rank).is(0));
      List<Payer> payers = expectQueries(3, () -> all.as(Payer.class).list());
      assertThat(payers).hasSize(12_000).allMatch(payer -> payer.payments().size() == 1);
    }
  }

  @Test
  default void cachedRowsOfTheOtherSideAreNeverStale() {
    try (Database db = open(Customer.class, Card.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Card, Long> cards = db.repository(Card.class);
      Customer ada = customers.create(Customer.of("Ada", 1));
      Query<Owner> owners = customers.query().as(Owner.class);
      for (int i = 1; i < 4; i++) {
        cards.create(Card.of(ada.id(), "" + i));
        assertThat(owners.one().cards()).hasSize(i);
        assertThat(owners.one().cards()).hasSize(i);
      }
    }
  }

  /// The control: what a plan replaces is what a budget finds.
  @Test
  default void theLoopThatAPlanReplacesExceedsItsBudget() {
    try (Database db = shop()) {
      Data data = Data.in(db);
      assertThatThrownBy(() ->
              expectQueries(
                  2,
                  () -> {
                    for (Customer customer : data.byName().list()) {
                      data.payments.where(field(Payment::payerId).is(customer.id())).list();
                    }
                  }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("3 × select")
          .hasMessageContaining("payments");
    }
  }
}
