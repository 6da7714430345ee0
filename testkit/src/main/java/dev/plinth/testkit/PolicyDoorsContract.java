package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static dev.plinth.testkit.PolicyRows.actor;
import static dev.plinth.testkit.PolicyRows.assertClean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;
import dev.plinth.audit.AuditLog;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.AccessException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.PolicyRows.Payment;
import dev.plinth.testkit.PolicyRows.Ticket;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The doors besides repositories: the audit log, hand-written SQL, views, the cache.
public interface PolicyDoorsContract extends ContractBase {

  private PolicyRows behindDoors() {
    return new PolicyRows(open(Payment.class, Ticket.class));
  }

  @Test
  default void theAuditLogShowsTheHistoryOfARowToWhoSeesTheRow() {
    try (PolicyRows rows = behindDoors()) {
      UUID own = rows.anns.getFirst().id();
      rows.ann(() -> {
        AuditLog log = rows.db.audit();
        assertThat(log.of(Payment.class, own).list()).hasSize(1);
        assertThat(log.of("payments", own).count()).isEqualTo(1);
        rows.payments.delete(own);
        assertThat(log.of(Payment.class, own).list()).hasSize(2);
        rows.payments.purge(own);
        assertThat(log.of(Payment.class, own).list()).as("nobody sees it any more").isEmpty();
      });
    }
  }

  @Test
  default void theAuditLogHidesAllElseOfSuchTables() {
    try (PolicyRows rows = behindDoors()) {
      rows.db.schema().create(Shelf.class);
      rows.db.repository(Shelf.class).create(new Shelf(0, "of all"));
      UUID bobs = rows.bobs.getFirst().id();
      rows.ann(() -> {
        AuditLog log = rows.db.audit();
        for (AuditLog some :
            List.of(
                log.of(Payment.class),
                log.of(Payment.class, bobs),
                log.of(Payment.class, rows.bobsDeleted.id()),
                log.of(Payment.class, "no key"),
                log.of("payments").by("system"),
                log.of(Payment.class, bobs).of(Payment.class, rows.anns.getFirst().id()))) {
          assertThat(some.list()).isEmpty();
          assertThat(some.count()).isZero();
          assertThat(some.query().exists()).isFalse();
          try (Stream<AuditEntry> entries = some.query().stream()) {
            assertThat(entries).isEmpty();
          }
        }
        assertThat(log.list()).extracting(AuditEntry::resourceType).containsOnly("shelves");
        assertThat(log.count()).isEqualTo(1);
        assertThat(rows.db.table("plinth_audit").query().list()).hasSize(1);
        assertThat(rows.db.repository(AuditEntry.class).find(1L)).isEmpty();
        assertThat(rows.db.table("plinth_audit").find(1L)).isEmpty();
        assertClean(rows.db.repository(AuditEntry.class).query().list());
        assertThatThrownBy(() -> log.cleanup(0)).isInstanceOf(AccessException.class);
        assertThatThrownBy(() -> rows.db.repository(AuditEntry.class).query().purge())
            .isInstanceOf(AccessException.class);
      });
      long all = rows.db.policies().<Long, RuntimeException>bypass(() -> rows.db.audit().count());
      assertThat(all).as("the control").isEqualTo(8);
    }
  }

  /// A table of which everybody sees everything.
  @Table("shelves")
  record Shelf(@Id long id, String name) {}

  @Test
  default void handWrittenSqlDoesNotNameSuchTables() {
    try (PolicyRows rows = behindDoors()) {
      rows.db.schema().create(Shelf.class);
      rows.run("create view everything as select * from payments");
      List<String> before = rows.foreign();
      List<String> asking =
          List.of(
              "select * from payments",
              "select note from PAYMENTS",
              "select * from \"payments\"",
              "select (select count(*) from payments p) as n",
              "with p as (select * from payments) select * from p",
              "select * from shelves join payments on 1 = 1",
              "select * from everything",
              "select * from plinth_audit");
      List<String> writing =
          List.of("update payments set note = 'x'", "delete from payments", "drop table payments");
      rows.ann(() -> {
        for (String sql : asking) {
          assertThatThrownBy(() -> rows.db.sql(sql).rows().list())
              .isInstanceOf(AccessException.class)
              .hasMessageContaining("bypass");
          assertThatThrownBy(() -> rows.db.sql(sql).rows().stream())
              .isInstanceOf(AccessException.class);
          assertThatThrownBy(() -> rows.db.transaction(tx -> rows.db.sql(sql).rows().one()))
              .isInstanceOf(AccessException.class);
        }
        for (String sql : writing) {
          assertThatThrownBy(() -> rows.db.sql(sql).execute()).isInstanceOf(AccessException.class);
        }
        assertThat(rows.db.sql("select name from shelves where name <> 'x'").rows().list())
            .isEmpty();
        assertThat(rows.db.sql("insert into shelves (id, name) values (77, 'x')").execute())
            .isEqualTo(1);
      });
      assertThatThrownBy(() -> rows.db.sql("select * from payments").rows().list())
          .as("without an actor")
          .isInstanceOf(AccessException.class);
      assertThat(
              rows.db
                  .policies()
                  .<Long, RuntimeException>bypass(
                      () -> rows.db.sql("select count(*) from payments").as(Long.class).one()))
          .isEqualTo(6);
      assertThat(rows.foreign()).isEqualTo(before);
    }
  }

