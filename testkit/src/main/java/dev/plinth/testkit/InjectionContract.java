package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Text from outside: as a name it is refused, as a value it is a value, and nothing else happens.
public interface InjectionContract extends ContractBase {

  /// What people type who want more than they were given.
  List<String> HOSTILE =
      List.of(
          "'; drop table label; --",
          "\"; drop table label; --",
          "name\"; delete from label; --",
          "name\" or \"1\"=\"1",
          "name or 1=1",
          "1=1) or (1=1",
          "name; update label set weight = 666",
          "name--",
          "name/**/or/**/1=1",
          "(select passwordHash from users)",
          "(select sql from sqlite_master)",
          "weight desc, (select 1)",
          "name collate nocase",
          "rowid",
          "_rowid_",
          "oid",
          "label.name",
          "\"name\"",
          "[name]",
          "`name`",
          "name\0",
          "name ",
          "NAME",
          "*",
          "?",
          "?1",
          ":name",
          "$1",
          "@name",
          "%00",
          "\\",
          "\\'",
          "''",
          "'",
          "\"",
          "x'4142'",
          "char(65)",
          "randomblob(1000000000)",
          "load_extension('x')",
          "plinth_lower(name)",
          "null",
          "true",
          "",
          " ",
          "name\n",
          "ｎａｍｅ",
          "name\u202E",
          "name𝕏");

