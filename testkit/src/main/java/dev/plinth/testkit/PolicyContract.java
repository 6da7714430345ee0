package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static dev.plinth.testkit.PolicyRows.actor;
import static dev.plinth.testkit.PolicyRows.assertClean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Actor;
import dev.plinth.config.Freshness;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.AccessException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.NotFoundException;
import dev.plinth.query.Filter;
import dev.plinth.query.Row;
import dev.plinth.testkit.PolicyRows.Noted;
import dev.plinth.testkit.PolicyRows.Payment;
import dev.plinth.testkit.PolicyRows.Slip;
import dev.plinth.testkit.PolicyRows.Ticket;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Row policies: who is named sees and changes his rows only, and who is not named none.
public interface PolicyContract extends ContractBase {

  private PolicyRows tenants() {
    return new PolicyRows(open(Payment.class, Ticket.class));
  }

  @Test
  default void anActorHasHisRowsAndAllThatCanBeDoneWithThem() {
    try (PolicyRows rows = tenants()) {
      Repository<Payment, UUID> payments = rows.payments;
      rows.ann(() -> {
        assertThat(payments.query().list()).containsExactlyInAnyOrderElementsOf(rows.anns);
        assertThat(payments.count()).isEqualTo(2);
        assertThat(payments.query().page(1, 1).total()).isEqualTo(2);
        Payment own = payments.get(rows.anns.getFirst().id());
        Payment changed = payments.update(own.withNote("changed"));
        changed = payments.patch(changed.id(), c -> c.set(Payment::note, "patched"));
        changed = payments.increment(changed.id(), Payment::cents, 5);
        changed = payments.save(changed.withNote("saved"));
        assertThat(changed.note()).isEqualTo("saved");
        Payment third = payments.create(Payment.of(ANN, "ANN-3", "third"));
        payments.createAll(List.of(Payment.of(ANN, "ANN-4", "x"), Payment.of(ANN, "ANN-5", "y")));
        payments.save(Payment.of(ANN, "ANN-6", "new"), Payment::reference);
        payments.save(Payment.of(ANN, "ANN-6", "again"), Payment::reference);
        assertThat(payments.where(field(Payment::note).is("again")).count()).isEqualTo(1);
        assertThat(payments.query().update(c -> c.set(Payment::note, "all"))).isEqualTo(6);
        assertThat(payments.delete(third.id())).isTrue();
        assertThat(payments.query().onlyDeleted().list()).hasSize(1);
        assertThat(payments.restore(third.id()).note()).isEqualTo("all");
        assertThat(payments.purge(third.id())).isTrue();
        assertThat(payments.query().delete()).isEqualTo(5);
        assertThat(payments.query().restore()).isEqualTo(5);
        assertThat(payments.query().includeDeleted().purge()).isEqualTo(5);
      });
      assertThat(rows.bob(() -> payments.query().includeDeleted().count())).isEqualTo(4);
    }
  }

  @Test
  default void withoutAnActorNothingIsSeen() {
    try (PolicyRows rows = tenants()) {
      assertThatThrownBy(() -> rows.payments.count())
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("db.actingAs")
          .hasMessageContaining("payments");
      assertThatThrownBy(() -> rows.payments.find(rows.anns.getFirst().id()))
          .isInstanceOf(AccessException.class);
      assertThatThrownBy(() -> rows.payments.create(Payment.of(ANN, "x", "x")))
          .isInstanceOf(AccessException.class);
      assertThatThrownBy(() -> rows.payments.query().purge()).isInstanceOf(AccessException.class);
      assertThatThrownBy(() -> rows.db.table("payments").query().list())
          .isInstanceOf(AccessException.class);
      assertThatThrownBy(() -> rows.db.audit().list()).isInstanceOf(AccessException.class);
    }
  }

