package dev.plinth.internal.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Column;
import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Property;
import dev.plinth.entity.Table;
import dev.plinth.entity.Version;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.spi.Shape;
import java.io.InputStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Records as tables: names, what cannot be mapped and why, and what a constructor may do.
final class MappingTest {

  @ParameterizedTest
  @CsvSource({
    "createdAt, created_at",
    "id, id",
    "URLPath, url_path",
    "parseURL, parse_url",
    "URL, url",
    "isBot, is_bot",
    "x, x",
    "aB, a_b",
    "userID, user_id",
    "HTMLParser, html_parser",
    "address2, address2",
    "address2Line, address2_line",
    "last4Digits, last4_digits",
    "snake_case, snake_case",
    "größeCm, größe_cm",
    "OrderLine, order_line"
  })
  void namesBecomeSnakeCase(String java, String column) {
    assertThat(Names.snakeCase(java)).isEqualTo(column);
  }

  record OrderLine(
      @Id UUID id, String URLPath, boolean isBot, boolean getaway, @Column("Odd Name") int issue) {}

  @Test
  void namesAreDerivedAndCanBeGiven() {
    Shape<OrderLine> shape = Shapes.of(OrderLine.class);
    assertThat(shape.table()).isEqualTo("order_line");
    assertThat(shape.columns())
        .extracting(dev.plinth.spi.Column::name)
        .containsExactly("id", "url_path", "is_bot", "getaway", "Odd Name");
    assertThat(Shapes.of(Named.class).table()).isEqualTo("Some Table");
  }

  @Table("Some Table")
  record Named(@Id long id) {}

  /// `isBot` is a component's own name here, and no getter of `bot`.
  @Test
  void componentsThatLookLikeGettersAreComponents() {
    try (Database db = open(OrderLine.class, Both.class)) {
      Repository<OrderLine, UUID> lines = db.repository(OrderLine.class);
      OrderLine line = lines.create(new OrderLine(null, "/a", true, true, 5));
      assertThat(lines.where(Filter.field(OrderLine::isBot).is(true)).list()).containsExactly(line);
      assertThat(lines.where(Filter.field(OrderLine::getaway).is(true)).count()).isEqualTo(1);
      assertThat(lines.where(Filter.field(OrderLine::issue).is(5)).count()).isEqualTo(1);
      assertThat(lines.where(Filter.field(OrderLine::URLPath).is("/a")).count()).isEqualTo(1);
      assertThat(lines.where(Filter.field("Odd Name").is(5)).count()).isEqualTo(1);
      assertThat(lines.patch(line.id(), c -> c.set(OrderLine::isBot, false)).isBot()).isFalse();

      Repository<Both, Long> both = db.repository(Both.class);
      both.create(new Both(0, true, "no"));
      assertThat(both.where(Filter.field(Both::isBot).is(true)).count()).isEqualTo(1);
      assertThat(both.where(Filter.field(Both::bot).is("no")).count()).isEqualTo(1);
    }
  }

  record Both(@Id long id, boolean isBot, String bot) {}

  record TwoKeys(@Id long id, @Id long other) {}

  record TwoVersions(@Id long id, @Version long version, @Version int revision) {}

  record TwoRoles(@Id @Version long id) {}

  record KeyOfTheWrongType(@Id Instant id) {}

  record TimeOfTheWrongType(@Id long id, @CreatedAt String createdAt) {}

  record TextVersion(@Id long id, @Version String version) {}

  record TextCounter(@Id long id, @Counter String count) {}

  record SameColumn(@Id long id, String createdAt, @Column("CREATED_AT") String other) {}

  record LongName(
      @Id long id,
      @Column("x123456789x123456789x123456789x123456789x123456789x123456789x123") int x) {}

  record BlankTable(@Id long id, @Column(" ") String text) {}

  record Nothing() {}

  interface Face {}

  enum Sort {
    A
  }

  @Test
  void whatCannotBeSaysWhereAndWhy() {
    assertRefused(TwoKeys.class, "TwoKeys.other", "@Id");
    assertRefused(TwoVersions.class, "TwoVersions.revision");
    assertRefused(TwoRoles.class, "TwoRoles.id");
    assertRefused(KeyOfTheWrongType.class, "KeyOfTheWrongType.id", "Instant");
    assertRefused(TimeOfTheWrongType.class, "TimeOfTheWrongType.createdAt", "String");
    assertRefused(TextVersion.class, "TextVersion.version");
    assertRefused(TextCounter.class, "TextCounter.count");
    assertRefused(SameColumn.class, "SameColumn.other", "CREATED_AT", "@Column");
    assertRefused(LongName.class, "LongName.x", "63");
    assertRefused(BlankTable.class, "BlankTable.text");
    assertRefused(Nothing.class, "Nothing");
    assertRefused(Face.class, "Face");
    assertRefused(Sort.class, "Sort");
    assertRefused(int.class, "int");
    assertRefused(String[].class, "record or a class");
  }

  record WithOffset(@Id long id, OffsetDateTime at) {}

  record WithZone(@Id long id, ZonedDateTime at) {}

  record WithDate(@Id long id, Date at) {}

  record WithChar(@Id long id, char letter) {}

  record WithByte(@Id long id, Byte small) {}

  record WithObject(@Id long id, Object anything) {}

  record WithStream(@Id long id, InputStream in) {}

  record WithOptional(@Id long id, Optional<String> perhaps) {}

  record WithInner(@Id long id, Named inner) {}

  record WithArray(@Id long id, int[] numbers) {}

