package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import dev.plinth.error.MappingException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Row;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Lists in columns of arrays, or of JSON where an engine has no arrays.
public interface ArrayContract extends ContractBase {

  /// What may be in a list.
  enum Colour {
    RED,
    GREEN
  }

  /// A list of each kind.
  @Table("lists")
  record Lists(
      @Id UUID id,
      @Column(array = true) @Nullable List<@Nullable String> texts,
      @Column(array = true) List<Short> shorts,
      @Column(array = true) List<Integer> integers,
      @Column(array = true) List<Long> longs,
      @Column(array = true) List<Float> floats,
      @Column(array = true) List<Double> doubles,
      @Column(array = true) List<Boolean> booleans,
      @Column(array = true) List<BigDecimal> decimals,
      @Column(array = true) List<UUID> ids,
      @Column(array = true) Collection<Colour> colours,
      @Secret @Column(array = true) List<String> secrets,
      @Version long version) {}

  /// A list of times.
  record Times(@Id UUID id, @Column(array = true) List<Instant> times) {}

  /// An array that is no list.
  record NoList(@Id UUID id, @Column(array = true) String text) {}

  /// A list that is to be unique.
  record Alone(@Id UUID id, @Unique @Column(array = true) List<String> texts) {}

  private static Lists full() {
    return new Lists(
        null,
        Arrays.asList("a", "", "b,c", "{\"d\"}", "back\\slash", "NULL", null, "ünï ✓ 🙂"),
        List.of((short) 1, Short.MIN_VALUE),
        List.of(1, Integer.MAX_VALUE),
        List.of(1L, Long.MIN_VALUE),
        List.of(1.5f, Float.MIN_VALUE),
        List.of(0.1, Double.MAX_VALUE),
        List.of(true, false),
        List.of(new BigDecimal("1.10"), new BigDecimal("123456789012345678901234567890.5")),
        List.of(new UUID(1, 2), new UUID(-1, -2)),
        List.of(Colour.GREEN, Colour.RED),
        List.of("hush"),
        0);
  }

  private static Lists empty() {
    return new Lists(
        null, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
        List.of(), List.of(), List.of(), List.of(), 0);
  }

  private static Lists named(Lists lists, UUID id, long version) {
    return new Lists(
        id,
        lists.texts,
        lists.shorts,
        lists.integers,
        lists.longs,
        lists.floats,
        lists.doubles,
        lists.booleans,
        lists.decimals,
        lists.ids,
        lists.colours,
        lists.secrets,
        version);
  }