  @Test
  default void workThatMaySeeEveryRowSaysSo() {
    try (PolicyRows rows = tenants()) {
      assertThat(rows.db.policies().<Long, RuntimeException>bypass(rows.payments::count))
          .isEqualTo(5);
      rows.ann(() -> {
        assertThat(rows.db.policies().<Long, RuntimeException>bypass(rows.payments::count))
            .isEqualTo(5);
        assertThat(rows.payments.count()).isEqualTo(2);
      });
      long named =
          rows.db
              .policies()
              .<Long, RuntimeException>bypass(
                  () -> rows.db.<Long, RuntimeException>actingAs(actor(ANN), rows.payments::count));
      assertThat(named).as("what is done in her name is hers").isEqualTo(2);
      long again =
          rows.ann(() ->
              rows.db
                  .policies()
                  .<Long, RuntimeException>bypass(
                      () -> rows.bob(() -> rows.ann(() -> rows.payments.count()))));
      assertThat(again).as("also where she bypassed the policies before").isEqualTo(2);
    }
  }

  @Test
  default void aForeignRowIsAsIfItWereNotThere() {
    try (PolicyRows rows = tenants()) {
      Payment bobs = rows.bobs.getFirst();
      Payment nowhere = bobs.withId(UUID.fromString("0c0c0c0c-0000-4000-8000-000000000003"));
      rows.ann(() -> {
        sameErrors(
            bobs.id(), nowhere.id(), id -> rows.payments.update(bobs.withId(id).withUser(ANN)));
        sameErrors(
            bobs.id(), nowhere.id(), id -> rows.payments.patch(id, c -> c.set(Payment::note, "x")));
        sameErrors(bobs.id(), nowhere.id(), id -> rows.payments.get(id));
        sameErrors(rows.bobsDeleted.id(), nowhere.id(), id -> rows.payments.restore(id));
        sameErrors(
            bobs.id(),
            nowhere.id(),
            id ->
                rows.payments.updateAll(
                    List.of(rows.anns.getFirst().withNote("x"), bobs.withId(id))));
      });
      assertThat(rows.ann(() -> rows.payments.get(rows.anns.getFirst().id())))
          .isEqualTo(rows.anns.getFirst());
    }
  }

  private static void sameErrors(
      @Nullable UUID there, @Nullable UUID nowhere, java.util.function.Consumer<UUID> work) {
    String one = refusal(there, work);
    assertThat(one).startsWith("NOT_FOUND");
    assertThat(one.replace(String.valueOf(there), String.valueOf(nowhere)))
        .isEqualTo(refusal(nowhere, work));
  }

  private static String refusal(@Nullable UUID id, java.util.function.Consumer<UUID> work) {
    try {
      work.accept(java.util.Objects.requireNonNull(id));
      return "none";
    } catch (DatabaseException e) {
      return e.code() + " " + e.getMessage();
    }
  }

  @Test
  default void nobodyWritesRowsForOthersOrGivesHisAway() {
    try (PolicyRows rows = tenants()) {
      List<String> before = rows.foreign();
      UUID own = rows.anns.getFirst().id();
      rows.ann(() -> {
        refused(() -> rows.payments.create(Payment.of(BOB, "x", "x")));
        refused(() -> rows.tickets.create(new Ticket(0, BOB, "x")));
        refused(() ->
            rows.payments.createAll(List.of(Payment.of(ANN, "y", "y"), Payment.of(BOB, "x", "x"))));
        refused(() -> rows.payments.update(rows.anns.getFirst().withUser(BOB)));
        refused(() -> rows.payments.patch(own, c -> c.set(Payment::userId, BOB)));
        refused(() -> rows.payments.query().update(c -> c.set(Payment::userId, BOB)));
        refused(() -> rows.payments.save(rows.anns.getFirst().withUser(BOB)));
        refused(() -> rows.payments.save(Payment.of(BOB, "x", "x"), Payment::reference));
        refused(() ->
            rows.payments.saveAll(List.of(Payment.of(ANN, "y", "y"), Payment.of(BOB, "x", "x"))));
        refused(() -> rows.tickets.patch(rows.annsTicket.id(), c -> c.set(Ticket::userId, BOB)));
        assertThat(rows.payments.query().list()).containsExactlyInAnyOrderElementsOf(rows.anns);
        assertThat(rows.tickets.query().list()).containsExactly(rows.annsTicket);
      });
      assertThat(rows.foreign()).isEqualTo(before);
    }
  }

  private static void refused(Runnable work) {
    assertThatThrownBy(work::run).isInstanceOf(AccessException.class);
  }

