package dev.plinth.testkit;

import static dev.plinth.testkit.MigrationFiles.count;
import static dev.plinth.testkit.MigrationFiles.file;
import static dev.plinth.testkit.MigrationFiles.states;
import static dev.plinth.testkit.MigrationFiles.threeSteps;
import static dev.plinth.testkit.MigrationFiles.versions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Migrations;
import dev.plinth.error.MigrationException;
import dev.plinth.migration.MigrationStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Going back, and what becomes of migrations that are other ones than were run.
public interface MigrationHistoryContract extends ContractBase {

  @Test
  default void migrationsAreUndoneNewestFirst() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      Migrations migrations = db.migrations().from(folder);
      migrations.apply("1.10");
      assertThatThrownBy(() -> migrations.rollback(2))
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("loss of data");
      assertThatThrownBy(() -> migrations.rollback(3)).isInstanceOf(MigrationException.class);
      assertThat(states(migrations)).containsExactly(State.APPLIED, State.APPLIED, State.PENDING);
      assertThat(versions(migrations.rollbackWithLoss(2))).containsExactly("1.10", "1.9");
      assertThat(db.schema().tables()).doesNotContain("people");
      assertThat(versions(migrations.apply())).containsExactly("1.9", "1.10", "2");
      assertThatThrownBy(() -> migrations.rollback(1))
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("cannot be undone");
      assertThat(count(db, "towns")).isEqualTo(1);
    }
  }

  @Test
  default void theWayBackIsKeptWithTheDatabase() throws IOException {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.migrations().from(folder).apply("1.9");
      Files.delete(folder.resolve("V1.9.0__make_people.sql"));
      Migrations without = db.migrations().from(folder);
      assertThat(states(without).getFirst()).isEqualTo(State.MISSING);
      assertThatThrownBy(without::apply)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("make people");
      without.rollback(1);
      assertThat(db.schema().tables()).doesNotContain("people");
    }
  }

  @Test
  default void whatWasEditedIsRefusedUntilItIsRepaired() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.migrations().from(folder).apply();
      file(
          folder(), "V2__make_towns.sql", "create table towns (id bigint primary key, name text);");
      Migrations edited = db.migrations().from(folder);
      assertThat(states(edited).getLast()).isEqualTo(State.EDITED);
      assertThatThrownBy(edited::validate)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("2 make towns");
      assertThat(versions(edited.repair())).containsExactly("2");
      edited.validate();
      assertThat(edited.apply()).isEmpty();
      file(
          folder(),
          "V2__make_towns.sql",
          "-- migrate:up\ncreate table towns (id bigint);\n-- migrate:down\ndrop table towns;");
      Migrations reversible = db.migrations().from(folder);
      reversible.repair();
      reversible.rollback(1);
      assertThat(db.schema().tables()).doesNotContain("towns");
    }
  }

  @Test
  default void aLineEndOfAnotherMachineIsNoEdit() throws IOException {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.migrations().from(folder).apply();
      Path file = folder.resolve("V2__make_towns.sql");
      Files.writeString(file, "\uFEFF" + Files.readString(file).replace("\n", "  \r\n"));
      db.migrations().from(folder).validate();
    }
  }

  @Test
  default void whatComesTooLateIsRefused() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.migrations().from(folder).apply();
      file(folder(), "V1.9.1__late.sql", "create table late (id bigint);");
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("OUT_OF_ORDER");
      assertThat(db.schema().tables()).doesNotContain("late");
    }
  }

  @Test
  default void whatWasThereBeforeIsTheBaseline() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.sql("create table people (id bigint primary key, name text not null)").execute();
      Migrations migrations = db.migrations().from(folder);
      migrations.baseline("1.9");
      assertThat(versions(migrations.apply())).containsExactly("1.10", "2");
      assertThatThrownBy(() -> migrations.baseline("2")).isInstanceOf(MigrationException.class);
      assertThatThrownBy(() -> migrations.rollbackWithLoss(3))
          .isInstanceOf(MigrationException.class);
    }
  }

  @Test
  default void whoGoesBackWhileOthersGoOnLeavesNoGap() throws InterruptedException {
    for (int i = 1; i <= 4; i++) {
      file(
          folder(),
          "V%d__step.sql".formatted(i),
          "-- migrate:up\ncreate table step%d (id bigint);\n-- migrate:down\ndrop table step%d;\n"
              .formatted(i, i));
    }
    Path folder = folder().resolve("migrations");
    try (Database db = open()) {
      Migrations migrations = db.migrations().from(folder);
      migrations.apply();
      for (int round = 0; round < 5; round++) {
        Together.run(
            4,
            thread -> {
              try {
                if (thread % 2 == 0) {
                  migrations.rollback(1);
                } else {
                  migrations.apply();
                }
              } catch (MigrationException e) {
                assertThat(e).hasMessageContaining("somebody else");
              }
            });
        assertThat(states(migrations)).isSubsetOf(State.APPLIED, State.PENDING);
        migrations.apply();
        assertThat(states(migrations)).containsOnly(State.APPLIED);
      }
    }
  }

  @Test
  default void aDatabaseOfFlywaysNeedsABaseline() {
    Path folder = threeSteps(folder());
    try (Database db = open()) {
      db.sql("create table flyway_schema_history (version text)").execute();
      db.sql("create table people (id bigint primary key, name text not null)").execute();
      Migrations migrations = db.migrations().from(folder);
      assertThatThrownBy(migrations::apply)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("baseline");
      migrations.baseline("1.9");
      assertThat(versions(migrations.apply())).containsExactly("1.10", "2");
    }
  }

  @Test
  default void whatBrokeOffIsMended() {
    String begin = "-- migrate:up transaction:false\ncreate table one (id bigint);\n";
    file(folder(), "V1__one.sql", begin + "insert into nowhere values (1);\n");
    try (Database db = open()) {
      Path folder = folder().resolve("migrations");
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class);
      file(folder(), "V1__one.sql", begin + "insert into one values (1);\n");
      assertThat(states(db.migrations().from(folder))).containsExactly(State.BROKEN_OFF);
      db.migrations().from(folder).apply();
      assertThat(count(db, "one")).isEqualTo(1);
      assertThat(states(db.migrations().from(folder))).containsExactly(State.APPLIED);
    }
  }
}
