package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Sql;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.error.DataException;
import dev.plinth.query.Filter;
import dev.plinth.query.Row;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Values that change their form on the way must still be the values they were.
public interface ExactValuesContract extends ContractBase {

  /// An enum that shows itself otherwise than it is called.
  enum Level {
    /// Little.
    LOW,
    /// Much.
    HIGH;

    @Override
    public String toString() {
      return this == LOW ? "niedrig" : "hoch";
    }
  }

  /// A record with such an enum, alone and inside JSON.
  record Reading(
      @Id long id, Level level, @Json @Nullable Map<String, Object> facts, @Json Inner inner) {
    /// A typed value with the enum.
    public record Inner(Level level, List<Level> levels) {}
  }

  private static Reading reading(Level level, @Nullable Map<String, Object> facts) {
    return new Reading(0, level, facts, new Reading.Inner(level, List.of(Level.LOW, Level.HIGH)));
  }

  @Test
  default void decimalsInMapsAreExactAndDoublesStayDoubles() {
    try (Database db = open(Reading.class)) {
      Repository<Reading, Long> readings = db.repository(Reading.class);
      BigDecimal exact = new BigDecimal("123456789012345678901234567890.123");
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("exact", exact);
      facts.put("list", List.of(exact, 0.1, 7));
      facts.put("map", Map.of("exact", exact));
      facts.put("double", 0.1);
      facts.put("small", -2.5e-7);
      facts.put("int", 42);
      Reading stored = readings.create(reading(Level.LOW, facts));
      Reading read = readings.get(stored.id());
      assertThat(read.facts()).isEqualTo(facts);
      // what was read and written back is what it was
      readings.update(read);
      assertThat(readings.get(stored.id()).facts()).isEqualTo(facts);
      assertThat(db.table("reading").get(stored.id()).get("facts")).isEqualTo(facts);
    }
  }

  /// Written out in full such a number has no point, so it is the exponent that says "double".
  @Test
  default void doublesInMapsKeepTheirExponents() {
    try (Database db = open(Reading.class)) {
      Repository<Reading, Long> readings = db.repository(Reading.class);
      Map<String, Object> facts = Map.of("large", 1.5e300, "list", List.of(-1e22, 2e100));
      Reading stored = readings.create(reading(Level.LOW, facts));
      assertThat(readings.get(stored.id()).facts()).isEqualTo(facts);
      readings.update(readings.get(stored.id()));
      assertThat(readings.get(stored.id()).facts()).isEqualTo(facts);
      assertThat(db.table("reading").get(stored.id()).get("facts")).isEqualTo(facts);
    }
  }

  @Test
  default void enumsAreBoundByTheirNames() {
    try (Database db = open(Reading.class)) {
      Repository<Reading, Long> readings = db.repository(Reading.class);
      Reading low = readings.create(reading(Level.LOW, null));
      readings.create(reading(Level.HIGH, null));
      assertThat(db.sql("select level from reading order by id").as(String.class).list())
          .containsExactly("LOW", "HIGH");
      String sql = "select count(*) from reading where level = :level";
      assertThat(db.sql(sql).bind("level", Level.LOW).as(Long.class).one()).isEqualTo(1);
      assertThat(
              db.sql("select id from reading where level in (:levels)")
                  .bind("levels", List.of(Level.LOW))
                  .as(Long.class)
                  .list())
          .containsExactly(low.id());
      assertThat(readings.where(Filter.field(Reading::level).is(Level.LOW)).count()).isEqualTo(1);
      assertThat(readings.where(Filter.field("level").in(Level.LOW, Level.HIGH)).count())
          .isEqualTo(2);
    }
  }

  @Test
  default void enumsAreStoredByTheirNamesWithoutARecordToo() {
    try (Database db = open()) {
      db.sql("create table levels (id %s, level text, facts text)".formatted(numberedKey(db)))
          .execute();
      Repository<Row, Object> rows = db.table("levels");
      Object id = rows.create(c -> c.set("level", Level.HIGH)).get("id");
      assertThat(rows.get(id).text("level")).isEqualTo("HIGH");
      rows.patch(id, c -> c.set("level", Level.LOW));
      assertThat(rows.get(id).text("level")).isEqualTo("LOW");
      assertThat(rows.where(Filter.field("level").is(Level.LOW)).count()).isEqualTo(1);
      assertThat(rows.where(Filter.field("level").in(List.of(Level.LOW))).count()).isEqualTo(1);
      rows.query().update(c -> c.set("level", Level.HIGH));
      assertThat(rows.get(id).text("level")).isEqualTo("HIGH");
    }
  }

  @Test
  default void enumsAreWrittenByTheirNamesIntoJson() {
    try (Database db = open(Reading.class)) {
      Repository<Reading, Long> readings = db.repository(Reading.class);
      Reading stored =
          readings.create(
              reading(Level.LOW, Map.of("level", Level.LOW, "list", List.of(Level.HIGH))));
      Reading read = readings.get(stored.id());
      assertThat(read.facts()).isEqualTo(Map.of("level", "LOW", "list", List.of("HIGH")));
      assertThat(read.inner())
          .isEqualTo(new Reading.Inner(Level.LOW, List.of(Level.LOW, Level.HIGH)));
      assertThat(db.audit().list().toString()).doesNotContain("niedrig").doesNotContain("hoch");
    }
  }

  /// A fraction that was cut would be written back cut.
  @Test
  default void numbersAreNeverCut() {
    try (Database db = open()) {
      db.sql("create table fractions (id integer primary key, small numeric(10, 2), d float8)")
          .execute();
      db.sql("insert into fractions values (1, 1.75, 2.5), (2, 3.00, 4.0)").execute();
      for (String column : List.of("small", "d")) {
        for (Class<?> type : List.of(Long.class, Integer.class, Short.class)) {
          Sql cut = db.sql("select " + column + " from fractions where id = :id");
          assertThatThrownBy(() -> cut.bind("id", 1).as(type).one())
              .as("%s as %s", column, type)
              .isInstanceOf(DataException.class)
              .hasMessageContaining(column);
          assertThat(((Number) cut.bind("id", 2).as(type).one()).longValue())
              .isEqualTo(column.equals("d") ? 4 : 3);
        }
      }
    }
  }
}
