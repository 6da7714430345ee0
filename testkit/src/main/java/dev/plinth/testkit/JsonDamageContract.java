package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Table;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON that other programs have written: what is strange is read alike everywhere, what is damaged
/// is refused or kept, and never lost.
public interface JsonDamageContract extends ContractBase {

  /// Some settings; null, or nothing, where a component is missing.
  record Settings(@Nullable String theme, @Nullable Integer size, @Nullable List<String> tags) {}

  /// Reads strictly.
  @Table("scraps")
  record Strict(@Id long id, @Nullable Map<String, @Nullable Object> data, String note) {}

  /// Reads strictly, into a record.
  @Table("scraps")
  record Typed(@Id long id, @Json @Nullable Settings data, String note) {}

  /// Reads strictly, as a tree.
  @Table("scraps")
  record Tree(@Id long id, @Nullable JsonNode data, String note) {}

  /// Keeps what it cannot read.
  @Table("scraps")
  record Lenient(@Id long id, @Json(lenient = true) @Nullable JsonNode data, String note) {}

  /// Has no place for a text.
  record Cramped(@Id long id, @Json(lenient = true) Map<String, Object> data) {}

  /// Texts that are no JSON.
  List<String> DAMAGED =
      List.of(
          "",
          " ",
          "{\"a\":",
          "{'a':1}",
          "{\"a\":1,}",
          "{} {}",
          "{\"a\":NaN}",
          "[Infinity]",
          "nul",
          "\"open",
          "secret word",
          "[".repeat(2_000));

  private Database scraps(List<@Nullable String> texts) {
    Database db = open();
    db.sql("create table scraps (id integer primary key, data text, note text)").execute();
    for (int i = 0; i < texts.size(); i++) {
      db.sql("insert into scraps values (:id, :data, 'as it came')")
          .bind("id", i + 1)
          .bind("data", texts.get(i))
          .execute();
    }
    return db;
  }

  private static @Nullable String stored(Database db, long id) {
    return db.sql("select coalesce(data, 'none') from scraps where id = :id")
        .bind("id", id)
        .as(String.class)
        .one();
  }

  @Test
  default void damagedJsonIsAnErrorThatNamesItsPlaceAndNotWhatItHolds() {
    try (Database db = scraps(List.copyOf(DAMAGED))) {
      List<Repository<?, Long>> all =
          List.of(
              db.repository(Strict.class), db.repository(Typed.class), db.repository(Tree.class));
      for (Repository<?, Long> rows : all) {
        for (long id = 1; id <= DAMAGED.size(); id++) {
          long key = id;
          assertThatThrownBy(() -> rows.find(key))
              .as(DAMAGED.get((int) id - 1))
              .isInstanceOf(DataException.class)
              .hasMessageContaining(".data")
              .hasMessageNotContaining("secret");
        }
      }
    }
  }

  @Test
  default void strangeJsonIsReadAlikeEverywhere() {
    List<@Nullable String> texts =
        new java.util.ArrayList<>(
            List.of(
                "{\"theme\":\"a\",\"theme\":\"b\"}",
                "{\"theme\":null,\"size\":7}",
                "{}",
                " {\n\"tags\" : [ \"😀\", \"\\ud83d\\ude00\" ] } ",
                "null"));
    texts.add(null);
    try (Database db = scraps(texts)) {
      Repository<Typed, Long> typed = db.repository(Typed.class);
      Repository<Strict, Long> maps = db.repository(Strict.class);
      Repository<Tree, Long> trees = db.repository(Tree.class);
      assertThat(typed.get(1L).data()).isEqualTo(new Settings("b", null, null));
      assertThat(maps.get(1L).data()).as("the last of a key").isEqualTo(Map.of("theme", "b"));
      assertThat(trees.get(1L).data().get("theme").stringValue()).isEqualTo("b");
      assertThat(typed.get(2L).data()).isEqualTo(new Settings(null, 7, null));
      assertThat(maps.get(2L).data()).containsEntry("theme", null).hasSize(2);
      assertThat(typed.get(3L).data()).isEqualTo(new Settings(null, null, null));
      assertThat(maps.get(3L).data()).isEmpty();
      assertThat(typed.get(4L).data()).isEqualTo(new Settings(null, null, List.of("😀", "😀")));
      assertThat(typed.get(5L).data()).isNull();
      assertThat(maps.get(5L).data()).isNull();
      assertThat(typed.get(6L).data()).isNull();
    }
  }

  @Test
  default void numbersAtTheEdgeOfExactnessStayThemselves() {
    long edge = 1L << 53;
    try (Database db =
        scraps(
            List.of("[" + (edge - 1) + "," + edge + "," + (edge + 1) + "," + -(edge + 1) + "]"))) {
      JsonNode read = db.repository(Tree.class).get(1L).data();
      assertThat(read.get(0).longValue()).isEqualTo(edge - 1);
      assertThat(read.get(1).longValue()).isEqualTo(edge);
      assertThat(read.get(2).longValue()).isEqualTo(edge + 1);
      assertThat(read.get(3).longValue()).isEqualTo(-(edge + 1));
    }
  }

  @Test
  default void aLenientComponentKeepsTheTextAsItStands() {
    List<@Nullable String> texts = new java.util.ArrayList<>(DAMAGED);
    texts.add("{\"theme\":\"a\"}");
    texts.add(null);
    try (Database db = scraps(texts)) {
      Repository<Lenient, Long> rows = db.repository(Lenient.class);
      for (long id = 1; id <= DAMAGED.size(); id++) {
        String text = DAMAGED.get((int) id - 1);
        Lenient row = rows.get(id);
        assertThat(row.data().isPojo()).isTrue();
        assertThat(row.data()).hasToString(text);
        // whatever else is changed, the text stays what it was
        rows.update(new Lenient(id, row.data(), "whole"));
        assertThat(stored(db, id)).isEqualTo(text);
        rows.update(row, new Lenient(id, row.data(), "different"));
        rows.updateAll(List.of(new Lenient(id, row.data(), "bulk")));
        rows.save(new Lenient(id, row.data(), "saved"));
        assertThat(rows.patch(id, c -> c.set("note", "patched")).data()).isEqualTo(row.data());
        assertThat(stored(db, id)).isEqualTo(text);
      }
      assertThat(rows.get(DAMAGED.size() + 1L).data().get("theme").stringValue()).isEqualTo("a");
      assertThat(rows.get(DAMAGED.size() + 2L).data()).isNull();
      JsonNode mended = JsonMapper.shared().readTree("{\"a\":1}");
      assertThat(rows.patch(3L, c -> c.set(Lenient::data, mended)).data()).isEqualTo(mended);
      assertThat(rows.query().list()).hasSize(texts.size());
    }
  }

  @Test
  default void aRowWithDamagedJsonCanBeDeletedAndTheLogKeepsTheText() {
    try (Database db = scraps(List.of("{\"a\":", "{\"a\":1}"))) {
      Repository<Strict, Long> rows = db.repository(Strict.class);
      assertThat(rows.deleteAll(List.of(1L, 2L))).isEqualTo(2);
      List<AuditEntry> entries = db.audit().action(Action.DELETE).list();
      assertThat(entries)
          .extracting(entry -> Objects.requireNonNull(entry.oldValues()).get("data"))
          .containsExactlyInAnyOrder("{\"a\":", Map.of("a", 1));
    }
  }

  @Test
  default void aLenientComponentNeedsRoomForAText() {
    try (Database db = open()) {
      assertThatThrownBy(() -> db.repository(Cramped.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("Cramped.data")
          .hasMessageContaining("JsonNode");
    }
  }
}
