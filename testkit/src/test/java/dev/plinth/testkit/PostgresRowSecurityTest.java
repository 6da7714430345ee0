package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static dev.plinth.testkit.PolicyRows.actor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Actor;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.AccessException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.PolicyRows.Payment;
import dev.plinth.testkit.PolicyRows.Ticket;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PgBouncer;
import dev.plinth.testkit.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the server itself hides, from whom, and what it leaves with its connections.
@Timeout(120)
final class PostgresRowSecurityTest {

  private static final String STATE =
      "select current_user || '/' || coalesce(current_setting('request.jwt.claims', true), '')";

  private final PostgresDatabase own = new PostgresDatabase();
  private final String login = own.name() + "_app";

  @AfterEach
  void giveBack() {
    own.terminate();
    own.run(
        "do $$ begin if exists (select from pg_roles where rolname = '%1$s') then drop owned by %1$s cascade; drop role %1$s; end if; end $$"
            .formatted(login));
    own.close();
  }

  private static DatabaseConfig secured(DatabaseConfig config) {
    return config.with("rowSecurityRole", "authenticated");
  }

  /// Somebody who owns the tables, but is no more than that.
  private String plainLogin() {
    own.run(
        "do $$ begin if not exists (select from pg_roles where rolname = 'authenticated') then"
            + " create role authenticated nologin noinherit; end if; exception when duplicate_object or"
            + " unique_violation then null; end $$",
        "create role " + login + " login",
        "grant authenticated to " + login,
        "grant create on schema public to " + login,
        "grant create on database " + own.name() + " to " + login);
    return own.url().replace("postgres@", login + "@");
  }