  @Test
  default void aRefusedWriteLeavesTheTransactionAsItWas() {
    try (PolicyRows rows = tenants()) {
      List<String> before = rows.foreign();
      assertThatThrownBy(() ->
              rows.db.transaction(tx ->
                  rows.ann(() -> {
                    rows.payments.create(Payment.of(ANN, "ANN-9", "kept?"));
                    rows.payments.create(Payment.of(BOB, "x", "x"));
                  })))
          .isInstanceOf(AccessException.class);
      assertThat(rows.ann(() -> rows.payments.count())).isEqualTo(2);
      assertThat(rows.foreign()).isEqualTo(before);
      long entries =
          rows.db.policies().<Long, RuntimeException>bypass(() -> rows.db.audit().count());
      assertThat(entries).as("with their entries").isEqualTo(7);
    }
  }

  @Test
  default void savingIntoAForeignRowIsACreationThatMeetsIt() {
    try (PolicyRows rows = tenants()) {
      List<String> before = rows.foreign();
      Payment bobs = rows.bobs.getFirst();
      rows.ann(() -> {
        for (Payment taken :
            List.of(
                bobs.withUser(ANN).withReference("new"),
                rows.bobsDeleted.withUser(ANN).withReference("new"))) {
          assertThatThrownBy(() -> rows.payments.save(taken))
              .isInstanceOfSatisfying(
                  ConstraintException.class,
                  e -> assertThat(e.kind()).isEqualTo(ConstraintException.Kind.UNIQUE));
        }
        assertThatThrownBy(
                () -> rows.payments.save(Payment.of(ANN, "BOB-1", "mine now"), Payment::reference))
            .isInstanceOf(ConstraintException.class);
        assertThat(rows.payments.save(Payment.of(ANN, "BOB-4", "free"), Payment::reference).note())
            .as("a deleted row is in nobody's way")
            .isEqualTo("free");
        assertThatThrownBy(
                () -> rows.tickets.save(new Ticket(rows.bobsTicket.id(), ANN, "mine now")))
            .isInstanceOf(ConstraintException.class);
      });
      assertThat(rows.foreign()).isEqualTo(before);
    }
  }

  @Test
  default void itHoldsForTheTableByWhicheverNameOrRecord() {
    try (PolicyRows rows = tenants()) {
      Payment bobs = rows.bobs.getFirst();
      Repository<Row, Object> table = rows.db.table("payments");
      Repository<Slip, UUID> slips = rows.db.repository(Slip.class);
      rows.ann(() -> {
        assertThat(table.query().includeDeleted().list()).hasSize(2);
        assertThat(table.find(bobs.id())).isEmpty();
        assertThat(table.delete(bobs.id())).isFalse();
        assertThat(table.where(field("note").contains("BOB")).count()).isZero();
        refused(() -> table.patch(rows.anns.getFirst().id(), c -> c.set("user_id", BOB)));
        assertThat(slips.query().list()).hasSize(2).noneMatch(slip -> BOB.equals(slip.userId()));
        assertThat(slips.find(bobs.id())).isEmpty();
        assertThat(slips.purgeAll(List.of(bobs.id()))).isZero();
        refused(() -> slips.update(new Slip(rows.anns.getFirst().id(), BOB, "r", "n")));
        try (Stream<Noted> notes =
            rows.payments.query().includeDeleted().as(Noted.class).stream()) {
          assertThat(notes).hasSize(2).allMatch(noted -> noted.note().contains("Ann"));
        }
      });
    }
  }

  /// A record of the table without the column that the policy looks at.
  @Table("payments")
  record Blind(@Id @Nullable UUID id, String note) {}

  @Test
  default void aRecordThatCannotBeAskedIsRefused() {
    try (PolicyRows rows = tenants()) {
      Repository<Blind, UUID> blind = rows.db.repository(Blind.class);
      rows.ann(() ->
          assertThatThrownBy(() -> blind.query().list())
              .isInstanceOf(AccessException.class)
              .hasMessageContaining("user_id"));
    }
  }

