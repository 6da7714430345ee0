package dev.plinth.internal.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import dev.plinth.error.MappingException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Plain classes: by their fields, or by getters and setters where `@Id` stands on a getter.
final class ClassMappingTest {

  /// What all have.
  @SuppressWarnings("UnusedVariable") // the layer reads them
  static class Base {
    @Id private UUID id;
    @Version private long version;
    @CreatedAt private Instant createdAt;

    UUID id() {
      return id;
    }
  }

  /// Fields of its own and of its superclass.
  @SuppressWarnings("UnusedVariable") // the layer reads them
  static class Animal extends Base {
    static int count = 7;
    private String name;

    @Column("legs")
    private int numberOfLegs;

    private transient String cached = "fresh";
    @Json private @Nullable Map<String, Object> notes;
    @DeletedAt private Instant deletedAt;

    Animal() {
      count++;
    }

    Animal(String name, int legs) {
      this.name = name;
      this.numberOfLegs = legs;
    }

    public String name() {
      return name;
    }

    public String getName() {
      return name;
    }

    public int getNumberOfLegs() {
      return numberOfLegs;
    }
  }

  /// As tools write them.
  public static class Bean {
    private Long key;
    private String title;
    private boolean open;
    private Instant at;

    @Id
    public Long getKey() {
      return key;
    }

    public void setKey(Long key) {
      this.key = key;
    }

    @Unique
    public String getTitle() {
      return title;
    }

    public void setTitle(String title) {
      this.title = title;
    }

    public boolean isOpen() {
      return open;
    }

    public void setOpen(boolean open) {
      this.open = open;
    }

    @Column("happened_at")
    public Instant getAt() {
      return at;
    }

    public void setAt(Instant at) {
      this.at = at;
    }

    /// Computed: it has no setter.
    public String getShout() {
      return title + "!";
    }
  }

  static class WithFinal {
    @Id long id;
    final String name = "x";
  }

  static class WithoutConstructor {
    @Id long id;
    String name;

    WithoutConstructor(String name) {
      this.name = name;
    }
  }

  abstract static class Unfinished {
    @Id long id;
  }

  static class Hiding extends Base {
    UUID id;
  }

  @SuppressWarnings("ClassCanBeStatic") // that is what is refused
  class Inner {
    @Id long id;
  }

  @Test
  void fieldsAreColumnsThoseOfSuperclassesFirst() {
    assertThat(Shapes.of(Animal.class).columns())
        .extracting(dev.plinth.spi.Column::name)
        .containsExactly("id", "version", "created_at", "name", "legs", "notes", "deleted_at");
    try (Database db = open(Animal.class)) {
      Repository<Animal, UUID> animals = db.repository(Animal.class);
      Animal given = new Animal("Ant", 6);
      Animal ant = animals.create(given);
      assertThat(given.id()).as("inputs are not changed").isNull();
      assertThat(ant.id()).isNotNull();
      assertThat(ant.name()).isEqualTo("Ant");
      assertThat(ant.cached).isEqualTo("fresh");
      animals.create(c -> c.set("name", "Dog").set("numberOfLegs", 4).set("notes", Map.of("a", 1)));
      assertThat(animals.where(Filter.field(Animal::name).is("Ant")).one().getNumberOfLegs())
          .isEqualTo(6);
      assertThat(animals.where(Filter.field(Animal::getName).is("Dog")).count()).isEqualTo(1);
      assertThat(animals.where(Filter.field(Animal::getNumberOfLegs).greater(5)).count())
          .isEqualTo(1);
      assertThat(animals.where(Filter.field(Animal::id).is(ant.id())).count()).isEqualTo(1);
      assertThat(animals.query().orderBy(Order.ascending("legs")).list())
          .extracting(Animal::name)
          .containsExactly("Dog", "Ant");
      assertThat(animals.query().orderBy(Order.ascending("legs")).first().orElseThrow().notes)
          .isEqualTo(Map.of("a", 1));

      ant.name = "Bee";
      Animal bee = animals.update(ant);
      assertThat(bee.name()).isEqualTo("Bee");
      assertThat(ant.name()).isEqualTo("Bee");
      assertThatThrownBy(() -> animals.update(ant)).isInstanceOf(StaleVersionException.class);
      assertThat(animals.patch(ant.id(), c -> c.set(Animal::name, "Fly")).name()).isEqualTo("Fly");
      assertThat(animals.delete(ant.id())).isTrue();
      assertThat(animals.restore(ant.id()).name()).isEqualTo("Fly");
      assertThat(animals.count()).isEqualTo(2);
    }
  }

  @Test
  void gettersAndSettersAreColumnsAsWell() {
    try (Database db = open(Bean.class)) {
      Repository<Bean, Long> beans = db.repository(Bean.class);
      Bean given = new Bean();
      given.setTitle("One");
      given.setOpen(true);
      given.setAt(Instant.EPOCH);
      Bean bean = beans.create(given);
      assertThat(bean.getKey()).isEqualTo(1);
      Bean found = beans.get(1L);
      assertThat(found.getTitle()).isEqualTo("One");
      assertThat(found.isOpen()).isTrue();
      assertThat(found.getAt()).isEqualTo(Instant.EPOCH);
      assertThat(Shapes.of(Bean.class).columns())
          .extracting(dev.plinth.spi.Column::name)
          .containsExactlyInAnyOrder("key", "title", "open", "happened_at");
      assertThat(beans.where(Filter.field(Bean::isOpen).is(true)).count()).isEqualTo(1);
      assertThat(beans.where(Filter.field(Bean::getTitle).startsWith("O")).count()).isEqualTo(1);
      assertThat(beans.where(Filter.field(Bean::getAt).is(Instant.EPOCH)).count()).isEqualTo(1);
      assertThat(beans.save(given, Bean::getTitle).getKey()).isEqualTo(1);
      found.setTitle("Two");
      assertThat(beans.update(found).getTitle()).isEqualTo("Two");
      assertThat(db.sql("select * from bean").as(Bean.class).one().getTitle()).isEqualTo("Two");
    }
  }

  @Test
  void whatCannotBeSaysWhereAndWhy() {
    assertRefused(WithFinal.class, "name", "final", "record");
    assertRefused(WithoutConstructor.class, "WithoutConstructor", "constructor");
    assertRefused(Hiding.class, "id", "hides");
    assertRefused(Unfinished.class, "Unfinished", "abstract");
    assertRefused(Inner.class, "Inner");
  }

  private static void assertRefused(Class<?> type, String... words) {
    assertThatThrownBy(() -> Shapes.of(type))
        .as(type.getSimpleName())
        .isInstanceOf(MappingException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void projectionsMayBeClassesToo() {
    try (Database db = open(Animal.class)) {
      Repository<Animal, UUID> animals = db.repository(Animal.class);
      animals.createAll(List.of(new Animal("Ant", 6), new Animal("Dog", 4)));
      assertThat(animals.query().orderBy(Order.ascending("legs")).as(Legs.class).list())
          .extracting(legs -> legs.legs)
          .containsExactly(4, 6);
    }
  }

  static class Legs {
    int legs;
  }

  private static Database open(Class<?>... types) {
    Database db = Database.open("sqlite::memory:");
    db.schema().create(types);
    return db;
  }
}
