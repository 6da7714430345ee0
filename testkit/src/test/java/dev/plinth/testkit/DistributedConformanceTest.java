package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The suite for servers that spread rows, on one that does not, and on one that is broken.
@Timeout(120)
final class DistributedConformanceTest {

  private static final int CHECKS = 26;

  private final PostgresDatabase own = new PostgresDatabase();

  /// What a run printed, and its number.
  private record Run(int code, List<String> lines) {

    static Run of(String url) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int code =
          DistributedConformance.run(url, new PrintStream(bytes, true, StandardCharsets.UTF_8));
      return new Run(code, bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    List<String> starting(String start) {
      return lines.stream().filter(line -> line.startsWith(start)).toList();
    }

    /// The names of the checks that failed.
    List<String> failed() {
      return starting("FAIL ").stream()
          .map(line -> line.substring("FAIL ".length(), line.indexOf(": ")))
          .toList();
    }
  }

  @AfterEach
  void giveBack() {
    own.close();
  }

  private void assertNothingIsLeft() {
    assertThat(
            own.value(
                "select (select count(*) from pg_namespace where nspname like 'plinth%')"
                    + " + (select count(*) from pg_class c where relnamespace = 'public'::regnamespace)"
                    + " + (select count(*) from pg_prepared_xacts)"))
        .isEqualTo("0");
    PostgresDatabase.soon().until(() -> own.connections() == 0);
  }

  /// Lets a statement run, as if the server did it by itself, when a table or index has been made.
  private void breakAfter(String made, String statement) {
    own.run(
        """
        create function public.nothing() returns trigger language plpgsql
        as $$ begin return null; end $$
        """,
        """
        create function public.broken() returns event_trigger language plpgsql as $$
        begin
          if exists (select from pg_event_trigger_ddl_commands()
              where command_tag like 'CREATE %%' and object_identity like '%%.%s') then
            %s
          end if;
        end $$
        """
            .formatted(made, statement),
        "create event trigger broken on ddl_command_end when tag in ('CREATE TABLE', 'CREATE INDEX')"
            + " execute function public.broken()");
  }

  @Test
  void aServerThatDoesItAllPasses() {
    Run run = Run.of(own.url());

    assertThat(run.failed()).isEmpty();
    assertThat(run.code()).as(String.join("\n", run.lines())).isZero();
    assertThat(run.starting("ok   "))
        .hasSize(CHECKS)
        .allMatch(line -> line.matches("ok {3}\\S.*\\S {2}\\d+ ms"));
    assertThat(run.lines().getFirst()).contains("plinth_conformance_", "127.0.0.1");
    assertThat(run.lines().getLast())
        .startsWith(CHECKS + " passed, 0 failed: PostgreSQL 18")
        .contains("compiled by");
    assertThat(run.lines()).hasSize(CHECKS + 2);
    assertNothingIsLeft();
  }

  @Test
  void aServerThatSpreadsIsToldToSpread() {
    own.run(
        "create schema engine",
        "create table engine.calls (what regclass, by_column text)",
        """
        create function engine.create_distributed_table(what regclass, by_column text)
        returns void language sql as 'insert into engine.calls values (what, by_column)'
        """,
        "create table engine.rows (many bigint)",
        """
        create function engine.count() returns trigger language plpgsql as $$
        declare many bigint;
        begin
          execute format('select count(*) from %s', new.what) into many;
          insert into engine.rows values (many);
          return null;
        end $$
        """,
        "create trigger calls after insert on engine.calls for each row"
            + " execute function engine.count()");
    assertThat(Run.of(own.url()).failed()).isEmpty();
    assertThat(own.value("select count(*) || ' ' || min(by_column) from engine.calls"))
        .isEqualTo("1 tenant_id");
    assertThat(own.value("select many from engine.rows")).as("before any row").isEqualTo("0");
  }

  @Test
  void anotherSchemaOfTheUrlIsNotTouched() {
    own.run("create schema theirs", "create table theirs.invoices (id int)");
    Run run = Run.of(own.url() + "?currentSchema=theirs&ApplicationName=conformance");
    assertThat(run.failed()).isEmpty();
    assertThat(own.value("select count(*) from theirs.invoices")).isEqualTo("0");
    assertThat(own.value("select count(*) from pg_class where relname like 'plinth%'"))
        .isEqualTo("0");
  }

