package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.holder;
import static dev.plinth.testkit.PostgresDatabase.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a server refuses, and when it is full, starts or stops: the kind of error that comes of it.
@Timeout(90)
final class PostgresFaultTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static ConstraintException refused(Database db, String sql) {
    ConstraintException refused =
        catchThrowableOfType(ConstraintException.class, () -> db.sql(sql).execute());
    assertThat(refused).as(sql).isNotNull();
    assertThat(refused).as("values are not repeated").hasMessageNotContaining("4711");
    return refused;
  }

  private static void is(
      ConstraintException e, Kind kind, String table, String constraint, String... columns) {
    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.code()).isEqualTo(kind.name());
    assertThat(e.table()).contains(table);
    assertThat(e.columns()).containsExactly(columns);
    if (constraint.isEmpty()) {
      assertThat(e.constraint()).isEmpty();
    } else {
      assertThat(e.constraint()).contains(constraint);
    }
  }

  @Test
  void constraintsAreNamedWithTableAndColumns() {
    own.run(
        """
        create extension if not exists btree_gist;
        create table parent (id int primary key);
        create table child (
          id int primary key,
          a int not null,
          b int,
          "Odd, name" int unique,
          parent_id int constraint has_parent references parent,
          during int4range,
          constraint a_and_b unique (a, b),
          constraint sane check (b < 5000),
          constraint not_twice exclude using gist (during with &&));
        create unique index lower_b on child ((b + 1)) where b > 4000;
        insert into parent values (1);
        insert into child values (4711, 4711, 4711, 4711, 1, '[1,4711)')
        """);
    try (Database db = own.open(1, 0)) {
      String into = "insert into child (id, a, b, \"Odd, name\", parent_id, during) values ";
      is(refused(db, into + "(4711, 1, 1, 1, 1, null)"), Kind.UNIQUE, "child", "child_pkey", "id");
      is(
          refused(db, into + "(1, 4711, 4711, 1, 1, null)"),
          Kind.UNIQUE,
          "child",
          "a_and_b",
          "a",
          "b");
      is(
          refused(db, into + "(1, 1, 1, 4711, 1, null)"),
          Kind.UNIQUE,
          "child",
          "child_Odd, name_key",
          "Odd, name");
      is(
          refused(db, into + "(1, 1, 1, 1, 4711, null)"),
          Kind.FOREIGN_KEY,
          "child",
          "has_parent",
          "parent_id");
      ConstraintException referred = refused(db, "delete from parent");
      assertThat(referred.kind()).isEqualTo(Kind.FOREIGN_KEY);
      assertThat(referred.constraint()).contains("has_parent");
      is(refused(db, into + "(1, null, 4711, 1, 1, null)"), Kind.NOT_NULL, "child", "", "a");
      is(refused(db, into + "(1, 1, 6000, 1, 1, null)"), Kind.CHECK, "child", "sane");
      is(
          refused(db, into + "(1, 1, 1, 1, 1, '[7,9)')"),
          Kind.UNIQUE,
          "child",
          "not_twice",
          "during");
      ConstraintException indexed = refused(db, into + "(1, 1, 4711, 1, 1, null)");
      assertThat(indexed.kind()).isEqualTo(Kind.UNIQUE);
      assertThat(indexed.constraint()).contains("lower_b");
      assertThat(db.sql("select count(*) from child").as(Integer.class).one())
          .as("nothing was kept")
          .isEqualTo(1);
      db.sql(into + "(1, 1, 1, 1, 1, null)").execute(); // the control: this one may
      assertThat(db.metrics().retries()).as("none of it was run again").isZero();
    }
  }

  private static void fails(Database db, String sql, Class<? extends DatabaseException> kind) {
    assertThatThrownBy(() -> db.sql(sql).rows().list()).as(sql).isExactlyInstanceOf(kind);
  }

  @Test
  void otherErrorsHaveTheirKindsToo() {
    try (Database db = own.open(1, 0)) {
      fails(db, "select from", QueryException.class);
      fails(db, "select nonsense", QueryException.class);
      fails(db, "select * from nonsense", QueryException.class);
      fails(db, "select nonsense(1)", QueryException.class);
      fails(db, "select 1/0", ValidationException.class);
      fails(db, "select 'x'::int", ValidationException.class);
      fails(db, "select 2147483647 + 1", ValidationException.class);
      fails(db, "select repeat('x', 1073741824)", QueryException.class);
      own.run(
          "create function broken() returns int language plpgsql as $$ begin"
              + " raise exception using errcode = '53100', message = 'disk full'; end $$");
      fails(db, "select broken()", StorageException.class);
      db.transaction(tx -> {
        fails(db, "select nonsense", QueryException.class);
        fails(db, "select 1", TransactionException.class);
        tx.rollback();
      });
      assertThat(db.metrics().retries()).isZero();
    }
  }

  @Test
  void aRoleThatHasItsConnectionsAlreadyGetsNoMore() throws Exception {
    String role = own.name() + "_limited";
    own.run("create role " + role + " login connection limit 2");
    String url = own.url().replace("postgres@", role + "@");
    try (Connection one = Jdbc.open(own.url(), "ApplicationName=plinth");
        Database db = PostgresDatabase.open(url + "?connectTimeout=1", 1, 4, config -> config)) {
      assertThat(Jdbc.value(one, "select 1")).isEqualTo("1");
      soon().until(() -> db.poolHealth().idle() == 1);
      CountDownLatch end = new CountDownLatch(1);
      Thread first = holder(db, "first", end);
      Thread second = holder(db, "second", end);
      long start = System.nanoTime();
      assertThatThrownBy(() -> db.transaction(tx -> {}))
          .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.passing()).isTrue())
          .hasMessageContaining("too many connections");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("until it is told, three times asked")
          .isLessThan(Duration.ofSeconds(20));
      assertThatThrownBy(() -> PostgresDatabase.open(url, 1, 0, config -> config))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("too many connections");
      end.countDown();
      first.join();
      second.join();
      soon().until(() -> db.ping()); // the control: there are two again
    } finally {
      own.terminate();
      own.run("drop role " + role);
    }
  }

  /// A server that shuts down takes no new connections, and one that starts takes none yet.
  @Test
  void aServerThatStopsAndStartsIsAwayForAWhile() throws Exception {
    try (PostgresServer server = PostgresServer.start();
        Database db =
            PostgresDatabase.open(
                server.freshDatabase() + "?connectTimeout=1", 1, 3, config -> config)) {
      Connection last = server.node().open();
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      CountDownLatch end = new CountDownLatch(1);
      Thread holder = holder(db, "holder", end);
      String line =
          Jdbc.value(last, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
      ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
      postmaster.destroy(); // as an operator would: it waits for its clients
      List<ConnectionException> refused = new ArrayList<>();
      soon()
          .until(() -> {
            try {
              Database.open(server.node().url()).close();
            } catch (ConnectionException e) {
              refused.add(e);
            }
            return !refused.isEmpty();
          });
      assertThat(refused.getFirst().passing()).isTrue();
      assertThat(refused.getFirst()).hasMessageContaining("shutting down");
      end.countDown();
      holder.join();
      last.close();
      Thread writing = Thread.ofPlatform().start(() -> until(db, notes));
      soon().until(() -> db.metrics().errors() > 0 || !writing.isAlive());
      postmasterGone(server, postmaster);
      server.node().start();
      assertThat(writing.join(Duration.ofSeconds(30))).as("it goes on by itself").isTrue();
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  private static void until(Database db, Repository<Note, Long> notes) {
    while (true) {
      try {
        db.transaction(tx -> notes.create(Note.of("once")));
        return;
      } catch (ConnectionException e) {
        assertThat(e.passing()).isTrue();
      }
    }
  }

  private static void postmasterGone(PostgresServer server, ProcessHandle postmaster)
      throws Exception {
    try {
      postmaster.onExit().get(5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      server.node().kill(); // the pool keeps its connections, and so would it
    }
  }

  /// Wherever the server puts it: behind a colon, or in the middle of its sentence.
  @ParameterizedTest
  @CsvSource({
    "integer, hush, invalid input syntax for type integer.",
    "integer, a: \"hush\", invalid input syntax for type integer.",
    "smallint, 471147114711, '\"…\" is out of range for type smallint.'",
    "float8, 471147114711e400, '\"…\" is out of range for type double precision.'",
    "date, hush, invalid input syntax for type date.",
    "date, 4711-13-45, date/time field value out of range.",
    "uuid, hush, invalid input syntax for type uuid.",
    "inet, hush, invalid input syntax for type inet.",
    "mood, hush, invalid input value for enum mood."
  })
  void aValueThatDoesNotFitIsNotRepeated(String type, String value, String words) {
    own.run("create type mood as enum ('GOOD')");
    try (Database db = own.open(1, 0)) {
      Throwable thrown =
          catchThrowable(() ->
              db.sql("select cast(:v as " + type + ")::text as v").bind("v", value).rows().list());
      assertThat(thrown).isInstanceOf(ValidationException.class);
      assertThat(thrown).hasMessageEndingWith(words);
      StringWriter everything = new StringWriter();
      thrown.printStackTrace(new PrintWriter(everything));
      assertThat(everything.toString()).doesNotContain("hush").doesNotContain("4711");
    }
  }
}
