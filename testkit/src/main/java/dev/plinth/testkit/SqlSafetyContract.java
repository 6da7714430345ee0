package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Hand-written SQL that would undo the layer's promises, or lose something in silence.
public interface SqlSafetyContract extends ContractBase {

  /// What begins, ends or divides a transaction.
  List<String> TRANSACTION_WORDS =
      List.of(
          "begin",
          "BEGIN EXCLUSIVE",
          "begin immediate transaction",
          "  /* a remark */ -- and one more\n begin",
          "commit",
          "Commit Transaction;",
          "end",
          "rollback",
          "rollback to x",
          "savepoint x",
          "release x",
          "release savepoint x");

  private static void refused(Database db, String sql) {
    assertThatThrownBy(() -> db.sql(sql).execute())
        .as(sql)
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("db.transaction");
    assertThatThrownBy(() -> db.sql(sql).rows().list())
        .as(sql)
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> db.sql(sql).as(Long.class).first())
        .as(sql)
        .isInstanceOf(ValidationException.class);
  }

  @Test
  default void transactionsAreNotBegunByHandAndNothingIsLost() {
    try (Database db = open(Note.class, Label.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      for (int i = 0; i < TRANSACTION_WORDS.size(); i++) {
        refused(db, TRANSACTION_WORDS.get(i));
        notes.create(Note.of("after " + TRANSACTION_WORDS.get(i)));
        assertThat(notes.count()).isEqualTo(i + 1);
      }
      db.transaction(tx -> notes.create(Note.of("in a transaction")));
      db.repository(Label.class).create(new Label("audited", null, 1));
      assertThat(notes.count()).isEqualTo(TRANSACTION_WORDS.size() + 1);
    }
    if (keeps()) {
      try (Database db = open(Note.class, Label.class)) {
        assertThat(db.repository(Note.class).count()).isEqualTo(TRANSACTION_WORDS.size() + 1);
        assertThat(db.repository(Label.class).exists("audited")).isTrue();
      }
    }
  }

  @Test
  default void transactionsAreNotEndedByHandAndRollBackAsAWhole() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      for (String sql : TRANSACTION_WORDS) {
        IllegalStateException stop = new IllegalStateException(sql);
        assertThatThrownBy(() ->
                db.transaction(tx -> {
                  notes.create(Note.of("before"));
                  refused(db, sql);
                  notes.create(Note.of("after"));
                  assertThat(notes.count()).isEqualTo(2);
                  throw stop;
                }))
            .isSameAs(stop);
        assertThat(notes.count()).as(sql).isZero();
      }
      db.transaction(tx -> {
        notes.create(Note.of("kept"));
        TRANSACTION_WORDS.forEach(sql -> refused(db, sql));
      });
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  /// Else it would stand before the real table for whoever comes next, and take his rows.
  @Test
  default void whatIsTemporaryEndsWithItsTransaction() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("before"));
      List<String> temporary =
          List.of(
              "create temporary table note (id bigint, text varchar(9))",
              "create temp table mine as select 1 as n",
              "create temporary view own as select 1 as n");
      db.transaction(tx -> {
        temporary.forEach(sql -> db.sql(sql).execute());
        assertThat(db.sql("select n from mine").as(Long.class).one()).isEqualTo(1);
      });
      db.transaction(tx -> {
        temporary.forEach(sql -> db.sql(sql).execute());
        tx.rollback();
      });
      notes.create(Note.of("after"));
      notes.createAll(IntStream.range(0, 30).mapToObj(i -> Note.of("n" + i)).toList());
      assertThat(notes.count()).isEqualTo(32);
      db.transaction(tx -> assertThat(notes.count()).isEqualTo(32));
      for (String name : List.of("mine", "own")) {
        assertThatThrownBy(() -> db.sql("select n from " + name).rows().list())
            .isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> db.inTransaction(tx -> db.table(name).count()))
            .isInstanceOf(DatabaseException.class);
      }
    }
  }

  /// A join of two tables with a column of one name must not lose one of them.
  @Test
  default void twoColumnsOfOneNameAreRefusedInRows() {
    try (Database db = open(Note.class)) {
      assertThatThrownBy(() -> db.sql("select 1 as twin, 2 as twin").rows().list())
          .isInstanceOf(DatabaseException.class)
          .isNotInstanceOf(QueryException.class)
          .hasMessageContaining("twin");
      db.repository(Note.class).create(Note.of("a"));
      assertThatThrownBy(() -> db.sql("select * from note a, note b").rows().one())
          .isInstanceOf(DatabaseException.class);
      assertThat(db.sql("select 1 as twin, 2 as other").rows().one().values()).hasSize(2);
    }
  }

  @Test
  default void aStatementThatGivesNoRowsSaysSo() {
    try (Database db = open(Note.class)) {
      Throwable thrown =
          catchThrowable(() -> db.sql("insert into note (text) values ('a')").rows().list());
      assertThat(thrown).isInstanceOf(DatabaseException.class).hasMessageContaining("execute()");
      assertThat(catchThrowable(() -> db.sql("delete from note").as(Long.class).list()))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining("execute()");
      assertThat(db.repository(Note.class).count()).isZero();
    }
  }

  @Test
  default void executeOfASelectSaysHowToReadIt() {
    try (Database db = open(Note.class)) {
      assertThatThrownBy(() -> db.sql("select 1").execute())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("rows()");
      assertThatThrownBy(() -> db.sql("with x as (select 1 as n) select n from x").execute())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("rows()");
    }
  }

  /// No number is left over from the statement before.
  @Test
  default void changesOfTheSchemaChangeNoRows() {
    try (Database db = open(Note.class)) {
      for (String ddl :
          List.of(
              "create table one (a integer, b text)",
              "create index one_a on one (a)",
              "alter table one add column c integer",
              "drop index one_a",
              "drop table one")) {
        assertThat(db.sql("insert into note (text) values ('a'), ('b'), ('c')").execute())
            .isEqualTo(3);
        assertThat(db.sql(ddl).execute()).as(ddl).isZero();
      }
    }
  }
}
