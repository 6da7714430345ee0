package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.MappingException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Row;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Tables without a record, as the catalogue describes them.
public interface TableContract extends ContractBase {

  @Test
  default void aTableCanBeReadAndWrittenWithoutARecord() {
    try (Database db = open(Label.class)) {
      Repository<Row, Object> labels = db.table("label");
      Row red = row("name", "a", "color", "red", "weight", 1);
      Row created = labels.create(red);
      assertThat(created.values().keySet()).containsExactly("name", "color", "weight");
      assertThat(created.text("color")).isEqualTo("red");
      assertThat(created.number("weight")).isEqualTo(1);
      assertThat(labels.get("a")).isEqualTo(created);
      assertThat(labels.find("b")).isEmpty();
      assertThat(labels.create(c -> c.set("name", "b").set("weight", 5)).get("color")).isNull();
      assertThat(labels.patch("a", c -> c.set("color", null)).get("color")).isNull();
      assertThat(labels.update(row("name", "a", "color", "blue", "weight", 2)).text("color"))
          .isEqualTo("blue");
      assertThat(
              labels
                  .where(Filter.field("weight").greater(1))
                  .orderBy(Order.descending("weight"))
                  .list())
          .extracting(row -> row.text("name"))
          .containsExactly("b", "a");
      assertThat(labels.query().page(1).total()).isEqualTo(2);
      assertThat(labels.query().limit(1).slice().next()).isPresent();
      assertThat(db.<Label, String>repository(Label.class).get("a"))
          .isEqualTo(new Label("a", "blue", 2));
      assertThat(labels.save(row("name", "a", "color", "x", "weight", 9)).number("weight"))
          .isEqualTo(9);
      assertThat(labels.delete("a")).isTrue();
      assertThat(labels.delete("a")).isFalse();
      assertThatThrownBy(() -> labels.get("a")).isInstanceOf(NotFoundException.class);
      assertThat(labels.count()).isEqualTo(1);
    }
  }

  @Test
  default void writesThereAreAuditedToo() {
    try (Database db = open(Label.class)) {
      Repository<Row, Object> labels = db.table("label");
      labels.create(row("name", "a", "color", "red", "weight", 1));
      labels.patch("a", c -> c.set("color", "blue"));
      labels.delete("a");
      List<AuditEntry> entries = db.audit().of("label", "a").list();
      assertThat(entries)
          .extracting(AuditEntry::action)
          .containsExactly(Action.DELETE, Action.UPDATE, Action.CREATE);
      assertThat(entries.get(1).oldValues()).containsEntry("color", "red");
      assertThat(entries.get(1).newValues()).containsEntry("color", "blue");
    }
  }

