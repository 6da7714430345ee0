package dev.plinth.testkit;

import static dev.plinth.testkit.MigrationFiles.count;
import static dev.plinth.testkit.MigrationFiles.file;
import static dev.plinth.testkit.MigrationFiles.states;
import static dev.plinth.testkit.MigrationFiles.threeSteps;
import static dev.plinth.testkit.MigrationFiles.versions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Migration;
import dev.plinth.Migrations;
import dev.plinth.Repository;
import dev.plinth.entity.Cached;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.MigrationException;
import dev.plinth.error.QueryException;
import dev.plinth.migration.MigrationStatus.State;
import dev.plinth.migration.Version;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Changing the schema step by step, each step once.
public interface MigrationContract extends ContractBase {

  @Test
  default void migrationsRunOnceInTheOrderOfTheirNumbers() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      Migrations migrations = db.migrations().from(folder);
      assertThat(versions(migrations.pending())).containsExactly("1.9", "1.10", "2");
      assertThat(states(migrations)).containsOnly(State.PENDING);
      assertThat(db.schema().tables()).doesNotContain("people");
      assertThat(versions(migrations.apply())).containsExactly("1.9", "1.10", "2");
      assertThat(states(migrations)).containsOnly(State.APPLIED);
      assertThat(migrations.apply()).isEmpty();
      assertThat(migrations.pending()).isEmpty();
      migrations.validate();
      assertThat(db.sql("select name from people order by id").as(String.class).list())
          .containsExactly("a;b", "it's");
      assertThat(db.sql("select age from people where id = 1").as(Integer.class).one())
          .isEqualTo(30);
      assertThat(count(db, "towns")).isEqualTo(1);
      assertThat(migrations.status().getFirst().by()).isEqualTo("system");
      assertThat(migrations.status().getFirst().at()).isNotNull();
    }
  }

  @Test
  default void migrationsGoToAVersion() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      Migrations migrations = db.migrations().from(folder);
      assertThat(versions(migrations.apply("1.9.0"))).containsExactly("1.9");
      assertThat(states(migrations)).containsExactly(State.APPLIED, State.PENDING, State.PENDING);
      assertThat(versions(migrations.apply())).containsExactly("1.10", "2");
    }
  }

  @Test
  default void aDryRunTellsAndDoesNothing() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      List<String> sql = db.migrations().from(folder).dryRun();
      assertThat(sql).hasSize(7);
      assertThat(sql.getFirst()).startsWith("create table people").endsWith(";");
      assertThat(db.schema().tables()).doesNotContain("people", "towns");
    }
  }

  @Test
  default void theSecondOfThreeFails() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    file(
        folder(),
        "V2__two.sql",
        "create table two (id bigint);\n\ninsert into nowhere values (1);");
    Path folder = file(folder(), "V3__three.sql", "create table three (id bigint);");
    try (Database db = open()) {
      Migrations migrations = db.migrations().from(folder);
      assertThatThrownBy(migrations::apply)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("V2__two.sql")
          .hasMessageContaining("line 3")
          .hasCauseInstanceOf(QueryException.class);
      assertThat(db.schema().tables()).contains("one").doesNotContain("two", "three");
      assertThat(states(migrations)).containsExactly(State.APPLIED, State.PENDING, State.PENDING);
      file(folder(), "V2__two.sql", "create table two (id bigint);");
      assertThat(versions(db.migrations().from(folder).apply())).containsExactly("2", "3");
    }
  }

  @Test
  default void whatIsNotSoAfterwardsUndoesTheMigration() {
    Path folder =
        file(
            folder(),
            "V1__one.sql",
            """
            -- migrate:up
            create table one (id bigint);
            -- migrate:check
            select count(*) = 1 from one;
            """);
    try (Database db = open()) {
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("line 4");
      assertThat(db.schema().tables()).doesNotContain("one");
    }
  }

  @Test
  default void whatIsRepeatedRunsWheneverItChanges() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    Path folder =
        file(
            folder(),
            "R__views.sql",
            "drop view if exists ones;\ncreate view ones as select id from one;");
    try (Database db = open()) {
      assertThat(db.migrations().from(folder).apply()).hasSize(2);
      assertThat(db.migrations().from(folder).apply()).isEmpty();
      file(
          folder(),
          "R__views.sql",
          "drop view if exists ones;\ncreate view ones as select id + 1 as id from one;");
      assertThat(db.migrations().from(folder).apply()).hasSize(1);
      assertThat(db.migrations().from(folder).apply()).isEmpty();
      db.sql("insert into one values (1)").execute();
      assertThat(db.sql("select id from ones").as(Long.class).one()).isEqualTo(2);
    }
  }

  @Test
  default void anEnginesOwnFileGoesBeforeThatOfAll() {
    try (Database db = open()) {
      file(folder(), "V1__one.sql", "create table wrong (id bigint);");
      Path folder =
          file(folder(), "V1__one.%s.sql".formatted(db.engine()), "create table one (id bigint);");
      for (String other : List.of("sqlite", "duckdb", "postgresql")) {
        if (!other.equals(db.engine())) {
          file(folder(), "V1__one.%s.sql".formatted(other), "this is for another engine;");
        }
      }
      db.migrations().from(folder).apply();
      assertThat(db.schema().tables()).contains("one").doesNotContain("wrong");
    }
  }

  @Test
  default void namesThatAreNoneAreRefused() {
    try (Database db = open()) {
      for (String name :
          List.of("V1_one.sql", "1__one.sql", "V1__one.oracle.sql", "v1__one.sql", "Vx__one.sql")) {
        Path folder = file(folder(), name, "select 1;");
        assertThatThrownBy(() -> db.migrations().from(folder))
            .as(name)
            .isInstanceOf(MigrationException.class)
            .hasMessageContaining(name);
        assertThat(folder.resolve(name).toFile().delete()).isTrue();
      }
      file(folder(), "V1__one.sql", "select 1;");
      Path twice = file(folder(), "V1.0__another.sql", "select 1;");
      assertThatThrownBy(() -> db.migrations().from(twice)).isInstanceOf(MigrationException.class);
    }
  }

  /// A migration that is not SQL.
  final class Preferences implements Migration {
    private final boolean fails;

    Preferences(boolean fails) {
      this.fails = fails;
    }

    @Override
    public Version version() {
      return Version.of("1.9.5");
    }

    @Override
    public String description() {
      return "add preferences";
    }

    @Override
    public void up(Database db) {
      db.sql("insert into people (id, name) values (3, 'new')").execute();
    }

    @Override
    public boolean reversible() {
      return true;
    }

    @Override
    public void down(Database db) {
      db.sql("delete from people where id = 3").execute();
    }

    @Override
    public void validate(Database db) {
      assertThat(count(db, "people")).isEqualTo(3);
      if (fails) {
        throw new IllegalStateException("not so");
      }
    }
  }

  @Test
  default void migrationsInJavaTakeTheirPlace() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      Migrations failing = db.migrations().from(folder).with(new Preferences(true));
      assertThatThrownBy(failing::apply)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("Preferences")
          .hasRootCauseMessage("not so");
      assertThat(count(db, "people")).isEqualTo(2);
      Migrations migrations = db.migrations().from(folder).with(new Preferences(false));
      assertThat(versions(migrations.apply())).containsExactly("1.9.5", "1.10", "2");
      assertThat(count(db, "people")).isEqualTo(3);
      file(
          folder(), "V2__make_towns.sql", "create table towns (id bigint primary key, name text);");
      db.migrations().from(folder).with(new Preferences(false)).repair();
      assertThat(migrations.status()).hasSize(4);
    }
  }

  @Test
  default void manyWhoMigrateAtOnceRunEachStepOnce() throws InterruptedException {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    for (int i = 2; i <= 8; i++) {
      file(folder(), "V%d__more.sql".formatted(i), "insert into one values (%d);".formatted(i));
    }
    Path folder = file(folder(), "V9__last.sql", "insert into one values (9);");
    try (Database db = open()) {
      Together.run(6, thread -> db.migrations().from(folder).apply());
      assertThat(count(db, "one")).isEqualTo(8);
      assertThat(states(db.migrations().from(folder))).hasSize(9).containsOnly(State.APPLIED);
    }
  }

  @Test
  default void whatCannotBeInATransactionGoesOnWhereItBrokeOff() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    Path folder =
        file(
            folder(),
            "V2__two.sql",
            """
            -- migrate:up transaction:false
            insert into one values (1);
            insert into two values (2);
            insert into one values (3);
            """);
    try (Database db = open()) {
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("line 3");
      assertThat(count(db, "one")).isEqualTo(1);
      assertThat(states(db.migrations().from(folder)))
          .containsExactly(State.APPLIED, State.BROKEN_OFF);
      db.sql("create table two (id bigint)").execute();
      assertThat(versions(db.migrations().from(folder).apply())).containsExactly("2");
      assertThat(count(db, "one")).isEqualTo(2);
      assertThat(count(db, "two")).isEqualTo(1);
      assertThat(states(db.migrations().from(folder))).containsOnly(State.APPLIED);
      assertThat(db.migrations().from(folder).apply()).isEmpty();
    }
  }

  @Test
  default void whatIsRepeatedOutsideTransactionsRunsWheneverItChanges() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    try (Database db = open()) {
      for (int i = 1; i <= 2; i++) {
        Path folder =
            file(
                folder(),
                "R__more.sql",
                "-- migrate:up transaction:false\ninsert into one values (%d);".formatted(i));
        assertThat(db.migrations().from(folder).apply()).isNotEmpty();
        assertThat(db.migrations().from(folder).apply()).isEmpty();
        assertThat(count(db, "one")).isEqualTo(i);
      }
    }
  }

  /// A row that is kept in memory.
  @Cached
  @Table("towns")
  record Town(@Id long id, String name) {}

  @Test
  default void whatIsKeptInMemoryIsNotOlderThanAMigration() {
    Path folder =
        file(
            folder(),
            "V1__towns.sql",
            "-- migrate:up transaction:false\nupdate towns set name = 'Oslo';");
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = db.repository(Town.class);
      long id = towns.create(new Town(0, "Kristiania")).id();
      assertThat(towns.get(id).name()).isEqualTo("Kristiania");
      db.migrations().from(folder).apply();
      assertThat(towns.get(id).name()).isEqualTo("Oslo");
    }
  }

  @Test
  default void whatRunsOutsideTransactionsIsNotRunInOne() {
    Path folder =
        file(
            folder(),
            "V1__one.sql",
            "-- migrate:up transaction:false\ncreate table one (id bigint);");
    try (Database db = open()) {
      assertThatThrownBy(() -> db.transaction(tx -> db.migrations().from(folder).apply()))
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("V1__one.sql");
      assertThat(db.migrations().from(folder).apply()).hasSize(1);
    }
  }
}
