package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.has;
import static dev.plinth.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.error.MappingException;
import dev.plinth.error.QueryException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Query;
import dev.plinth.query.Row;
import dev.plinth.query.Slice;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Shop.Card;
import dev.plinth.testkit.samples.Shop.Customer;
import dev.plinth.testkit.samples.Shop.Folder;
import dev.plinth.testkit.samples.Shop.Line;
import dev.plinth.testkit.samples.Shop.Payment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Filters by rows of other tables: whom a row refers to, and who refers to it.
public interface RelationFilterContract extends ContractBase {

  /// A few customers with payments.
  record Small(
      Repository<Customer, UUID> customers,
      Repository<Payment, UUID> payments,
      Customer ada,
      Customer bob,
      Customer eve) {

    static Small in(Database db) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      Small small =
          new Small(
              customers,
              payments,
              customers.create(Customer.of("Ada", 1)),
              customers.create(Customer.of("Bob", 2)),
              customers.create(Customer.of("Eve", 3)));
      payments.createAll(
          List.of(
              Payment.of(small.ada.id(), small.bob.id(), 100),
              Payment.of(small.ada.id(), null, 200),
              Payment.of(small.ada.id(), small.bob.id(), 300),
              Payment.of(small.bob.id(), small.ada.id(), 400)));
      return small;
    }

    List<String> names(Filter filter) {
      return customers.where(filter).list().stream().map(Customer::name).sorted().toList();
    }