  @Test
  void typesWithoutAColumnComeWithAdvice() {
    assertRefused(WithOffset.class, "WithOffset.at", "Instant");
    assertRefused(WithZone.class, "WithZone.at", "Instant");
    assertRefused(WithDate.class, "WithDate.at", "Instant");
    assertRefused(WithChar.class, "WithChar.letter", "String");
    assertRefused(WithByte.class, "WithByte.small", "short");
    assertRefused(WithObject.class, "WithObject.anything", "@Json");
    assertRefused(WithStream.class, "WithStream.in");
    assertRefused(WithOptional.class, "WithOptional.perhaps");
    assertRefused(WithInner.class, "WithInner.inner", "@References");
    assertRefused(WithArray.class, "WithArray.numbers", "@Json");
  }

  private static void assertRefused(Class<?> type, String... words) {
    assertThatThrownBy(() -> Shapes.of(type))
        .as(type.getSimpleName())
        .isInstanceOf(MappingException.class)
        .hasMessageContainingAll(words);
  }

  record AsJson(@Id long id, @Json Named inner, @Json int[] numbers, @Json Object any) {}

  @Test
  void jsonHoldsWhatNoOtherColumnCan() {
    try (Database db = open(AsJson.class)) {
      Repository<AsJson, Long> rows = db.repository(AsJson.class);
      AsJson row =
          rows.create(new AsJson(0, new Named(7), new int[] {1, 2}, Map.of("a", List.of(1))));
      AsJson found = rows.get(row.id());
      assertThat(found.inner()).isEqualTo(new Named(7));
      assertThat(found.numbers()).containsExactly(1, 2);
      assertThat(found.any()).isEqualTo(Map.of("a", List.of(1)));
    }
  }

  @Test
  void aPropertyIsAMethodReference() {
    Property<OrderLine, UUID> lambda = line -> line.id();
    assertThatThrownBy(() -> Filter.field(lambda))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("method reference");
    Property<OrderLine, String> computed = OrderLine::toString;
    try (Database db = open(OrderLine.class)) {
      assertThatThrownBy(
              () -> db.repository(OrderLine.class).where(Filter.field(computed).is("x")).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("toString");
    }
    Property<OrderLine, UUID> reference = OrderLine::id;
    assertThat(reference.name().text()).isEqualTo("id");
    assertThat(reference.name()).isSameAs(reference.name());
  }

  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal() {
      super("no");
    }
  }

  private static void assertStoredRowRefused(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Picky")
        .hasCauseExactlyInstanceOf(Refusal.class);
  }

  record Picky(@Id long id, String text, Integer number) {
    Picky {
      if ("refused".equals(text)) {
        throw new Refusal();
      }
      number = number == null ? 42 : number;
    }
  }

  @Test
  void whatAConstructorThrowsPassesUnchanged() {
    try (Database db = open(Picky.class)) {
      Repository<Picky, Long> rows = db.repository(Picky.class);
      assertThatThrownBy(() -> rows.create(c -> c.set("text", "refused")))
          .isExactlyInstanceOf(Refusal.class);
      Picky filled = rows.create(c -> c.set("text", "fine"));
      assertThat(filled.number()).isEqualTo(42);
      assertThat(rows.get(filled.id())).isEqualTo(filled);
      db.sql("update picky set text = 'refused'").execute();
      // a stored row is not the caller's doing, so the error says where it comes from
      assertStoredRowRefused(() -> rows.get(filled.id()));
      assertStoredRowRefused(() -> rows.query().list());
      try (var stream = rows.query().stream()) {
        assertStoredRowRefused(stream::toList);
      }
      assertStoredRowRefused(() -> db.sql("select * from picky").as(Picky.class).list());
      // and the connections are all back
      for (int i = 0; i < 20; i++) {
        assertStoredRowRefused(() -> rows.query().list());
      }
      assertThat(rows.count()).isEqualTo(1);
    }
  }

  @Table("numbers")
  record Exact(@Id long id, short small, int number, float ratio, boolean flag, Kind kind) {}

  enum Kind {
    ONE,
    TWO
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "small, null",
        "number, null",
        "ratio, null",
        "flag, null",
        "small, 70000",
        "number, 5000000000",
        "kind, 'THREE'",
        "kind, 'one'",
        "kind, ''"
      })
  void storedValuesThatDoNotFitAreNamed(String columnAndValue) {
    String column = columnAndValue.split(",")[0];
    String value = columnAndValue.split(",")[1];
    try (Database db = Database.open("sqlite::memory:")) {
      db.sql(
              "create table numbers (id integer primary key, small int, number int, ratio real,"
                  + " flag int, kind text)")
          .execute();
      db.sql("insert into numbers values (1, 1, 1, 1, 1, 'ONE')").execute();
      Repository<Exact, Long> rows = db.repository(Exact.class);
      assertThat(rows.get(1L)).isEqualTo(new Exact(1, (short) 1, 1, 1, true, Kind.ONE));
      db.sql("update numbers set " + column + " = " + value).execute();
      assertThatThrownBy(() -> rows.get(1L))
          .isInstanceOf(DataException.class)
          .hasMessageContaining(column);
      assertThatThrownBy(() -> rows.query().list()).isInstanceOf(DataException.class);
    }
  }

  @Test
  void shapesAreMadeOnce() {
    assertThat(Shapes.of(OrderLine.class)).isSameAs(Shapes.of(OrderLine.class));
  }

  private static Database open(Class<?>... records) {
    Database db = Database.open("sqlite::memory:");
    db.schema().create(records);
    return db;
  }
}
