package dev.plinth.testkit;

import static dev.plinth.testkit.MigrationFiles.count;
import static dev.plinth.testkit.MigrationFiles.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.error.MigrationException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How files are taken apart, and what is refused before anything is run.
public interface MigrationScriptContract extends ContractBase {

  @Test
  default void aColumnNamedLikeABodyHidesNoStatement() {
    Path folder =
        file(
            folder(),
            "V1__treatments.sql",
            """
            create table treatments (id bigint, procedure text, begin timestamp);
            insert into treatments (id) values (1);
            create table others (id bigint);
            """);
    try (Database db = open()) {
      assertThat(db.migrations().from(folder).dryRun()).hasSize(3);
      db.migrations().from(folder).apply();
      assertThat(count(db, "treatments")).isEqualTo(1);
      assertThat(count(db, "others")).isZero();
    }
  }

  @Test
  default void aBodyThatDoesNotEndIsRefused() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    Path folder =
        file(
            folder(),
            "V2__two.sql",
            "create trigger two after insert on one begin delete from one; insert into one values (1);");
    try (Database db = open()) {
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("V2__two.sql")
          .hasMessageContaining("does not end");
      assertThat(db.schema().tables()).doesNotContain("one");
    }
  }

  @Test
  default void blanksInStringsStay() {
    Path folder =
        file(
            folder(),
            "V1__one.sql",
            "create table one (name text);  \r\ninsert into one values ('two  \r\nlines');");
    try (Database db = open()) {
      db.migrations().from(folder).apply();
      assertThat(db.sql("select name from one").as(String.class).one()).isEqualTo("two  \nlines");
    }
  }

  @Test
  default void commentsMayStandAboveTheFirstPart() {
    Path folder =
        file(
            folder(),
            "V1__one.sql",
            """
            /* who may use it,
               and how */
              -- and more
            -- migrate:up
            create table one (id bigint);
            -- migrate:down
            drop table one;
            """);
    try (Database db = open()) {
      db.migrations().from(folder).apply();
      db.migrations().from(folder).rollback(1);
      assertThat(db.schema().tables()).doesNotContain("one");
    }
  }

  @Test
  default void whatPartsCannotDoIsRefused() {
    String up = "-- migrate:up transaction:false\ncreate table one (id bigint);\n";
    try (Database db = open()) {
      for (String more :
          List.of(
              "-- migrate:check\nselect count(*) = 1 from one;",
              "-- migrate:down transaction:false\ndrop table one;")) {
        Path folder = file(folder(), "V1__one.sql", up + more);
        assertThatThrownBy(() -> db.migrations().from(folder))
            .isInstanceOf(MigrationException.class)
            .hasMessageContaining("V1__one.sql");
      }
    }
  }

  @Test
  default void aSemicolonAloneIsNoStatement() {
    Path folder =
        file(
            folder(),
            "V1__one.sql",
            ";; create table one (id bigint);; insert into one values (1); ; -- end");
    try (Database db = open()) {
      assertThat(db.migrations().from(folder).dryRun()).hasSize(2);
      db.migrations().from(folder).apply();
      assertThat(count(db, "one")).isEqualTo(1);
    }
  }

  @Test
  default void aDollarQuoteThatDoesNotEndIsRefused() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    Path folder =
        file(folder(), "V2__two.sql", "create function two() returns int as $$ select 1; select 2");
    try (Database db = open()) {
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("does not end");
      assertThat(db.schema().tables()).doesNotContain("one");
    }
  }

  @Test
  default void whatIsNoSqlIsRefusedBeforeAnythingIsRun() {
    file(folder(), "V1__one.sql", "create table one (id bigint);");
    Path folder =
        file(folder(), "V2__two.sql", "create table two (name text default 'never ends);");
    try (Database db = open()) {
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("V2__two.sql");
      assertThat(db.schema().tables()).doesNotContain("one");
      file(folder(), "V2__two.sql", "begin; create table two (id bigint); commit;");
      assertThatThrownBy(() -> db.migrations().from(folder).apply())
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("begin");
      assertThat(db.schema().tables()).doesNotContain("one");
    }
  }

  @Test
  default void marksOfOtherToolsAreRefused() {
    try (Database db = open()) {
      for (String mark : List.of("-- +goose Up", "-- +migrate Up", "--//@UNDO")) {
        Path folder = file(folder(), "V1__one.sql", mark + "\ncreate table one (id bigint);");
        assertThatThrownBy(() -> db.migrations().from(folder))
            .isInstanceOf(MigrationException.class)
            .hasMessageContaining("migrate:up");
      }
    }
  }
}