    List<Long> cents(Filter filter) {
      return payments.where(filter).list().stream().map(Payment::cents).sorted().toList();
    }
  }

  /// Random conditions to any depth over random rows, some of them deleted: the engine and plain Java
  /// must agree.
  @Test
  default void randomFiltersByOtherRowsMeanWhatTheySay() {
    try (Database db = open(Customer.class, Payment.class, Line.class, Folder.class)) {
      RelationOracle oracle = fill(db, new Random(1));
      for (long seed = 0; seed < 400; seed++) {
        Random random = new Random(seed);
        int depth = random.nextInt(5);
        agrees(
            db, Customer.class, oracle.customers(), Customer::id, oracle.customers(random, depth));
        agrees(db, Payment.class, oracle.payments(), Payment::id, oracle.payments(random, depth));
        agrees(db, Folder.class, oracle.folders(), Folder::id, oracle.folders(random, depth));
      }
    }
  }

  private static <T> void agrees(
      Database db,
      Class<T> record,
      List<T> rows,
      Function<T, Object> key,
      RelationOracle.Pair<T> pair) {
    List<Object> expected = rows.stream().filter(pair.meaning()).map(key).toList();
    Query<T> query = db.repository(record).where(pair.filter());
    try {
      assertThat(query.list()).extracting(key::apply).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(query.count()).isEqualTo(expected.size());
      assertThat(query.exists()).isEqualTo(!expected.isEmpty());
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("filter: " + pair.filter(), e);
    }
  }

  private static RelationOracle fill(Database db, Random random) {
    Repository<Customer, UUID> customers = db.repository(Customer.class);
    Repository<Payment, UUID> payments = db.repository(Payment.class);
    Repository<Line, Long> lines = db.repository(Line.class);
    Repository<Folder, Long> folders = db.repository(Folder.class);
    List<Customer> people = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      people.add(customers.create(Customer.of("c" + i, random.nextInt(4))));
    }
    List<Payment> paid = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      UUID payer = people.get(random.nextInt(15)).id();
      UUID payee = random.nextInt(3) == 0 ? null : people.get(random.nextInt(15)).id();
      paid.add(payments.create(Payment.of(payer, payee, random.nextInt(10))));
    }
    List<Line> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      texts.add(Line.of(paid.get(random.nextInt(40)).id(), "t" + random.nextInt(4)));
    }
    List<Folder> tree = new ArrayList<>();
    for (long i = 1; i <= 30; i++) {
      Long parent =
          i == 1 || random.nextInt(6) == 0 ? null : 1 + (long) random.nextInt((int) i - 1);
      tree.add(folders.create(Folder.of(i, parent, "n" + random.nextInt(4))));
    }
    lines.createAll(texts);
    for (int i = 0; i < 4; i++) { // who is deleted is seen from no side
      customers.delete(people.get(i).id());
      payments.delete(paid.get(i).id());
      folders.delete(tree.get(3 * i + 2).id());
    }
    return new RelationOracle(
        customers.query().list(),
        payments.query().list(),
        lines.query().list(),
        folders.query().list());
  }

  @Test
  default void rowsAreFoundByWhomTheyReferTo() {
    try (Database db = open(Customer.class, Payment.class)) {
      Small shop = Small.in(db);
      assertThat(shop.cents(field(Payment::payerId).refersTo(Customer.class, Filter.all())))
          .containsExactly(100L, 200L, 300L, 400L);
      Filter ada = field(Customer::name).is("Ada");
      assertThat(shop.cents(field(Payment::payerId).refersTo(Customer.class, ada)))
          .containsExactly(100L, 200L, 300L);
      assertThat(shop.cents(field(Payment::payeeId).refersTo(Customer.class, ada)))
          .containsExactly(400L);
      assertThat(shop.cents(not(field(Payment::payeeId).refersTo(Customer.class, ada))))
          .containsExactly(100L, 200L, 300L);
      assertThat(
              shop.cents(
                  field("payeeId")
                      .refersTo(Customer.class, field("rank").atMost(2))
                      .and(field(Payment::cents).greater(100L))))
          .containsExactly(300L, 400L);
    }
  }

  @Test
  default void rowsAreFoundOnceByWhoRefersToThem() {
    try (Database db = open(Customer.class, Payment.class)) {
      Small shop = Small.in(db);
      assertThat(shop.names(has(Payment.class, Payment::payerId, Filter.all())))
          .containsExactly("Ada", "Bob");
      assertThat(shop.names(not(has(Payment.class, Payment::payerId, Filter.all()))))
          .containsExactly("Eve");
      Filter big = field(Payment::cents).greater(150L);
      assertThat(shop.names(has(Payment.class, Payment::payeeId, big)))
          .containsExactly("Ada", "Bob");
      Query<Customer> payers = shop.customers.where(has(Payment.class, Payment::payerId, big));
      assertThat(payers.count()).isEqualTo(2);
      assertThat(payers.page(1, 1).total()).isEqualTo(2);
      Slice<Customer> first = payers.limit(1).slice();
      Slice<Customer> second = payers.limit(1).after(first.next().orElseThrow()).slice();
      assertThat(first.items()).doesNotContainAnyElementsOf(second.items());
      assertThat(second.next()).isEmpty();
      try (Stream<Customer> all = payers.stream()) {
        assertThat(all).hasSize(2);
      }
      assertThat(payers.explain()).isNotBlank();
    }
  }

  @Test
  default void deletedRowsOfTheOtherSideAreHidden() {
    try (Database db = open(Customer.class, Payment.class)) {
      Small shop = Small.in(db);
      shop.customers.delete(shop.ada.id());
      assertThat(shop.cents(field(Payment::payerId).refersTo(Customer.class, Filter.all())))
          .containsExactly(400L);
      assertThat(shop.payments.count()).isEqualTo(4);
      shop.payments.where(field(Payment::payerId).is(shop.bob.id())).delete();
      assertThat(shop.names(has(Payment.class, Payment::payerId, Filter.all()))).isEmpty();
      assertThat(
              shop.customers
                  .query()
                  .includeDeleted()
                  .where(has(Payment.class, Payment::payerId, Filter.all()))
                  .list())
          .extracting(Customer::name)
          .containsExactly("Ada");
    }
  }

  @Test
  default void changesAndDeletionsTakeSuchFiltersAndAreAudited() {
    try (Database db = open(Customer.class, Payment.class, Folder.class)) {
      Small shop = Small.in(db);
      Filter ofBob = field(Payment::payerId).refersTo(Customer.class, field("name").is("Bob"));
      Filter hasBig = has(Payment.class, Payment::payerId, field(Payment::cents).is(300L));
      assertThat(shop.payments.where(ofBob).update(c -> c.set(Payment::cents, 1L))).isEqualTo(1);
      assertThat(shop.customers.where(hasBig).update(c -> c.set(Customer::rank, 9))).isEqualTo(1);
      assertThat(shop.customers.get(shop.ada.id()).rank()).isEqualTo(9);
      assertThat(shop.payments.where(not(ofBob)).delete()).isEqualTo(3);
      assertThat(shop.cents(Filter.all())).containsExactly(1L);
      assertThat(shop.payments.where(not(ofBob)).restore()).isEqualTo(3);
      assertThat(shop.payments.where(ofBob).purge()).isEqualTo(1);
      assertThat(shop.cents(Filter.all())).containsExactly(100L, 200L, 300L);
      assertThat(db.audit().of(Payment.class).list())
          .extracting(entry -> entry.action())
          .contains(Action.UPDATE, Action.SOFT_DELETE, Action.RESTORE, Action.DELETE);
      Repository<Folder, Long> folders = db.repository(Folder.class);
      folders.createAll(
          List.of(Folder.of(1, null, "a"), Folder.of(2, 1L, "a"), Folder.of(3, 2L, "a")));
      // each row is judged by the table as it was before
      Filter inA = field(Folder::parentId).refersTo(Folder.class, field(Folder::name).is("a"));
      assertThat(folders.where(inA).update(c -> c.set(Folder::name, "b"))).isEqualTo(2);
    }
  }

  @Test
  default void aFilterThatFailsInATransactionChangesNothing() {
    try (Database db = open(Customer.class, Payment.class)) {
      Small shop = Small.in(db);
      Filter ofAda = field(Payment::payerId).refersTo(Customer.class, field("name").is("Ada"));
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                shop.payments.where(ofAda).delete();
                assertThat(shop.payments.where(ofAda).exists()).isFalse();
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThat(shop.payments.where(ofAda).count()).isEqualTo(3);
    }
  }

  @Test
  default void whatIsNoReferenceIsRefused() {
    try (Database db = open(Customer.class, Payment.class, Account.class)) {
      Small shop = Small.in(db);
      assertThatThrownBy(
              () -> shop.cents(field(Payment::cents).refersTo(Customer.class, Filter.all())))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("payments.cents")
          .hasMessageContaining("@References");
      assertThatThrownBy(
              () -> shop.cents(field(Payment::payerId).refersTo(Account.class, Filter.all())))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("Customer");
      assertThatThrownBy(() -> shop.names(has(Payment.class, Payment::cents, Filter.all())))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> shop.cents(field("payer").refersTo(Customer.class, Filter.all())))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'payerId'");
      assertThatThrownBy(() ->
              shop.cents(field(Payment::payerId).refersTo(Customer.class, field("nmae").is("x"))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'name'");
      assertThatThrownBy(() ->
              shop.cents(
                  field(Payment::payerId).refersTo(Customer.class, field(Payment::cents).is(1L))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("Payment");
      assertThatThrownBy(() -> field(Payment::payerId).refersTo(Customer.class, null))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> has(Payment.class, Payment::payerId, null))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(
              () -> shop.cents(field(Payment::payerId).refersTo(String.class, Filter.all())))
          .isInstanceOf(MappingException.class);
    }
  }

  /// A column that only the table around it has must not be taken for one of the table inside.
  @Test
  default void columnsOfTheTablesAroundAreNotSeenInside() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, Long> folders = db.repository(Folder.class);
      folders.createAll(
          List.of(Folder.of(1, null, "root"), Folder.of(2, 1L, "x"), Folder.of(3, 2L, "leaf")));
      Filter root = field(Folder::parentId).isNull();
      assertThat(folders.where(field(Folder::parentId).refersTo(Folder.class, root)).list())
          .extracting(Folder::name)
          .containsExactly("x");
      assertThat(
              folders
                  .where(
                      field(Folder::parentId)
                          .refersTo(
                              Folder.class, field(Folder::parentId).refersTo(Folder.class, root)))
                  .list())
          .extracting(Folder::name)
          .containsExactly("leaf");
      assertThat(folders.where(not(has(Folder.class, Folder::parentId, Filter.all()))).list())
          .extracting(Folder::name)
          .containsExactly("leaf");
    }
  }

  /// What its table does not have.
  @Table("misfits")
  @Audited(false)
  record Misfit(@Id long id, @References(Folder.class) Long folderId, String name) {}

  /// A column that the record has, but only the table around it: SQL alone would find that.
  @Test
  default void aMissingColumnIsNotFoundInTheTableAround() {
    try (Database db = open(Folder.class)) {
      Repository<Folder, Long> folders = db.repository(Folder.class);
      folders.create(Folder.of(1, null, "x"));
      db.sql("create table misfits (id bigint not null, folder_id bigint)").execute();
      db.sql("insert into misfits values (1, 1)").execute();
      assertThat(folders.where(has(Misfit.class, Misfit::folderId, Filter.all())).count())
          .isEqualTo(1);
      assertThatThrownBy(() ->
              folders
                  .where(has(Misfit.class, Misfit::folderId, field(Misfit::name).is("x")))
                  .count())
          .isInstanceOf(QueryException.class);
    }
  }

  @Test
  default void tablesWithoutARecordAreFoundByWhoRefersToThem() {
    try (Database db = open(Customer.class, Payment.class)) {
      Small.in(db);
      Repository<Row, Object> table = db.table("customers");
      assertThat(table.where(has(Payment.class, Payment::payerId, Filter.all())).count())
          .isEqualTo(2);
    }
  }

  /// What is kept of one table is not asked where another has a say.
  @Test
  default void answersThatDependOnOtherTablesAreNotKept() {
    try (Database db = open(Customer.class, Card.class)) {
      Repository<Customer, UUID> customers = db.repository(Customer.class);
      Repository<Card, Long> cards = db.repository(Card.class);
      Customer ada = customers.create(Customer.of("Ada", 1));
      cards.create(Card.of(ada.id(), "4711"));
      Query<Card> ofFirst =
          cards.where(field(Card::ownerId).refersTo(Customer.class, field("rank").is(1)));
      for (int rank = 1; rank < 4; rank++) {
        int now = rank;
        customers.patch(ada.id(), c -> c.set(Customer::rank, now));
        for (int again = 0; again < 2; again++) {
          assertThat(ofFirst.list()).hasSize(now == 1 ? 1 : 0);
          assertThat(ofFirst.count()).isEqualTo(now == 1 ? 1 : 0);
          assertThat(ofFirst.exists()).isEqualTo(now == 1);
          assertThat(ofFirst.limit(5).slice().items()).hasSize(now == 1 ? 1 : 0);
        }
      }
      assertThat(db.cache().statistics().entries()).isZero();
      cards.where(field(Card::number).is("4711")).list(); // the control: this one is kept
      assertThat(db.cache().statistics().entries()).isEqualTo(1);
    }
  }
}
