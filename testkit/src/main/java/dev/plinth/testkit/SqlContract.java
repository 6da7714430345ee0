package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.QueryException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Hand-written SQL: named parameters, one statement, results as what one asks for.
public interface SqlContract extends ContractBase {

  @Test
  default void parametersGoByName() {
    try (Database db = open(Label.class)) {
      labels(db);
      assertThat(
              db.sql("select name from label where weight = :id2 or weight = :id order by name")
                  .bind("id", 1)
                  .bind("id2", 3)
                  .as(String.class)
                  .list())
          .containsExactly("a", "c");
      assertThat(
              db.sql("select :a || ':b' || /* :c */ :b -- :d")
                  .bindAll(Map.of("a", "x", "b", "y"))
                  .as(String.class)
                  .one())
          .isEqualTo("x:by");
      assertThat(
              db.sql("select name as \":x\" from label where name = :n")
                  .bind("n", "a")
                  .rows()
                  .one()
                  .text(":x"))
          .isEqualTo("a");
    }
  }

  @Test
  default void listsExpand() {
    try (Database db = open(Label.class)) {
      labels(db);
      var in = db.sql("select name from label where name in (:names) order by name");
      var notIn = db.sql("select name from label where name not in (:names) order by name");
      assertThat(in.bind("names", List.of("a", "c", "x")).as(String.class).list())
          .containsExactly("a", "c");
      assertThat(notIn.bind("names", List.of("a", "c", "x")).as(String.class).list())
          .containsExactly("b");
      assertThat(in.bind("names", List.of()).as(String.class).list()).isEmpty();
      assertThat(notIn.bind("names", List.of()).as(String.class).list())
          .containsExactly("a", "b", "c");
      assertThat(in.bind("names", Arrays.asList("a", null)).as(String.class).list())
          .containsExactly("a");
      List<String> many = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        many.add("n" + i);
      }
      many.add("b");
      assertThat(in.bind("names", many).as(String.class).list()).containsExactly("b");
    }
  }

  @Test
  default void parametersMustBeTheOnesOfTheText() {
    try (Database db = open(Label.class)) {
      var sql = db.sql("select name from label where name = :name and weight = :weight");
      assertThatThrownBy(() -> sql.bind("name", "a").rows().list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining(":weight");
      assertThatThrownBy(() -> sql.bind("name", "a").bind("wieght", 1).rows().list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("wieght")
          .hasMessageContaining("weight");
      assertThatThrownBy(() -> sql.bind("name", new Object()).bind("weight", 1).rows().list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining(":name");
      for (String wrong :
          List.of(
              "select 1; select 2",
              "select * from label where name = ?",
              "",
              " -- nothing",
              "select 'open",
              "insert into label values ('x', null, 1); delete from label")) {
        assertThatThrownBy(() -> db.sql(wrong).execute())
            .as(wrong)
            .isInstanceOf(ValidationException.class);
      }
      assertThat(db.sql("select count(*) from label;").as(Long.class).one()).isZero();
    }
  }

  @Test
  default void valuesOfEveryTypeCanBeBound() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada =
          users.create(
              User.of("ada@example.org", "Ada")
                  .withRole(Role.ADMIN)
                  .withMetadata(Map.of("a", "{}")));
      assertThat(
              db.sql(
                      "select * from users where id = :id and role = :role and created_at = :at"
                          + " and version = :version and metadata = :metadata")
                  .bind("id", ada.id())
                  .bind("role", Role.ADMIN)
                  .bind("at", ada.createdAt())
                  .bind("version", ada.version())
                  .bind("metadata", ada.metadata())
                  .as(User.class)
                  .list())
          .containsExactly(ada);
      assertThat(
              db.sql("select :yes and not :no")
                  .bind("yes", true)
                  .bind("no", false)
                  .as(Boolean.class)
                  .one())
          .isTrue();
      assertThat(db.sql("select :n").bind("n", new BigDecimal("1.10")).as(BigDecimal.class).one())
          .isEqualTo(new BigDecimal("1.10"));
      assertThat(db.sql("select :at").bind("at", Instant.EPOCH).as(Instant.class).one())
          .isEqualTo(Instant.EPOCH);
      assertThat(catchThrowable(() -> db.sql("select :t").bind("t", "a\0").rows().list()))
          .isInstanceOf(ValidationException.class);
    }
  }

  /// What a report wants of a user.
  record Report(String firstName, long count) {}

  @Test
  default void rowsBecomeRecordsScalarsOrRows() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("a@example.org", "Ada"));
      users.create(User.of("b@example.org", "Ada"));
      users.create(User.of("c@example.org", "Bob"));
      String grouped =
          "select count(*) as count, first_name from users group by first_name order by 2";
      assertThat(db.sql(grouped).as(Report.class).list())
          .containsExactly(new Report("Ada", 2), new Report("Bob", 1));
      assertThat(
              db.sql("select 'x' as \"firstName\", 7 as count, 9 as other").as(Report.class).one())
          .isEqualTo(new Report("x", 7));
      assertThat(db.sql(grouped).as(Long.class).list()).containsExactly(2L, 1L);
      List<Row> rows = db.sql(grouped).rows().list();
      assertThat(rows).extracting(row -> row.text("first_name")).containsExactly("Ada", "Bob");
      assertThat(rows.getFirst().number("count")).isEqualTo(2);
      assertThat(rows.getFirst().values().keySet()).containsExactly("count", "first_name");
      assertThatThrownBy(() -> rows.getFirst().get("first_nmae"))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("first_name");
      assertThatThrownBy(() -> db.sql("select 1 as counts").as(Report.class).list())
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("firstName");
    }
  }

  @Test
  default void oneAndFirst() {
    try (Database db = open(Label.class)) {
      labels(db);
      var names = db.sql("select name from label order by name").as(String.class);
      assertThat(names.first()).contains("a");
      assertThatThrownBy(names::one).isInstanceOf(DataException.class);
      var none = db.sql("select name from label where 1 = 0").as(String.class);
      assertThat(none.first()).isEmpty();
      assertThat(none.list()).isEmpty();
      assertThatThrownBy(none::one).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  default void nullIsAValueInRowsAndAnErrorWhereItCannotBe() {
    try (Database db = open(Label.class)) {
      labels(db);
      var colors = db.sql("select color from label order by name");
      assertThat(colors.rows().list())
          .extracting(row -> row.get("color"))
          .containsExactly("red", null, "red");
      assertThatThrownBy(() -> colors.as(String.class).list()).isInstanceOf(DataException.class);
      assertThatThrownBy(
              () -> db.sql("select max(weight) from label where 1 = 0").as(Long.class).one())
          .isInstanceOf(DataException.class);
      assertThatThrownBy(
              () -> db.sql("select 'x' as first_name, null as count").as(Report.class).one())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("count");
      assertThat(db.sql("update label set color = :c").bind("c", null).execute()).isEqualTo(3);
      assertThat(db.sql("select count(*) from label where color is null").as(Long.class).one())
          .isEqualTo(3);
    }
  }

  @Test
  default void writesSayHowManyRowsAndCanGiveThem() {
    try (Database db = open(Note.class)) {
      assertThat(
              db.sql("insert into note (text) values (:a), (:b)")
                  .bind("a", "x")
                  .bind("b", "y")
                  .execute())
          .isEqualTo(2);
      List<Note> given =
          db.sql("insert into note (text) values (:a), (:b) returning id, text")
              .bindAll(Map.of("a", "p", "b", "q"))
              .as(Note.class)
              .list();
      assertThat(given).extracting(Note::text).containsExactly("p", "q");
      assertThat(db.<Note, Long>repository(Note.class).query().list())
          .hasSize(4)
          .containsAll(given);
      assertThat(db.sql("update note set text = text || '!' where text > 'p'").execute())
          .isEqualTo(3);
      assertThat(db.sql("delete from note where 1 = 0").execute()).isZero();
      assertThat(
              db.sql("with x as (select 1 as n) delete from note where id in (select n from x)")
                  .execute())
          .isEqualTo(1);
      // one row is asked for and three are written: all three are there
      db.sql("insert into note (text) values ('1'), ('2'), ('3') returning text")
          .as(String.class)
          .first();
      assertThat(db.<Note, Long>repository(Note.class).count()).isEqualTo(6);
      db.sql("create table more (a integer)").execute();
      assertThat(db.schema().tables()).contains("more");
      db.sql("drop table more").execute();
      assertThat(db.schema().tables()).doesNotContain("more");
    }
  }

  @Test
  default void itJoinsTheTransaction() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      IllegalStateException thrown = new IllegalStateException("stop");
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                db.sql("insert into note (text) values ('a')").execute();
                notes.create(Note.of("b"));
                assertThat(db.sql("select count(*) from note").as(Long.class).one()).isEqualTo(2);
                throw thrown;
              }))
          .isSameAs(thrown);
      assertThat(notes.count()).isZero();
      db.transaction(tx -> db.sql("insert into note (text) values ('a')").execute());
      assertThat(notes.count()).isEqualTo(1);
      assertThatThrownBy(() ->
              db.transaction(
                  Transaction.Options.READ_ONLY, tx -> db.sql("delete from note").execute()))
          .isInstanceOf(TransactionException.class);
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  /// More streams one after another than there are connections, each left half read.
  @Test
  default void streamsGiveTheirConnectionsBack() {
    try (Database db =
        open(config -> config.with("poolSize", "2").with("poolTimeout", "5"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Note> rows = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        rows.add(Note.of("n" + i));
      }
      notes.createAll(rows);
      for (int i = 0; i < 20; i++) {
        try (Stream<Note> stream =
            db.sql("select * from note order by id").as(Note.class).stream()) {
          assertThat(stream.limit(3)).hasSize(3);
        }
        try (Stream<Note> stream = notes.query().stream()) {
          assertThat(stream.filter(note -> note.id() > 250).findFirst()).isPresent();
        }
        // read to its end it needs no close
        assertThat(db.sql("select text from note").as(String.class).stream().count())
            .isEqualTo(500);
        assertThat(
                catchThrowable(() ->
                    db.sql("select * from note").as(Note.class).stream()
                        .forEach(note -> {
                          throw new IllegalStateException();
                        })))
            .isInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> db.sql("select nonsense").as(String.class).stream()))
            .isInstanceOf(QueryException.class);
        assertThat(catchThrowable(() -> db.sql("select 1 as x").as(Note.class).stream().toList()))
            .isInstanceOf(MappingException.class);
      }
      assertThat(notes.count()).isEqualTo(500);
      notes.create(Note.of("still writable"));
    }
  }

  @Test
  default void errorsAreTypedAndKeepTheirCause() {
    try (Database db = open(Label.class)) {
      labels(db);
      for (String wrong : List.of("select * from lable", "select colour from label", "selec 1")) {
        assertThatThrownBy(() -> db.sql(wrong).rows().list())
            .as(wrong)
            .isInstanceOf(QueryException.class)
            .hasCauseInstanceOf(java.sql.SQLException.class);
      }
      assertThatThrownBy(
              () -> db.sql("insert into label values (:n, null, 1)").bind("n", "a").execute())
          .isInstanceOfSatisfying(
              ConstraintException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ConstraintException.Kind.UNIQUE);
                assertThat(e.columns()).containsExactly("name");
              });
      assertThatThrownBy(() -> db.sql("select 1").as(Row.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("rows()");
    }
  }

  @Test
  default void theTextIsNotRewritten() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      users.delete(ada.id());
      assertThat(users.count()).isZero();
      assertThat(db.sql("select count(*) from users").as(Long.class).one()).isEqualTo(1);
    }
  }

  /// Afterwards it would be done, and the message would ask to do it again.
  @Test
  default void whatIsAskedForInTheWrongWayIsRefusedBeforeItIsDone() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Runnable wrong =
          () -> {
            assertThatThrownBy(
                    () -> db.sql("insert into note (text) values ('a') returning id").execute())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("rows()");
            assertThatThrownBy(() -> db.sql("insert into note (text) values ('a')").rows().list())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("execute()");
            assertThatThrownBy(
                    () -> db.sql("insert into note (text) values ('a')").as(Long.class).stream())
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("execute()");
            assertThatThrownBy(() -> db.sql("create table other (id integer)").rows().first())
                .isInstanceOf(ValidationException.class);
          };
      wrong.run();
      db.transaction(tx -> wrong.run());
      assertThat(notes.count()).isZero();
      assertThat(db.schema().tables()).doesNotContain("other");
    }
  }

  private static void labels(Database db) {
    db.<Label, String>repository(Label.class)
        .createAll(
            List.of(new Label("a", "red", 1), new Label("b", null, 2), new Label("c", "red", 3)));
  }
}