  @Test
  void whatIsBrokenFailsAloneAndIsNamed() {
    breakAfter("plinth_done", "raise exception 'no such table here';");
    Run run = Run.of(own.url());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.starting("FAIL "))
        .singleElement()
        .asString()
        .startsWith("FAIL idempotency key: ")
        .contains("no such table here");
    assertThat(run.starting("ok   ")).hasSize(CHECKS - 1);
    assertThat(run.lines().getLast()).startsWith((CHECKS - 1) + " passed, 1 failed: PostgreSQL");
    assertNothingIsLeft();
  }

  /// The checks can fail: a fault of the server is seen by those that are for it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          invoices | alter table invoices drop constraint invoices_tenant_id_corrects_fkey; \
              | reference within the tenant
          plinth_done | alter table plinth_done drop constraint plinth_done_pkey; \
              | idempotency key
          plinth_audit | create trigger lost before insert on plinth_audit \
              for each row when (new.action = 'RESTORE') execute function public.nothing(); \
              | audit complete
          invoices | create trigger lost before insert on invoices \
              for each row when (new.number = '77') execute function public.nothing(); \
              | createAll by COPY, stream by a cursor
          invoices | create trigger lost before delete on invoices \
              for each row execute function public.nothing(); \
              | audit complete, set-based update, delete and restore, soft delete, restore and purge
          invoices_number_key | drop index invoices_number_key; \
              | createAll by COPY, save by a unique column of the tenant, \
              soft delete, restore and purge, transaction with savepoints, unique violation named
          """)
  void everyFaultIsSeen(String made, String statement, String names) {
    breakAfter(made, statement);
    Run run = Run.of(own.url());

    assertThat(String.join(", ", run.failed().stream().sorted().toList()))
        .isEqualTo(names.replaceAll("\\s+", " "));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.lines()).hasSize(CHECKS + 2);
    assertNothingIsLeft();
  }

  @Test
  void aServerThatDoesNotSpreadWhatItIsToldFails() {
    own.run(
        """
        create function public.create_distributed_table(what regclass, by_column text)
        returns void language plpgsql as $$ begin raise exception 'no workers'; end $$
        """);
    Run run = Run.of(own.url());
    assertThat(run.starting("FAIL "))
        .singleElement()
        .asString()
        .startsWith("FAIL tables with the column in every key: ")
        .contains("no workers");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void aRoleWithoutRightsIsToldSo() {
    own.run("drop role if exists conformance_guest", "create role conformance_guest login");
    try {
      Run run = Run.of(own.url().replace("postgres@", "conformance_guest:hidden1@"));
      assertThat(run.code()).isNotZero();
      assertThat(run.lines()).anyMatch(line -> line.contains("permission denied"));
      assertThat(String.join("\n", run.lines())).doesNotContain("hidden1", "\tat ");
      assertNothingIsLeft();
    } finally {
      own.run("drop role conformance_guest");
    }
  }

  @Test
  void aUrlThatLeadsNowhereIsOneLine() {
    for (String url :
        List.of(
            "postgresql://ada:hidden1@127.0.0.1:1/shop",
            own.url().replace("postgres@", "nobody_here:hidden1@"),
            own.url().replace("postgres@", "postgres:hidden1@") + "_gone",
            "postgresql:ada:hidden1@127.0.0.1/shop",
            "postgresql://ada:hidden1@127.0.0.1:port/shop",
            "postgresql://127.0.0.1/shop?password=hidden1&loggerLevel=TRACE",
            "mysql://ada:hidden1@127.0.0.1/shop",
            "sqlite:hidden1.db",
            " ")) {
      Run run = Run.of(url);
      assertThat(run.code()).as(url).isEqualTo(2);
      assertThat(run.lines()).as(url).hasSize(1);
      assertThat(run.lines().getFirst()).as(url).isNotBlank().doesNotContain("hidden1");
    }
  }

  /// Whoever has such a server names it, and the build asks it.
  @Test
  @Timeout(1800) // such servers take their time to change a schema
  @EnabledIfEnvironmentVariable(named = DistributedConformance.VARIABLE, matches = ".+")
  void theServerThatWasNamedPasses() {
    assertThat(
            DistributedConformance.run(System.getenv(DistributedConformance.VARIABLE), System.out))
        .isZero();
  }
}