  @Test
  default void hostileNamesAreRefused() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      List<Consumer<String>> uses =
          List.of(
              name -> labels.where(Filter.field(name).is("a")).list(),
              name -> labels.where(Filter.field(name).isNot("a")).count(),
              name -> labels.where(Filter.field(name).isNull()).exists(),
              name -> labels.where(Filter.field(name).in("a", "b")).list(),
              name -> labels.where(Filter.field(name).like("%")).list(),
              name -> labels.where(Filter.matching(Map.of(name, "a"))).list(),
              name -> labels.where(Filter.not(Filter.field(name).less("a"))).list(),
              name -> labels.query().search("a", name).list(),
              name -> labels.query().orderBy(Order.ascending(name)).list(),
              name -> labels.query().orderBy(Order.of(name, "desc")).page(1),
              name -> labels.query().orderBy(Order.of(name, "asc")).slice(),
              name -> labels.query().orderBy(Order.descending(name)).explain(),
              name -> labels.query().update(c -> c.set(name, "x")),
              name -> labels.query().update(c -> c.add(name, 1)),
              name -> labels.patch("a", c -> c.set(name, "x")),
              name -> labels.create(c -> c.set("name", "new").set(name, "x")),
              name -> labels.where(Filter.field(name).is("a")).delete(),
              name -> labels.where(Filter.field(name).is("a")).purge());
      for (String name : HOSTILE) {
        for (int i = 0; i < uses.size(); i++) {
          int use = i;
          Throwable thrown = catchThrowable(() -> uses.get(use).accept(name));
          assertThat(thrown).as("use %d of %s", i, name).isInstanceOf(ValidationException.class);
        }
      }
      assertWhole(db);
    }
  }

  @Test
  default void hostileDirectionsAreRefused() {
    for (String direction : HOSTILE) {
      Throwable thrown = catchThrowable(() -> Order.of("name", direction));
      assertThat(thrown).as(direction).isInstanceOf(ValidationException.class);
    }
    for (String direction :
        List.of("asc; drop table label", "desc nulls first", "asc--", "ascdesc")) {
      Throwable thrown = catchThrowable(() -> Order.of("name", direction));
      assertThat(thrown).as(direction).isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void hostileTableNamesAreRefused() {
    try (Database db = open(Label.class)) {
      labels(db);
      List<String> names = new ArrayList<>(HOSTILE);
      names.add("label; drop table label");
      names.add("label where 1=1");
      names.add("main.label");
      names.add("label\" --");
      names.add("sqlite_master");
      for (String name : names) {
        Throwable thrown = catchThrowable(() -> db.table(name).query().list());
        assertThat(thrown).as(name).isInstanceOf(ValidationException.class);
      }
      assertWhole(db);
    }
  }

  @Test
  default void hostileCursorsAreRefused() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      for (String text : HOSTILE) {
        Throwable thrown = catchThrowable(() -> labels.query().after(Cursor.of(text)).slice());
        assertThat(thrown).as(text).isInstanceOf(ValidationException.class);
      }
      assertWhole(db);
    }
  }

  /// Whatever is written as a value is found as that value, by every way of asking.
  @Test
  default void hostileValuesAreValues() {
    try (Database db = open(Label.class, User.class)) {
      Repository<Label, String> labels = labels(db);
      Repository<Row, Object> table = db.table("label");
      for (String value : HOSTILE) {
        if (value.contains("\0") || value.isBlank()) {
          continue; // refused as text, and a blank one is in every other
        }
        Label label = labels.create(new Label("k:" + value, value, 1));
        assertThat(labels.get("k:" + value)).isEqualTo(label);
        for (Filter filter :
            List.of(
                Filter.field(Label::color).is(value),
                Filter.field(Label::color).in(value, "no such"),
                Filter.field(Label::color).startsWith(value),
                Filter.field(Label::color).endsWith(value),
                Filter.field(Label::color).contains(value),
                Filter.field(Label::color).like(Filter.escapeLike(value)),
                Filter.search(value, Label::color),
                Filter.field(Label::color).between(value, value),
                Filter.matching(Map.of("color", value)))) {
          assertThat(labels.where(filter).list()).as("%s", filter).contains(label);
        }
        assertThat(table.where(Filter.field("color").is(value)).count()).isEqualTo(1);
        assertThat(
                db.sql("select name from label where color = :v")
                    .bind("v", value)
                    .as(String.class)
                    .one())
            .isEqualTo("k:" + value);
        assertThat(labels.patch("k:" + value, c -> c.set(Label::color, value + value)).color())
            .isEqualTo(value + value);
        assertThat(labels.delete("k:" + value)).isTrue();
        assertThat(labels.find(value)).isEmpty();
        assertThat(labels.delete(value)).isFalse();
      }
      assertWhole(db);
    }
  }

  @Test
  default void hostileNamesInRowsAreRefused() {
    try (Database db = open(Label.class)) {
      labels(db);
      Repository<Row, Object> table = db.table("label");
      for (String name : HOSTILE) {
        Throwable thrown =
            catchThrowable(
                () -> table.create(new Row(Map.of("name", "x", "weight", 1, name, "y"))));
        assertThat(thrown).as(name).isInstanceOf(ValidationException.class);
      }
      assertWhole(db);
    }
  }

  @Test
  default void hostileParametersOfSqlAreRefused() {
    try (Database db = open(Label.class)) {
      labels(db);
      for (String name : HOSTILE) {
        Throwable thrown =
            catchThrowable(() ->
                db.sql("select * from label where name = :name").bind(name, "a").rows().list());
        assertThat(thrown).as(name).isInstanceOf(ValidationException.class);
      }
      for (String sql :
          List.of(
              "select 1; drop table label",
              "select 1;\n-- x\ndrop table label",
              "select * from label where name = 'a'; delete from label")) {
        Throwable thrown = catchThrowable(() -> db.sql(sql).rows().list());
        assertThat(thrown).as(sql).isInstanceOf(ValidationException.class);
      }
      assertThat(catchThrowable(() -> db.sql("select nonsense from label").rows().list()))
          .isInstanceOf(QueryException.class)
          .isInstanceOf(DatabaseException.class);
      assertWhole(db);
    }
  }

  @Test
  default void keysAreValues() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("ada@example.org", "Ada"));
      // a caller without generics can hand over anything
      @SuppressWarnings({"unchecked", "rawtypes"})
      Repository<User, Object> any = (Repository) users;
      for (Object key : List.of("' or 1=1 --", 1, new byte[16], List.of())) {
        assertThat(catchThrowable(() -> any.find(key)))
            .as("%s", key)
            .isInstanceOf(ValidationException.class);
        assertThat(catchThrowable(() -> any.delete(key)))
            .as("%s", key)
            .isInstanceOf(ValidationException.class);
      }
      assertThat(users.count()).isEqualTo(1);
    }
  }

  private static Repository<Label, String> labels(Database db) {
    Repository<Label, String> labels = db.repository(Label.class);
    labels.createAll(
        List.of(new Label("a", "red", 1), new Label("b", null, 2), new Label("c", "it's", 3)));
    return labels;
  }

  private static void assertWhole(Database db) {
    assertThat(db.schema().tables()).contains("label");
    assertThat(db.<Label, String>repository(Label.class).query().list())
        .containsExactly(
            new Label("a", "red", 1), new Label("b", null, 2), new Label("c", "it's", 3));
  }
}
