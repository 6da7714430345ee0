package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.DataException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Everything;
import dev.plinth.testkit.samples.Everything.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON in columns: texts stay texts, keys stay keys, and what JSON cannot hold is refused.
public interface JsonContract extends ContractBase {

  @Test
  default void textsInJsonStayTexts() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      for (String text :
          List.of("{}", "[]", "null", "true", "1", "\"x\"", "", "{", "'", "\\u0000", "\\", "😀")) {
        Map<String, Object> map = Map.of("value", text, text, text);
        Everything row =
            rows.create(c -> c.set("jsonText", text).set("map", map).set("list", List.of(text)));
        assertThat(row.jsonText()).isEqualTo(text);
        assertThat(row.map()).isEqualTo(map);
        assertThat(row.list()).containsExactly(text);
        assertThat(rows.get(row.id())).isEqualTo(row);
      }
    }
  }

  @Test
  default void valuesInMapsKeepTheirTypes() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("null", null);
      map.put("true", true);
      map.put("one", 1);
      map.put("safe", 9_007_199_254_740_991L);
      map.put("unsafe", 9_007_199_254_740_993L);
      map.put("half", 0.5);
      map.put("createdAt", "x");
      map.put("created_at", "y");
      map.put("isActive", 0);
      map.put("", "empty name");
      map.put("a.b", List.of(1, "2", List.of(), Map.of()));
      Everything row = rows.create(c -> c.set(Everything::map, map));
      assertThat(row.map()).isEqualTo(map).containsKey("null");
      assertThat(rows.get(row.id())).isEqualTo(row);
      Map<String, Object> unset = new HashMap<>(map);
      unset.remove("null"); // null differs from nothing
      assertThat(rows.patch(row.id(), c -> c.set(Everything::map, unset)).map())
          .isEqualTo(unset)
          .doesNotContainKey("null");
    }
  }

  @Test
  default void recordsAndTreesAreJsonAsWell() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      JsonNode node =
          JsonMapper.shared()
              .readTree("{\"a\":[1,2.50,\"{}\",null,{\"b\":true}],\"z\":{},\"é\":\"😀\"}");
      Address address = new Address("Hauptstraße", 7, List.of("", "{}", "2"));
      Everything row = rows.create(c -> c.set("node", node).set("address", address));
      assertThat(row.address()).isEqualTo(address);
      assertThat(row.node().get("a").get(2).stringValue()).isEqualTo("{}");
      assertThat(row.node()).isEqualTo(node);
      assertThat(rows.get(row.id())).isEqualTo(row);
      assertThat(rows.patch(row.id(), c -> c.set("address", new Address("x", 0, null))).address())
          .isEqualTo(new Address("x", 0, null));
    }
  }

  @Test
  default void nestingAndSizeHaveRoom() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Map<String, Object> deep = new HashMap<>(Map.of("depth", 20));
      for (int depth = 19; depth > 0; depth--) {
        deep = new HashMap<>(Map.of("depth", depth, "inner", deep, "list", List.of(deep)));
        deep.remove(depth % 2 == 0 ? "list" : "inner");
      }
      Map<String, Object> nested = deep;
      Map<String, Object> large = Map.of("text", "é😀\"".repeat(25_000));
      for (Map<String, Object> map : List.of(nested, large)) {
        Everything row = rows.create(c -> c.set(Everything::map, map));
        assertThat(row.map()).isEqualTo(map);
        assertThat(rows.get(row.id()).map()).isEqualTo(map);
      }
    }
  }

  @Test
  default void emptyIsNotNull() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Everything empty = rows.create(c -> c.set("map", Map.of()).set("list", List.of()));
      Everything none = rows.create(Everything.empty());
      assertThat(rows.get(empty.id()).map()).isNotNull().isEmpty();
      assertThat(rows.get(empty.id()).list()).isNotNull().isEmpty();
      assertThat(rows.get(none.id()).map()).isNull();
      assertThat(rows.get(none.id()).list()).isNull();
      assertThat(rows.where(Filter.field("map").isNull()).list()).containsExactly(none);
      assertThat(rows.where(Filter.field("list").isNotNull()).list()).containsExactly(empty);
    }
  }

  @Test
  default void whatJsonCannotHoldIsRefusedByName() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Map<String, Object> itself = new HashMap<>();
      itself.put("me", itself);
      for (Map<String, Object> map :
          List.<Map<String, Object>>of(
              Map.of("x", Double.NaN),
              Map.of("x", List.of(Double.POSITIVE_INFINITY)),
              Map.of("x", Float.NEGATIVE_INFINITY),
              Map.of("x", new double[] {1, Double.NaN}),
              Map.of("x", "a\0b"),
              Map.of("a\0b", 1),
              Map.of("x", new Object()),
              itself)) {
        assertThatThrownBy(() -> rows.create(c -> c.set(Everything::map, map)))
            .as("%s", map == itself ? "a map that holds itself" : map.values())
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("map");
      }
      for (String name : List.of("jsonText", "list", "node", "address")) {
        Object nul =
            switch (name) {
              case "jsonText" -> "a\0";
              case "list" -> List.of("\0");
              case "node" -> JsonMapper.shared().valueToTree(Map.of("a", "\0"));
              default -> new Address("\0", 1, null);
            };
        assertThatThrownBy(() -> rows.create(c -> c.set(name, nul)))
            .as(name)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining(name);
      }
      JsonNode infinite = JsonMapper.shared().valueToTree(List.of(Double.POSITIVE_INFINITY));
      assertThatThrownBy(() -> rows.create(c -> c.set("node", infinite)))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("node");
      assertThat(rows.count()).isZero();
    }
  }

  @Test
  default void inputsAreNotChangedAndNotShared() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      List<Object> inner = new ArrayList<>(List.of(1, 2));
      Map<String, Object> map = new HashMap<>(Map.of("list", inner));
      List<String> list = new ArrayList<>(List.of("a"));
      Everything row = rows.create(c -> c.set("map", map).set("list", list));
      assertThat(map).isEqualTo(Map.of("list", List.of(1, 2)));
      inner.add(3);
      list.add("b");
      assertThat(row.map()).isEqualTo(Map.of("list", List.of(1, 2)));
      assertThat(row.list()).containsExactly("a");
      assertThat(rows.get(row.id())).isEqualTo(row);
    }
  }

  @Test
  default void storedTextThatIsNoJsonIsAnErrorOfTheData() {
    try (Database db = open()) {
      // as another program may have made it, without our checks
      db.sql("create table everything_else (id integer primary key, data text)").execute();
      db.sql("insert into everything_else values (1, '{\"a\":')").execute();
      db.sql("insert into everything_else values (2, '')").execute();
      db.sql("insert into everything_else values (3, '[\"secret word\"]')").execute();
      Repository<Loose, Long> rows = db.repository(Loose.class);
      for (long id = 1; id <= 3; id++) {
        long key = id;
        assertThatThrownBy(() -> rows.find(key))
            .as("%d", id)
            .isInstanceOf(DataException.class)
            .hasMessageContaining("data")
            .hasMessageNotContaining("secret word");
      }
    }
  }

  /// A record over a table that another program fills.
  @dev.plinth.entity.Table("everything_else")
  record Loose(@dev.plinth.entity.Id long id, Map<String, Object> data) {}
}