  @Test
  void theServerAloneKeepsTenantsApartFromAnOwnerToo() throws SQLException {
    String url = plainLogin();
    try (Database db = PostgresDatabase.open(url, 2, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(Payment.class, Ticket.class);
      PolicyRows rows = new PolicyRows(db);
      assertThat(db.policies().check()).isEmpty();
      rows.ann(() -> {
        assertThat(rows.payments.count()).isEqualTo(2);
        assertThat(db.sql("select count(*) from payments").as(Long.class).one()).isEqualTo(2);
      });
      assertThat(rows.db.policies().<Long, RuntimeException>bypass(rows.payments::count))
          .as("the layer asks for all, the server gives none")
          .isZero();
      try (Connection past = Jdbc.open(own.url(), "socketTimeout=20")) {
        Jdbc.execute(past, "set role " + login);
        assertThat(Jdbc.value(past, "select count(*) from payments"))
            .as("past the layer, without a name")
            .isEqualTo("0");
        Jdbc.execute(past, "begin");
        Jdbc.value(
            past,
            "select set_config('role', 'authenticated', true) || set_config('request.jwt.claims',"
                + " '{\"sub\": \"%s\"}', true)".formatted(ANN));
        assertThat(Jdbc.value(past, "select count(*) from payments")).isEqualTo("2");
        Jdbc.execute(past, "rollback");
        own.run("alter table payments no force row level security");
        assertThat(Jdbc.value(past, "select count(*) from payments"))
            .as("the control")
            .isEqualTo("6");
      }
      assertThat(db.policies().check()).hasSize(1).first().asString().contains("FORCE", "payments");
      own.run("alter table ticket disable row level security");
      assertThat(db.policies().check())
          .hasSize(2)
          .anyMatch(line -> line.contains("off for ticket"));
      own.run(
          "drop policy plinth_policy on payments", "alter table payments force row level security");
      assertThat(db.policies().check()).anyMatch(line -> line.contains("payments has no policy"));
      own.run("revoke authenticated from " + login);
      assertThat(db.policies().check()).anyMatch(line -> line.contains("may not assume"));
    }
  }

  @Test
  void whatTheServerHidesFromNobodyInParticularIsNotLeftBehindInSilence() {
    String url = plainLogin();
    try (Database db = PostgresDatabase.open(url, 2, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(PolicyRelationContract.Album.class, PolicyRelationContract.Picture.class);
      db.policies()
          .on(
              PolicyRelationContract.Picture.class,
              actor ->
                  field(PolicyRelationContract.Picture::userId).is(UUID.fromString(actor.id())))
          .install();
      own.run("grant select, update on albums to authenticated");
      Repository<PolicyRelationContract.Album, UUID> albums =
          db.repository(PolicyRelationContract.Album.class);
      Repository<PolicyRelationContract.Picture, UUID> pictures =
          db.repository(PolicyRelationContract.Picture.class);
      UUID album = albums.create(new PolicyRelationContract.Album(null, ANN, "of all", null)).id();
      db.actingAs(
          PolicyRows.actor(ANN),
          () ->
              pictures.create(new PolicyRelationContract.Picture(null, album, ANN, "hers", null)));
      assertThatThrownBy(() -> albums.delete(album)).isInstanceOf(AccessException.class);
      assertThat(albums.exists(album)).isTrue();
      db.actingAs(
          PolicyRows.actor(ANN),
          () -> {
            assertThat(albums.delete(album)).isTrue();
            assertThat(pictures.count()).isZero();
          });
    }
  }

  @Test
  void rowsAreMadeBelowOthersAndGoWithThemInTheActorsName() {
    String url = plainLogin();
    try (Database db = PostgresDatabase.open(url, 2, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(PolicyRelationContract.Album.class, PolicyRelationContract.Picture.class);
      PolicyRelationContract.restrict(db);
      assertThat(db.policies().check()).isEmpty();
      PolicyRelationContract.rowsAreMadeAndGoTogether(db);
    }
  }

  @Test
  void aSuperuserAndWhoBypassesAreReported() {
    try (Database db = own.open(1, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(Payment.class, Ticket.class);
      new PolicyRows(db);
      assertThat(db.policies().check()).hasSize(1).first().asString().contains("superuser");
    }
    own.run("create role " + login + " login bypassrls", "grant authenticated to " + login);
    try (Database db =
        PostgresDatabase.open(
            own.url().replace("postgres@", login + "@"), 1, 0, PostgresRowSecurityTest::secured)) {
      db.policies().on(Payment.class, actor -> Filter.none());
      assertThat(db.policies().check()).hasSize(1).first().asString().contains("BYPASSRLS");
    }
    try (Database db = own.open(1, 0, config -> config.with("rowSecurityRole", "nobody_here"))) {
      db.policies().on(Ticket.class, actor -> Filter.none());
      assertThat(db.policies().check()).anyMatch(line -> line.contains("no role nobody_here"));
      Repository<Ticket, Long> tickets = db.repository(Ticket.class);
      assertThatThrownBy(() -> db.actingAs(actor(ANN), () -> tickets.query().list()))
          .as("it fails closed")
          .hasMessageContaining("nobody_here");
    }
  }

  private static void alternate(PolicyRows rows, int rounds) {
    for (int i = 0; i < rounds; i++) {
      UUID user = i % 2 == 0 ? ANN : BOB;
      int expected = i % 2 == 0 ? 2 : 3;
      rows.db.actingAs(
          actor(user),
          () -> {
            assertThat(rows.payments.count()).isEqualTo(expected);
            assertThat(
                    rows.db
                        .sql("select user_id from payments where deleted_at is null")
                        .as(UUID.class)
                        .list())
                .hasSize(expected)
                .containsOnly(user);
            rows.payments.query().update(c -> c.add(Payment::cents, 1));
            try (var stream = rows.payments.query().stream()) {
              assertThat(stream.findFirst().orElseThrow().userId()).isEqualTo(user);
            }
            assertThatThrownBy(() -> rows.db.sql("select 1 / 0").rows().list()).isNotNull();
          });
      assertThat(state(rows)).isEqualTo("postgres/");
    }
  }

  private static String state(PolicyRows rows) {
    return rows.db
        .policies()
        .<String, RuntimeException>bypass(() -> rows.db.sql(STATE).as(String.class).one());
  }

  @Test
  void nothingStaysWithTheOnlyConnection() {
    try (Database db = own.open(1, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(Payment.class, Ticket.class);
      alternate(new PolicyRows(db), 30);
    }
  }

  @Test
  void nothingStaysBehindAPooler() throws Exception {
    assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    try (PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 2).orElseThrow();
        Database db =
            PostgresDatabase.open(
                bouncer.url(own.name()),
                8,
                0,
                config -> secured(config).with("pooler", "transaction"))) {
      db.schema().create(Payment.class, Ticket.class);
      PolicyRows rows = new PolicyRows(db);
      alternate(rows, 10);
      Together.run(
          8,
          Thread.ofVirtual().factory(),
          thread ->
              db.actingAs(
                  actor(thread % 2 == 0 ? ANN : BOB),
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      assertThat(db.sql("select user_id from payments").as(UUID.class).list())
                          .isNotEmpty()
                          .containsOnly(thread % 2 == 0 ? ANN : BOB);
                    }
                  }));
      assertThat(state(rows)).isEqualTo("postgres/");
    }
  }

  @Test
  void theNameFollowsTheWorkInATransaction() {
    try (Database db = own.open(1, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(Payment.class, Ticket.class);
      PolicyRows rows = new PolicyRows(db);
      String count = "select count(*) from payments where deleted_at is null";
      db.transaction(tx -> {
        assertThat(rows.ann(() -> db.sql(count).as(Long.class).one())).isEqualTo(2);
        assertThat(rows.bob(() -> db.sql(count).as(Long.class).one())).isEqualTo(3);
        assertThatThrownBy(() ->
                db.transaction(part -> {
                  assertThat(rows.ann(() -> db.sql(count).as(Long.class).one())).isEqualTo(2);
                  throw new IllegalStateException("undone");
                }))
            .hasMessage("undone");
        assertThat(rows.ann(() -> db.sql(count).as(Long.class).one()))
            .as("going back to a savepoint brings back the name before it")
            .isEqualTo(2);
        assertThat(rows.bob(() -> db.sql(count).as(Long.class).one())).isEqualTo(3);
        assertThat(state(rows)).isEqualTo("postgres/");
        assertThat(rows.bob(() -> rows.payments.count())).isEqualTo(3);
      });
    }
  }

  /// A row whose user is a number, in a session.
  @Table("visits")
  @Audited(false)
  record Visit(@Id long id, long userId, String session) {}

  @Test
  void idsMayBeNumbersAndSessionsTexts() {
    try (Database db = own.open(1, 0, PostgresRowSecurityTest::secured)) {
      db.schema().create(Visit.class);
      Repository<Visit, Long> visits = db.repository(Visit.class);
      visits.create(new Visit(0, 7, "s'1"));
      visits.create(new Visit(0, 7, "s2"));
      visits.create(new Visit(0, 8, "s'1"));
      db.policies()
          .on(
              Visit.class,
              actor ->
                  field(Visit::userId)
                      .is(Long.parseLong(actor.id()))
                      .and(field(Visit::session).is(String.valueOf(actor.session()))));
      db.policies().install();
      assertThat(String.join("\n", db.policies().sql())).contains("session_id").contains("int8");
      db.actingAs(
          Actor.of("7").session("s'1"),
          () -> {
            assertThat(db.sql("select count(*) from visits").as(Long.class).one()).isEqualTo(1);
            visits.createAll(
                java.util.stream.IntStream.range(0, 50)
                    .mapToObj(i -> new Visit(0, 7, "s'1"))
                    .toList());
            assertThat(visits.count()).isEqualTo(51);
          });
    }
  }

  @Test
  void aRuleThatTheServerCouldNotKeepIsRefused() {
    for (Function<Actor, Filter> rule :
        java.util.List.<Function<Actor, Filter>>of(
            actor -> field(Payment::note).is("tenant " + actor.id()),
            actor ->
                field(Payment::note)
                    .startsWith(String.valueOf(actor.address()).strip() + "x")
                    .and(field(Payment::note).contains(actor.id() + "!")),
            actor -> {
              throw new IllegalStateException("who is that?");
            })) {
      try (Database db = own.open(1, 0)) {
        db.policies().on(Payment.class, rule);
        assertThatThrownBy(() -> db.policies().sql())
            .isInstanceOf(UnsupportedException.class)
            .hasMessageContaining("payments");
      }
    }
  }
}