  @Test
  default void whatTheRuleThrowsOrForgetsLetsTheCallFail() {
    try (PolicyRows rows = tenants()) {
      Database db = rows.db;
      assertThatThrownBy(() -> db.actingAs(Actor.of("no uuid"), () -> rows.payments.query().list()))
          .isInstanceOf(AccessException.class)
          .hasCauseInstanceOf(IllegalArgumentException.class);
      db.policies().on(Payment.class, actor -> null);
      rows.ann(() ->
          assertThatThrownBy(() -> rows.payments.count()).isInstanceOf(DatabaseException.class));
    }
  }

  @Test
  default void severalPoliciesOfATableMustAllHold() {
    try (PolicyRows rows = tenants()) {
      rows.db.policies().on(Payment.class, actor -> field(Payment::note).endsWith("two"));
      rows.ann(() -> {
        assertThat(rows.payments.query().list()).containsExactly(rows.anns.get(1));
        refused(() -> rows.payments.create(Payment.of(ANN, "ANN-3", "of Ann, three")));
        assertThat(rows.payments.create(Payment.of(ANN, "ANN-2b", "another two")).id()).isNotNull();
        refused(() -> rows.payments.patch(rows.anns.get(1).id(), c -> c.set(Payment::note, "x")));
      });
      assertThat(rows.bob(() -> rows.payments.count())).isEqualTo(1);
    }
  }

  @Test
  default void everyKindOfFilterCanBeAPolicy() {
    try (Database db = open(Payment.class)) {
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      payments.create(Payment.of(BOB, "BOB-1", "BOB one"));
      UUID own = payments.create(Payment.of(ANN, "ANN-1", "of Ann")).id();
      AtomicReference<Filter> rule = new AtomicReference<>(Filter.all());
      db.policies().on(Payment.class, actor -> rule.get());
      for (Filter one :
          List.of(
              field(Payment::userId).in(List.of(ANN)),
              Filter.not(field(Payment::userId).is(BOB)),
              field(Payment::note).contains("Ann").or(Filter.none()),
              Filter.search("ANN", Payment::note),
              field(Payment::note).startsWith("of").and(field(Payment::deletedAt).isNull()))) {
        rule.set(one);
        db.actingAs(
            actor(ANN),
            () -> {
              assertThat(payments.query().includeDeleted().list()).hasSize(1);
              assertThat(payments.patch(own, c -> c.set(Payment::cents, 3L)).id()).isEqualTo(own);
              assertThat(payments.query().update(c -> c.set(Payment::cents, 4L))).isEqualTo(1);
            });
      }
      rule.set(Filter.all());
      assertThat(db.<Long, RuntimeException>actingAs(actor(ANN), payments::count)).isEqualTo(2);
      rule.set(Filter.none());
      assertThat(db.<Long, RuntimeException>actingAs(actor(ANN), payments::count)).isZero();
    }
  }

  @Test
  default void transactionsHooksAndReadersAreNoWayAround() {
    try (PolicyRows rows = tenants()) {
      rows.ann(() -> {
        rows.db.transaction(tx -> {
          assertThat(rows.payments.count()).isEqualTo(2);
          assertThat(rows.bob(() -> rows.payments.count())).as("another's name").isEqualTo(3);
          rows.db.transaction(part -> assertClean(rows.payments.query().list()));
          tx.afterCommit(() -> assertClean(rows.payments.query().includeDeleted().list()));
        });
        assertClean(rows.db.reading(Freshness.STALE_OK).call(() -> rows.payments.query().list()));
      });
    }
  }

  /// A table of which everybody sees everything, beside others.
  @Table("places")
  record Place(@Id long id, @Column("place_name") String name) {}

  @Test
  default void tablesWithoutAPolicyAreAsBefore() {
    try (PolicyRows rows = tenants()) {
      rows.db.schema().create(Place.class);
      Repository<Place, Long> places = rows.db.repository(Place.class);
      places.create(new Place(0, "here"));
      assertThat(places.count()).as("without an actor").isEqualTo(1);
      rows.ann(() -> {
        places.create(new Place(0, "there"));
        assertThat(places.query().list()).hasSize(2);
        assertThatThrownBy(() -> places.get(99L)).isInstanceOf(NotFoundException.class);
        assertThat(places.query().delete()).isEqualTo(2);
      });
    }
  }
}
