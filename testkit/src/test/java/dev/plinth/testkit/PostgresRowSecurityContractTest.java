package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static dev.plinth.testkit.PolicyRows.assertClean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.audit.Actor;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.AccessException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.PolicyRows.Payment;
import dev.plinth.testkit.PolicyRows.Ticket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contracts of row policies with the server keeping the same policies.
final class PostgresRowSecurityContractTest
    implements PolicyContract, PolicyDoorsContract, PolicyCoverageContract, PolicyRelationContract {

  private final PostgresDatabase own = new PostgresDatabase();

  @TempDir private Path folder;

  @AfterEach
  void giveBack() {
    own.close();
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public Database open(Path folder, UnaryOperator<DatabaseConfig> settings) {
    return own.open(
        3, 0, config -> settings.apply(config).with("rowSecurityRole", "authenticated"));
  }

  private PolicyRows rows() {
    return new PolicyRows(open(Payment.class, Ticket.class));
  }

  /// What a role may do with other tables is for whoever owns the database to say.
  @Override
  @Test
  public void tablesWithoutAPolicyAreAsBefore() {
    try (PolicyRows rows = rows()) {
      rows.db.schema().create(Place.class);
      var places = rows.db.repository(Place.class);
      places.create(new Place(0, "here"));
      rows.ann(() -> {
        assertThatThrownBy(() -> places.query().list()).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> places.create(new Place(0, "x")))
            .isInstanceOf(QueryException.class);
      });
      own.run("grant select, insert on places to authenticated");
      rows.ann(() -> assertThat(places.query().list()).hasSize(1));
    }
  }

  @Override
  @Test
  public void savingIntoAForeignRowIsACreationThatMeetsIt() {
    try (PolicyRows rows = rows()) {
      List<String> before = rows.foreign();
      rows.ann(() -> {
        assertThatThrownBy(
                () -> rows.payments.save(rows.bobs.getFirst().withUser(ANN).withReference("new")))
            .isInstanceOf(AccessException.class);
        assertThatThrownBy(
                () -> rows.payments.save(Payment.of(ANN, "BOB-1", "mine now"), Payment::reference))
            .isInstanceOf(AccessException.class);
        assertThat(rows.payments.save(Payment.of(ANN, "BOB-4", "free"), Payment::reference).note())
            .isEqualTo("free");
      });
      assertThat(rows.foreign()).isEqualTo(before);
    }
  }

  @Override
  @Test
  public void handWrittenSqlDoesNotNameSuchTables() {
    try (PolicyRows rows = rows()) {
      rows.run("create view everything as select * from payments");
      List<String> before = rows.foreign();
      rows.ann(() -> {
        var seen = rows.db.sql("select * from payments").rows();
        assertThat(seen.list()).hasSize(2);
        assertClean(seen.list());
        assertThat(rows.db.sql("select count(*) from payments").as(Long.class).one()).isEqualTo(2);
        try (var stream = rows.db.sql("select note from payments").as(String.class).stream()) {
          assertThat(stream).hasSize(2).allMatch(note -> note.contains("Ann"));
        }
        assertThat(rows.db.sql("update payments set note = 'mine'").execute()).isEqualTo(2);
        assertThat(
                rows.db.sql("delete from payments where note <> 'mine' returning id").rows().list())
            .isEmpty();
        rows.db.transaction(tx -> {
          assertThat(rows.db.sql("select note from payments").as(String.class).list())
              .containsOnly("mine");
          assertThat(rows.db.sql("delete from payments").execute()).isEqualTo(2);
          tx.rollback();
        });
        assertThat(rows.payments.count()).isEqualTo(2);
        for (String sql :
            List.of(
                "select set_config('role', 'postgres', true)",
                "set local role postgres",
                "do $$ begin reset role; end $$",
                "select * from everything",
                "select * from plinth_audit",
                "truncate payments",
                "alter table payments disable row level security")) {
          assertThatThrownBy(() -> rows.db.transaction(tx -> tried(rows.db, sql)))
              .as(sql)
              .isInstanceOf(DatabaseException.class);
        }
      });
      assertThat(rows.foreign()).isEqualTo(before);
      assertThatThrownBy(() -> rows.db.sql("select * from payments").rows().list())
          .as("without an actor")
          .isInstanceOf(AccessException.class);
    }
  }

  private static void tried(Database db, String sql) {
    if (sql.startsWith("select")) {
      db.sql(sql).rows().list();
    } else {
      db.sql(sql).execute();
    }
  }

  /// A policy that comes later is to be installed as well.
  @Override
  @Test
  public void whoWasAnsweredBeforeThePolicyCameGetsNoMore() {
    try (PolicyRows rows = rows()) {
      rows.db.policies().on(Payment.class, actor -> field(Payment::note).endsWith("two"));
      rows.ann(() -> assertThat(rows.payments.count()).isEqualTo(1));
      rows.ann(() -> assertThat(count(rows.db)).as("the server knows the first").isEqualTo(2));
      rows.db.policies().install();
      rows.ann(() -> assertThat(count(rows.db)).isEqualTo(1));
    }
  }

  private static long count(Database db) {
    return db.sql("select count(*) from payments").as(Long.class).one();
  }

  /// With what the server makes of each kind.
  @Override
  @Test
  public void everyKindOfFilterCanBeAPolicy() {
    try (Database db = open(Payment.class)) {
      var payments = db.repository(Payment.class);
      payments.create(Payment.of(BOB, "BOB-1", "BOB's ? and \\ one"));
      UUID id = payments.create(Payment.of(ANN, "ANN-1", "of Ann's \"one\" \\ ?")).id();
      AtomicReference<Function<Actor, Filter>> rule = new AtomicReference<>();
      db.policies().on(Payment.class, actor -> rule.get().apply(actor));
      List<Function<Actor, Filter>> rules =
          List.of(
              actor -> field(Payment::userId).in(List.of(UUID.fromString(actor.id()))),
              actor -> Filter.not(field(Payment::userId).isNot(UUID.fromString(actor.id()))),
              actor -> field("user_id").is(actor.id()),
              actor -> field(Payment::note).contains("Ann's \"one\" \\ ?").or(Filter.none()),
              actor -> Filter.search("ANN's", Payment::note),
              actor -> field(Payment::note).is("of Ann's \"one\" \\ ?"),
              actor -> field(Payment::createdAt).isNotNull().and(Filter.not(bobs())),
              actor ->
                  field(Payment::note)
                      .startsWith("of")
                      .and(field(Payment::deletedAt).isNull())
                      .and(field(Payment::cents).less(99L))
                      .and(field(Payment::createdAt).after(Instant.EPOCH)));
      for (Function<Actor, Filter> one : rules) {
        rule.set(one);
        db.policies().install();
        db.actingAs(
            PolicyRows.actor(ANN),
            () -> {
              assertThat(payments.query().includeDeleted().list()).hasSize(1);
              assertThat(count(db)).isEqualTo(1);
              assertThat(payments.patch(id, c -> c.set(Payment::cents, 3L)).id()).isEqualTo(id);
            });
      }
    }
  }

  private static Filter bobs() {
    return field(Payment::userId).in(Arrays.asList(BOB, null));
  }

  /// It needs a right that nobody gave.
  @Override
  @Test
  public void theAuditLogHidesAllElseOfSuchTables() {
    try (PolicyRows rows = rows()) {
      rows.ann(() -> {
        assertThat(rows.db.audit().list()).isEmpty();
        assertThat(rows.db.audit().of(Payment.class, rows.bobs.getFirst().id()).list()).isEmpty();
        assertThat(rows.db.audit().of(Payment.class, rows.anns.getFirst().id()).list()).hasSize(1);
      });
    }
  }
}
