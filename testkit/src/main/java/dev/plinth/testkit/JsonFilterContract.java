package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Conditions on what stands in JSON columns, with the meaning that JSONB gives them.
public interface JsonFilterContract extends ContractBase {

  /// A document of any kind.
  record Document(@Id long id, @Json @Nullable Object data) {}

  /// An address inside a document.
  record Address(String city, int floor) {}

  private static Filter contains(@Nullable Object value, String... path) {
    return field(Document::data).json(path).contains(value);
  }

  private static @Nullable Object map(Object... pairs) {
    Map<String, @Nullable Object> map = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static List<@Nullable Object> list(@Nullable Object... values) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Object value : values) {
      list.add(value);
    }
    return list;
  }

  /// Stores one document and asks for it.
  private static boolean meets(Database db, @Nullable Object document, Filter filter) {
    Repository<Document, Long> documents = db.repository(Document.class);
    Document one = documents.create(new Document(0, document));
    boolean met = documents.where(filter).exists();
    assertThat(documents.where(not(filter)).exists()).as("not %s", filter).isEqualTo(!met);
    documents.delete(one.id());
    return met;
  }

  @Test
  default void containmentIsThatOfJsonb() {
    try (Database db = open(Document.class)) {
      Object ada = map("name", "Ada", "age", 36, "tags", list("x", "y"), "at", map("city", "Rom"));
      assertThat(meets(db, ada, contains(map("name", "Ada")))).isTrue();
      assertThat(meets(db, ada, contains(map("name", "ada")))).isFalse();
      assertThat(meets(db, ada, contains(map("age", new BigDecimal("36.00"))))).isTrue();
      assertThat(meets(db, ada, contains(map("age", "36")))).isFalse();
      assertThat(meets(db, ada, contains(map("at", map())))).isTrue();
      assertThat(meets(db, ada, contains(map("at", map("city", "Rom"))))).isTrue();
      assertThat(meets(db, ada, contains(map("city", "Rom")))).isFalse();
      assertThat(meets(db, ada, contains(map("tags", list("y"))))).isTrue();
      assertThat(meets(db, ada, contains(map("tags", "y")))).as("only at the top").isFalse();
      assertThat(meets(db, ada, contains(map("none", null)))).isFalse();
      assertThat(meets(db, ada, contains(map()))).isTrue();
      assertThat(meets(db, ada, contains(list()))).isFalse();
      assertThat(meets(db, map("a", null), contains(map("a", null)))).isTrue();
      assertThat(meets(db, list(1, 2, 3), contains(list(3, 1, 1)))).isTrue();
      assertThat(meets(db, list(1, 2, 3), contains(list(4)))).isFalse();
      assertThat(meets(db, list(1, "b"), contains("b"))).isTrue();
      assertThat(meets(db, list(1, list("b")), contains("b"))).isFalse();
      assertThat(meets(db, list(list(1, 2)), contains(list(list(2))))).isTrue();
      assertThat(meets(db, list(list(1, 2)), contains(list(2)))).isFalse();
      assertThat(meets(db, list(map("a", 1, "b", 2)), contains(list(map("b", 2))))).isTrue();
      assertThat(meets(db, "text", contains("text"))).isTrue();
      assertThat(meets(db, "text", contains(list("text")))).isFalse();
      assertThat(meets(db, true, contains(true))).isTrue();
      assertThat(meets(db, null, contains(map()))).as("a column without a value").isFalse();
    }
  }

  @Test
  default void placesAreFoundByKeysAndNumbers() {
    try (Database db = open(Document.class)) {
      Object data =
          map("a", map("b", list(10, map("c", "deep"))), "1", "one", "odd \"key'", 1, "", 2);
      assertThat(meets(db, data, field(Document::data).json("a", "b", "0").is(10))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("a").at("b", "1", "c").is("deep")))
          .isTrue();
      assertThat(meets(db, data, field(Document::data).json("a", "b", "-1", "c").is("deep")))
          .isTrue();
      assertThat(meets(db, data, field(Document::data).json("a", "b", "2").is(10))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("a", "b", "x").is(10))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("1").is("one"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("odd \"key'").is(1))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("").is(2))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("a", "b").hasItem(10.0))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("a", "b").hasItem(map()))).isTrue();
      assertThat(meets(db, data, contains(map("c", "deep"), "a", "b", "1"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("a", "b", "0", "c").is(1))).isFalse();
    }
  }

  @Test
  default void equalIsByValue() {
    try (Database db = open(Document.class)) {
      Object data = map("n", new BigDecimal("1.0"), "o", map("x", 1, "y", list(1, 2)), "z", null);
      assertThat(meets(db, data, field(Document::data).json("n").is(1))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("n").is("1"))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("o").is(map("y", list(1, 2), "x", 1))))
          .isTrue();
      assertThat(meets(db, data, field(Document::data).json("o").is(map("y", list(2, 1), "x", 1))))
          .isFalse();
      assertThat(meets(db, data, field(Document::data).json("o").is(map("x", 1)))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("z").is(null))).isTrue();
      assertThat(meets(db, data, field(Document::data).json("none").is(null))).isFalse();
      assertThat(meets(db, data, field(Document::data).json().is(data))).isTrue();
      assertThat(
              meets(
                  db,
                  new Address("Rom", 2),
                  field(Document::data).json().is(new Address("Rom", 2))))
          .isTrue();
    }
  }

  @Test
  default void keysAreThoseOfObjects() {
    try (Database db = open(Document.class)) {
      Object data = map("a", null, "list", list("a", "b"), "o", map("k", 1));
      assertThat(meets(db, data, field(Document::data).json().hasKey("a"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json().hasKey("b"))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("list").hasKey("a"))).isFalse();
      assertThat(meets(db, data, field(Document::data).json("o").hasKey("k"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json().hasAnyKey("x", "o"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json().hasAnyKey())).isFalse();
      assertThat(meets(db, data, field(Document::data).json().hasKeys("a", "o"))).isTrue();
      assertThat(meets(db, data, field(Document::data).json().hasKeys("a", "x"))).isFalse();
      assertThat(meets(db, "a", field(Document::data).json().hasKey("a"))).isFalse();
      assertThat(meets(db, list("a"), field(Document::data).json().hasKey("a"))).isFalse();
    }
  }

  @Test
  default void theyGoWithEveryOtherCondition() {
    try (Database db = open(Document.class)) {
      Repository<Document, Long> documents = db.repository(Document.class);
      for (int i = 0; i < 20; i++) {
        documents.create(
            new Document(0, map("n", i, "even", i % 2 == 0, "tags", list("t" + i % 3))));
      }
      Filter even = contains(map("even", true));
      Filter tagged = field(Document::data).json("tags").hasItem("t1");
      assertThat(documents.where(even.and(tagged)).count()).isEqualTo(3);
      assertThat(documents.where(even.or(tagged)).count()).isEqualTo(14);
      assertThat(documents.where(even.and(tagged)).delete()).isEqualTo(3);
      assertThat(documents.query().count()).isEqualTo(17);
    }
  }

  @Test
  default void whatIsNoJsonIsRefused() {
    try (Database db = open(Document.class)) {
      Repository<Document, Long> documents = db.repository(Document.class);
      assertThatThrownBy(() -> documents.where(field(Document::id).json().is(1)).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'id' holds Long, not JSON");
      assertThatThrownBy(() -> documents.where(contains(map("a", Double.NaN))).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("data");
      assertThatThrownBy(() -> documents.where(contains("a\0b")).list())
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> documents.where(contains(1, "a\0b")).list())
          .isInstanceOf(ValidationException.class);
      assertThat(contains(map("password", "hush")).toString()).doesNotContain("hush");
    }
  }

  /// A document and a list with an index each.
  @Index("data")
  @Index("tags")
  record Indexed(@Id long id, Map<String, Object> data, @Column(array = true) List<String> tags) {}

  /// An index that no engine has.
  @Index({"data", "id"})
  record TwoInOne(@Id long id, Map<String, Object> data) {}

  @Test
  default void indexesOnThemAreMadeWhereTheyAreOfUse() {
    try (Database db = open(Indexed.class)) {
      Repository<Indexed, Long> indexed = db.repository(Indexed.class);
      for (int i = 0; i < 50; i++) {
        indexed.create(new Indexed(0, Map.of("n", i), List.of("t" + i)));
      }
      assertThat(indexed.where(field(Indexed::data).json().contains(Map.of("n", 7))).list())
          .extracting(Indexed::tags)
          .containsExactly(List.of("t7"));
      assertThat(indexed.where(field(Indexed::tags).hasItems("t8")).count()).isEqualTo(1);
      assertThatThrownBy(() -> db.repository(TwoInOne.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("on that component alone");
    }
  }
}