  @Test
  default void aViewIsNoWayAround() {
    try (PolicyRows rows = behindDoors()) {
      rows.run("create view everything as select * from payments");
      rows.ann(() -> {
        var view = rows.db.table("everything");
        assertThatThrownBy(() -> view.query().list())
            .isInstanceOf(AccessException.class)
            .hasMessageContaining("view");
        assertThatThrownBy(() -> view.query().count()).isInstanceOf(AccessException.class);
      });
    }
  }

  @Test
  default void theCacheTellsActorsApart() {
    try (PolicyRows rows = behindDoors()) {
      for (int i = 0; i < 3; i++) {
        rows.ann(() -> {
          assertThat(rows.tickets.find(rows.annsTicket.id())).contains(rows.annsTicket);
          assertThat(rows.tickets.find(rows.bobsTicket.id())).isEmpty();
          assertThat(rows.tickets.query().list()).containsExactly(rows.annsTicket);
          assertThat(rows.tickets.count()).isEqualTo(1);
          assertThat(rows.tickets.exists(rows.bobsTicket.id())).isFalse();
        });
        rows.bob(() -> {
          assertThat(rows.tickets.find(rows.annsTicket.id())).isEmpty();
          assertThat(rows.tickets.query().list()).containsExactly(rows.bobsTicket);
          assertThat(rows.tickets.findAll(List.of(rows.annsTicket.id(), rows.bobsTicket.id())))
              .containsExactly(rows.bobsTicket);
          return null;
        });
        assertThat(
                rows.db
                    .policies()
                    .<List<Ticket>, RuntimeException>bypass(() -> rows.tickets.query().list()))
            .hasSize(2);
      }
      assertThat(rows.db.cache().statistics().hits()).as("it is used").isPositive();
      rows.bob(() -> rows.tickets.patch(rows.bobsTicket.id(), c -> c.set(Ticket::note, "BOB's 2")));
      assertThat(rows.bob(() -> rows.tickets.get(rows.bobsTicket.id())).note())
          .isEqualTo("BOB's 2");
    }
  }

  @Test
  default void whoWasAnsweredBeforeThePolicyCameGetsNoMore() {
    try (Database db = open(Ticket.class)) {
      var tickets = db.repository(Ticket.class);
      Ticket bobs = tickets.create(new Ticket(0, BOB, "BOB's"));
      assertThat(tickets.find(bobs.id())).isPresent();
      assertThat(tickets.query().list()).hasSize(1);
      db.policies()
          .on(Ticket.class, actor -> field(Ticket::userId).is(UUID.fromString(actor.id())));
      db.actingAs(
          actor(ANN),
          () -> {
            assertThat(tickets.find(bobs.id())).isEmpty();
            assertThat(tickets.query().list()).isEmpty();
          });
    }
  }

  @Test
  default void whatTheEngineDoesNotKeepItselfIsSaid() {
    try (Database db = open(Ticket.class)) {
      db.policies().on(Ticket.class, actor -> Filter.none());
      if (db.capabilities().contains(Capability.ROW_LEVEL_SECURITY)) {
        assertThat(db.policies().sql()).anyMatch(sql -> sql.contains("create policy"));
        return;
      }
      for (Runnable one :
          List.<Runnable>of(
              () -> db.policies().sql(),
              () -> db.policies().install(),
              () -> db.policies().check())) {
        assertThatThrownBy(one::run)
            .isInstanceOf(UnsupportedException.class)
            .hasMessageContaining(db.engine())
            .hasMessageContaining("ROW_LEVEL_SECURITY");
      }
    }
    assertThatThrownBy(
            () -> open(folder(), config -> config.with("rowSecurityRole", "authenticated")).close())
        .isInstanceOf(UnsupportedException.class);
  }

  @Test
  default void manyActorsAtOnceGetTheirOwn() throws InterruptedException {
    try (PolicyRows rows = behindDoors()) {
      AtomicLong reads = new AtomicLong();
      Together.run(
          40,
          Thread.ofVirtual().factory(),
          thread -> {
            boolean ann = thread % 2 == 0;
            UUID user = ann ? ANN : BOB;
            Ticket own = ann ? rows.annsTicket : rows.bobsTicket;
            Ticket other = ann ? rows.bobsTicket : rows.annsTicket;
            rows.db.actingAs(
                actor(user),
                () -> {
                  for (int i = 0; i < 25; i++) {
                    assertThat(rows.tickets.get(own.id()).userId()).isEqualTo(user);
                    assertThat(rows.tickets.find(other.id())).isEmpty();
                    assertThat(rows.tickets.query().list())
                        .isNotEmpty()
                        .allMatch(ticket -> ticket.userId().equals(user));
                    assertThat(rows.payments.query().list())
                        .isNotEmpty()
                        .allMatch(payment -> payment.userId().equals(user));
                    reads.addAndGet(4);
                  }
                  rows.tickets.patch(own.id(), c -> c.set(Ticket::note, own.note() + thread));
                });
          });
      assertThat(reads).hasValue(4000);
      assertThat(rows.foreign()).allMatch(row -> row.contains(PolicyRows.MARK));
    }
  }
}