  @Test
  default void listsComeBackAsTheyWent() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      for (Lists given : List.of(full(), empty())) {
        Lists one = lists.create(given);
        assertThat(one).isEqualTo(named(given, one.id(), 1));
        assertThat(lists.get(one.id())).isEqualTo(one);
      }
    }
  }

  @Test
  default void anEmptyListIsNotNone() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      Lists one = lists.create(empty());
      assertThat(lists.get(one.id()).texts()).isEmpty();
      lists.patch(one.id(), c -> c.set(Lists::texts, null));
      assertThat(lists.get(one.id()).texts()).isNull();
      assertThat(lists.where(field(Lists::texts).isNull()).count()).isEqualTo(1);
      lists.patch(one.id(), c -> c.set(Lists::texts, List.of()));
      assertThat(lists.get(one.id()).texts()).isEmpty();
      assertThat(lists.where(field(Lists::texts).isNull()).count()).isZero();
    }
  }

  @Test
  default void listsAreUpdatedSavedAndLoaded() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      List<Lists> many = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        many.add(i % 2 == 0 ? full() : empty());
      }
      List<Lists> created = lists.createAll(many);
      assertThat(lists.findAll(created.stream().map(Lists::id).toList()))
          .containsExactlyInAnyOrderElementsOf(created);
      List<Lists> swapped = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        swapped.add(named(many.get(49 - i), created.get(i).id(), 1));
      }
      List<Lists> updated = lists.updateAll(swapped);
      assertThat(lists.findAll(updated.stream().map(Lists::id).toList()))
          .containsExactlyInAnyOrderElementsOf(updated);
      Lists first = updated.getFirst();
      assertThat(first).isEqualTo(named(empty(), first.id(), 2));
      Lists again = lists.update(named(full(), first.id(), 2));
      assertThat(lists.get(first.id())).isEqualTo(again);
      Lists saved = lists.save(named(empty(), first.id(), 3));
      assertThat(lists.get(first.id())).isEqualTo(saved);
    }
  }

  @Test
  default void theLogHasListsAsLists() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      Lists one = lists.create(full());
      Map<String, Object> values =
          db.audit().of(Lists.class, one.id()).list().getFirst().newValues();
      assertThat(values)
          .containsEntry("texts", full().texts())
          .containsEntry("integers", full().integers())
          .containsEntry("colours", List.of("GREEN", "RED"))
          .containsEntry("secrets", "***");
      lists.patch(
          one.id(),
          c ->
              c.set(Lists::integers, List.of(1, Integer.MAX_VALUE))
                  .set(Lists::texts, List.of("z")));
      assertThat(db.audit().of(Lists.class, one.id()).list().getFirst().newValues())
          .containsEntry("texts", List.of("z"))
          .containsEntry("integers", full().integers());
    }
  }

  @Test
  default void rowsAndStatementsReadListsToo() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      Lists one = lists.create(full());
      Row row = db.table("lists").get(one.id());
      assertThat(row.get("texts")).isEqualTo(full().texts());
      assertThat((List<?>) row.get("longs")).hasSize(2);
      db.table("lists").patch(one.id(), c -> c.set("texts", List.of("x", "y")));
      assertThat(lists.get(one.id()).texts()).containsExactly("x", "y");
      assertThat(
              db.sql("select * from lists where id = :id")
                  .bind("id", one.id())
                  .as(Lists.class)
                  .one()
                  .texts())
          .containsExactly("x", "y");
    }
  }

  @Test
  default void whatNoArrayHoldsIsRefused() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      UUID id = lists.create(full()).id();
      assertThatThrownBy(() -> lists.patch(id, c -> c.set("texts", List.of("a\0b"))))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("Lists.texts");
      assertThatThrownBy(() -> lists.patch(id, c -> c.set("doubles", List.of(Double.NaN))))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> lists.patch(id, c -> c.set("integers", List.of(1L << 40))))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> lists.patch(id, c -> c.set("texts", "a")))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> lists.where(field(Lists::texts).is(List.of("a"))).list())
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("'texts' holds List");
      assertThat(lists.get(id)).isEqualTo(named(full(), id, 1));
      for (Class<?> wrong : List.of(Times.class, NoList.class)) {
        assertThatThrownBy(() -> db.repository(wrong))
            .isInstanceOf(MappingException.class)
            .hasMessageContaining("no list of text, enums, numbers, booleans or UUIDs");
      }
      assertThatThrownBy(() -> db.repository(Alone.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("cannot be unique");
    }
  }

  @Test
  default void listsAreAskedForWhatTheyHold() {
    try (Database db = open(Lists.class)) {
      Repository<Lists, UUID> lists = db.repository(Lists.class);
      UUID id = lists.create(full()).id();
      lists.create(empty());
      for (Filter holds :
          List.of(
              field(Lists::texts).hasItems("b,c"),
              field(Lists::texts).hasItems("ünï ✓ 🙂", "a", "a"),
              field(Lists::texts).hasItems("NULL"),
              field(Lists::longs).hasItems(1, Long.MIN_VALUE),
              field(Lists::booleans).hasItems(true),
              field(Lists::ids).hasItems(new UUID(-1, -2)),
              field(Lists::colours).hasItems(Colour.RED),
              field(Lists::colours).hasItems("GREEN", "RED"))) {
        assertThat(lists.where(holds).list())
            .as("%s", holds)
            .extracting(Lists::id)
            .containsExactly(id);
      }
      for (Filter holds :
          List.of(
              field(Lists::texts).hasItems("A"),
              field(Lists::texts).hasItems("a", "z"),
              field(Lists::longs).hasItems(2))) {
        assertThat(lists.where(holds).exists()).as("%s", holds).isFalse();
      }
      assertThat(lists.where(field(Lists::texts).hasItems()).count()).isEqualTo(2);
      assertThatThrownBy(() -> lists.where(field(Lists::longs).hasItems("x")).list())
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> lists.where(field(Lists::colours).hasItems("BLUE")).list())
          .isInstanceOf(ValidationException.class);
    }
  }
}