  @Test
  default void unknownNamesOfferTheNearestTableOrColumn() {
    try (Database db = open(Label.class, User.class)) {
      assertThatThrownBy(() -> db.table("lable"))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'lable'")
          .hasMessageContaining("'label'");
      Repository<Row, Object> labels = db.table("label");
      assertThatThrownBy(() -> labels.create(row("name", "a", "wieght", 1)))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'weight'");
      assertThatThrownBy(() -> labels.where(Filter.field("wieght").is(1)).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'weight'");
      assertThatThrownBy(() -> labels.create(row("name", "a", "weight", "heavy")))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("weight");
      assertThatThrownBy(() -> labels.create(row("name", "a")))
          .isInstanceOfSatisfying(
              ConstraintException.class,
              e -> assertThat(e.kind()).isEqualTo(ConstraintException.Kind.NOT_NULL));
    }
  }

  @Test
  default void typesOfTheLayersTablesAreKnown() {
    try (Database db = open(User.class)) {
      User ada =
          db.<User, UUID>repository(User.class)
              .create(User.of("a@example.org", "Ada").withMetadata(Map.of("a", List.of(1))));
      Row row = db.table("users").get(ada.id());
      assertThat(row.get("id")).isEqualTo(ada.id());
      assertThat(row.get("created_at")).isEqualTo(ada.createdAt());
      assertThat(row.get("metadata")).isEqualTo(Map.of("a", List.of(1)));
      assertThat(row.get("role")).isEqualTo(Role.MEMBER.name());
      assertThat(row.get("version")).isEqualTo(1L);
      assertThat(row.get("deleted_at")).isNull();
      assertThat(db.table("users").find(ada.id().toString())).contains(row);
    }
  }

  /// A table as other programs make them, with types that are not the ones the layer declares.
  @Test
  default void adoptedTablesAreReadByTheirDeclaredTypes() {
    try (Database db = open()) {
      db.sql(
              "create table members (id %s, name varchar(50) not null,".formatted(numberedKey(db))
                  + " is_active boolean default true, joined_at timestamptz, note text,"
                  + " score double precision)")
          .execute();
      String[] times = {
        "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456Z", "2026-01-02 05:04:05+02:00"
      };
      for (String time : times) { // a literal, since a bound value would have a type of its own
        db.sql(
                "insert into members (name, joined_at, note) values ('m', '%s', :note)"
                    .formatted(time))
            .bind("note", time)
            .execute();
      }
      db.sql("insert into members (name, is_active, score) values ('null', false, 1)").execute();
      Repository<Row, Object> members = db.table("members");
      assertThat(members.get(1)).isEqualTo(members.get(1L));
      assertThat(members.get(1).get("is_active")).isEqualTo(true);
      assertThat(members.get(1).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(members.get(2).get("joined_at"))
          .isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
      assertThat(members.get(3).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(members.get(3).get("note")).isEqualTo("2026-01-02 05:04:05+02:00");
      assertThat(members.get(4).get("is_active")).isEqualTo(false);
      assertThat(members.get(4).get("joined_at")).isNull();
      assertThat(members.get(4).get("score")).isEqualTo(1.0);
      Row made = members.create(row("name", "new", "is_active", true));
      assertThat(made.number("id")).isEqualTo(5);
      assertThat(members.where(Filter.field("is_active").is(false)).count()).isEqualTo(1);
    }
  }

  /// Text for times and numbers for booleans, where the engine lets a column hold them.
  @Test
  default void adoptedTablesMayHoldTimesAsTexts() {
    try (Database db = open()) {
      db.sql(
              "create table members (id %s, is_active boolean default 1, joined_at timestamp,"
                      .formatted(numberedKey(db))
                  + " score real)")
          .execute();
      String[] times = {
        "2026-01-02 03:04:05",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.123456Z",
        "2026-01-02 05:04:05+02:00",
        "2026-01-02"
      };
      for (String time : times) {
        db.sql("insert into members (joined_at) values (:at)").bind("at", time).execute();
      }
      db.sql("insert into members (is_active, score) values (0, 1)").execute();
      Repository<Row, Object> members = db.table("members");
      assertThat(members.get(1).get("is_active")).isEqualTo(true);
      assertThat(members.get(1).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(members.get(2).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(members.get(3).get("joined_at"))
          .isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
      assertThat(members.get(4).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
      assertThat(members.get(5).get("joined_at")).isEqualTo(Instant.parse("2026-01-02T00:00:00Z"));
      assertThat(members.get(6).get("is_active")).isEqualTo(false);
      assertThat(members.get(6).get("joined_at")).isNull();
      assertThat(members.get(6).get("score")).isEqualTo(1.0);
    }
  }

  @Test
  default void tablesWithoutOneKeyCanStillBeQueried() {
    try (Database db = open()) {
      db.sql("create table keyless (a integer, b text)").execute();
      db.sql("create table pairs (a integer, b text, c text, primary key (a, b))").execute();
      for (String table : List.of("keyless", "pairs")) {
        Repository<Row, Object> rows = db.table(table);
        db.sql("insert into " + table + " (a, b) values (1, 'x'), (1, 'y'), (2, 'x')").execute();
        assertThat(rows.where(Filter.field("a").is(1)).count()).isEqualTo(2);
        assertThat(rows.query().orderBy(Order.descending("b"), Order.ascending("a")).list())
            .extracting(row -> row.text("b") + row.number("a"))
            .containsExactly("y1", "x1", "x2");
        assertThat(rows.query().page(1, 2).items()).hasSize(2);
        try (var stream = rows.query().stream()) {
          assertThat(stream).hasSize(3);
        }
        assertThatThrownBy(() -> rows.find(1))
            .isInstanceOf(MappingException.class)
            .hasMessageContaining(table)
            .hasMessageContaining("key");
        assertThatThrownBy(() -> rows.delete(1)).isInstanceOf(MappingException.class);
      }
    }
  }

  /// What cannot be named in the audit trail must not be changed half: refused, or done whole.
  @Test
  default void writesToTablesWithoutAKeyAreRefusedOrWhole() {
    try (Database db = open()) {
      db.sql("create table keyless (a integer, b text)").execute();
      db.sql("insert into keyless values (1, 'x')").execute();
      Repository<Row, Object> rows = db.table("keyless");
      for (Runnable write :
          List.<Runnable>of(
              () -> rows.create(row("a", 2, "b", "y")),
              () -> rows.where(Filter.field("a").is(1)).update(c -> c.set("b", "z")),
              () -> rows.where(Filter.field("a").is(1)).delete())) {
        try {
          write.run();
        } catch (MappingException e) {
          assertThat(e).hasMessageContaining("keyless");
          assertThat(db.sql("select a, b from keyless").rows().list())
              .containsExactly(row("a", 1L, "b", "x"));
        }
      }
    }
  }

  @Test
  default void namesMayHaveAnyCharacters() {
    try (Database db = open()) {
      String name = "odd \"table\"; drop";
      db.sql(
              "create table \"odd \"\"table\"\"; drop\" (\"the key\" %s,".formatted(numberedKey(db))
                  + " \"a\"\"b\" text, \"select\" integer, \"größe [cm]\" real, \"x'y\" text)")
          .execute();
      Repository<Row, Object> odd = db.table(name);
      Row created = odd.create(row("a\"b", "1", "select", 2, "größe [cm]", 3.5, "x'y", "4"));
      Object key = created.get("the key");
      assertThat(odd.get(key)).isEqualTo(created);
      assertThat(odd.where(Filter.field("a\"b").is("1").and(Filter.field("x'y").is("4"))).count())
          .isEqualTo(1);
      assertThat(odd.query().orderBy(Order.descending("größe [cm]")).list())
          .containsExactly(created);
      assertThat(odd.patch(key, c -> c.set("select", 3)).number("select")).isEqualTo(3);
      assertThat(odd.patch(key, c -> c.add("select", 1)).number("select")).isEqualTo(4);
      assertThat(odd.query().search("1", "a\"b").count()).isEqualTo(1);
      assertThat(odd.delete(key)).isTrue();
      assertThat(db.schema().tables()).contains(name);
    }
  }

  @Test
  default void viewsCanBeRead() {
    try (Database db = open(Label.class)) {
      db.table("label").create(row("name", "a", "color", "red", "weight", 1));
      db.sql("create view reds as select name, weight from label where color = 'red'").execute();
      assertThat(db.table("reds").query().list())
          .extracting(row -> row.text("name"))
          .containsExactly("a");
    }
  }

  @Test
  default void tablesMadeInATransactionAreSeenThereAndGoneAfterwards() {
    try (Database db = open()) {
      db.transaction(tx -> {
        db.sql("create table passing (a integer primary key)").execute();
        assertThat(db.table("passing").query().list()).isEmpty();
        assertThat(db.schema().tables()).contains("passing");
        tx.rollback();
      });
      assertThatThrownBy(() -> db.table("passing")).isInstanceOf(ValidationException.class);
    }
  }

  private static Row row(Object... namesAndValues) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Row(values);
  }
}
