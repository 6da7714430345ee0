package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Changes;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Everything;
import dev.plinth.testkit.samples.Primitives;
import dev.plinth.testkit.samples.Role;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What goes in comes out: every type, to its limits, and what cannot be kept is refused.
public interface TypesContract extends ContractBase {

  @Test
  default void everyValueComesBackAsItWentIn() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      TypeValues.all()
          .forEach((name, values) -> {
            for (Object value : values) {
              Everything created = rows.create(c -> c.set(name, value));
              assertThat(component(created, name)).as(name).isEqualTo(value);
              assertThat(rows.get(created.id())).as("%s %s", name, value).isEqualTo(created);
              Everything patched = rows.patch(created.id(), c -> c.set(name, null));
              assertThat(component(patched, name)).as(name).isNull();
              patched = rows.patch(created.id(), c -> c.set(name, value));
              assertThat(patched).as("%s %s", name, value).isEqualTo(created);
            }
          });
    }
  }

  /// Filters see the same values: equality, order, membership.
  @Test
  default void everyTypeCanBeFilteredBy() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      TypeValues.all()
          .forEach((name, values) -> {
            rows.query().purge();
            rows.create(Everything.empty());
            for (Object value : values) {
              rows.create(c -> c.set(name, value));
            }
            for (Object value : values) {
              long less = values.stream().filter(other -> TypeValues.below(other, value)).count();
              long equal = values.stream().filter(other -> TypeValues.same(other, value)).count();
              String as = "%s of %s".formatted(name, value);
              var field = Filter.field(name);
              assertThat(rows.where(field.is(value)).count()).as(as).isEqualTo(equal);
              assertThat(rows.where(field.in(List.of(value))).count()).as(as).isEqualTo(equal);
              assertThat(rows.where(field.less(value)).count()).as(as).isEqualTo(less);
              assertThat(rows.where(field.atMost(value)).count()).as(as).isEqualTo(less + equal);
              assertThat(rows.where(field.isNot(value)).count())
                  .as(as)
                  .isEqualTo(values.size() - equal + 1);
            }
            assertThat(rows.where(Filter.field(name).in(values)).count())
                .as(name)
                .isEqualTo(values.size());
            assertThat(rows.where(Filter.field(name).isNull()).count()).as(name).isEqualTo(1);
          });
    }
  }

  @Test
  default void anEmptyRowIsAllNulls() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Everything created = rows.create(Everything.empty());
      assertThat(created.id()).isNotNull();
      assertThat(rows.get(created.id())).isEqualTo(created);
      for (var part : Everything.class.getRecordComponents()) {
        if (!part.getName().equals("id")) {
          assertThat(component(created, part.getName())).as(part.getName()).isNull();
        }
      }
    }
  }

  @Test
  default void primitivesKeepTheirLimits() {
    try (Database db = open(Primitives.class)) {
      Repository<Primitives, Integer> rows = db.repository(Primitives.class);
      for (Primitives row :
          List.of(
              new Primitives(
                  1,
                  Short.MIN_VALUE,
                  Integer.MIN_VALUE,
                  Long.MIN_VALUE,
                  -Float.MAX_VALUE,
                  -Double.MAX_VALUE,
                  true),
              new Primitives(
                  2,
                  Short.MAX_VALUE,
                  Integer.MAX_VALUE,
                  Long.MAX_VALUE,
                  Float.MIN_VALUE,
                  Double.MIN_VALUE,
                  false),
              new Primitives(Integer.MAX_VALUE, (short) 0, 0, 0, 0.1f, 0.1, false))) {
        assertThat(rows.create(row)).isEqualTo(row);
        assertThat(rows.get(row.id())).isEqualTo(row);
      }
    }
  }

  @Test
  default void timesAreCutToMicrosecondsOnce() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Instant before = Instant.parse("1969-12-31T23:59:59.123456789Z");
      Everything created =
          rows.create(c ->
              c.set("instant", before)
                  .set("time", LocalTime.of(1, 2, 3, 123_456_789))
                  .set("dateTime", LocalDateTime.of(2026, 1, 2, 3, 4, 5, 999_999_999))
                  .set("duration", Duration.ofNanos(1_999_999)));
      assertThat(created.instant()).isEqualTo(Instant.parse("1969-12-31T23:59:59.123456Z"));
      assertThat(created.time()).isEqualTo(LocalTime.of(1, 2, 3, 123_456_000));
      assertThat(created.dateTime()).isEqualTo(LocalDateTime.of(2026, 1, 2, 3, 4, 5, 999_999_000));
      assertThat(created.duration()).isEqualTo(Duration.ofNanos(1_999_000));
      assertThat(rows.get(created.id())).isEqualTo(created);
      assertThat(rows.where(Filter.field(Everything::instant).is(before)).count()).isEqualTo(1);
    }
  }

  @Test
  default void decimalsKeepTheirScaleAndCompareByValue() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Everything created = rows.create(c -> c.set("decimal", new BigDecimal("1.10")));
      assertThat(rows.get(created.id()).decimal()).isEqualTo(new BigDecimal("1.10"));
      rows.create(c -> c.set("decimal", new BigDecimal("1.1")));
      assertThat(rows.where(Filter.field("decimal").is(new BigDecimal("1.100"))).count())
          .isEqualTo(2);
      assertThat(rows.where(Filter.field("decimal").in(new BigDecimal("1.100"))).count())
          .isEqualTo(2);
      assertThat(rows.where(Filter.field("decimal").isNot(new BigDecimal("1.100"))).count())
          .isZero();
      assertThat(rows.where(Filter.field("decimal").less(10)).count()).isEqualTo(2);
      // a negative scale has no text of its own: whatever is kept, create and find agree
      Everything large = rows.create(c -> c.set("decimal", new BigDecimal("1e20")));
      assertThat(large.decimal()).isEqualByComparingTo("100000000000000000000");
      assertThat(rows.get(large.id())).isEqualTo(large);
    }
  }

  @Test
  default void decimalsAddUpExactly() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      UUID id = rows.create(c -> c.set("decimal", new BigDecimal("0"))).id();
      for (int i = 0; i < 10; i++) {
        rows.increment(id, Everything::decimal, new BigDecimal("0.1"));
      }
      assertThat(rows.get(id).decimal()).isEqualTo(new BigDecimal("1.0"));
      BigDecimal large = new BigDecimal("12345678901234567890.0000000001");
      assertThat(rows.increment(id, Everything::decimal, large).decimal())
          .isEqualByComparingTo(large.add(BigDecimal.ONE));
      assertThat(rows.increment(id, Everything::whole, BigInteger.TWO.pow(70)).whole())
          .isEqualTo(BigInteger.TWO.pow(70));
      assertThat(rows.increment(id, Everything::int64, 5).int64()).isEqualTo(5);
      assertThat(rows.increment(id, Everything::float64, 0.5).float64()).isEqualTo(0.5);
    }
  }

  @Test
  default void whatDoesNotFitIsRefusedByName() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Map<String, List<Object>> wrong = new LinkedHashMap<>();
      wrong.put("text", List.of("a\0b", 1, List.of()));
      wrong.put("int16", List.of(Short.MAX_VALUE + 1, "1", 1.5, new BigDecimal("0.1")));
      wrong.put("int32", List.of(1L << 31, Double.NaN, true));
      wrong.put("int64", List.of(BigInteger.TWO.pow(63), new BigDecimal("1e30"), "x"));
      wrong.put("float32", List.of(Float.NaN, Float.POSITIVE_INFINITY, 1e300));
      wrong.put("float64", List.of(Double.NaN, Double.NEGATIVE_INFINITY, "x"));
      wrong.put("flag", List.of(1, "true"));
      wrong.put("decimal", List.of(Double.NaN, "x", new BigDecimal("1e-20000")));
      wrong.put("code", List.of("no", "1-1-1-1-1", 5));
      wrong.put(
          "instant",
          List.of(
              Instant.MAX,
              Instant.MIN,
              Instant.parse("9999-12-31T23:59:59.999999Z").plusNanos(1000),
              Instant.parse("0001-01-01T00:00:00Z").minusNanos(1),
              "now",
              0L));
      wrong.put("date", List.of(LocalDate.of(10_000, 1, 1), LocalDate.of(0, 1, 1), "2026-02-30"));
      wrong.put("time", List.of("25:00", 1));
      wrong.put("dateTime", List.of(LocalDateTime.MAX, LocalDateTime.of(0, 12, 31, 23, 59)));
      wrong.put("duration", List.of(Duration.ofSeconds(Long.MAX_VALUE), "soon"));
      wrong.put("role", List.of("ADMINN", Thread.State.NEW, 1));
      wrong.put("bytes", List.of("text", new int[0]));
      wrong.forEach((name, values) -> {
        for (Object value : values) {
          UnaryOperator<Changes<Everything>> set = c -> c.set(name, value);
          assertThatThrownBy(() -> rows.create(set))
              .as("%s %s", name, value)
              .isInstanceOf(ValidationException.class)
              .hasMessageContaining(name);
        }
      });
      assertThat(rows.count()).isZero();
    }
  }

  @Test
  default void otherFormsOfAValueAreTaken() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Everything row =
          rows.create(c ->
              c.set("int64", 5)
                  .set("int16", 5L)
                  .set("decimal", 7)
                  .set("float64", 3)
                  .set("role", "ADMIN")
                  .set("code", "8A6E0804-2BD0-4672-B79D-D97027F9071A")
                  .set("date", "2026-11-21")
                  .set("instant", OffsetDateTime.parse("2026-11-21T12:00:00+02:00")));
      assertThat(row.int64()).isEqualTo(5);
      assertThat(row.int16()).isEqualTo((short) 5);
      assertThat(row.decimal()).isEqualByComparingTo("7");
      assertThat(row.float64()).isEqualTo(3);
      assertThat(row.role()).isEqualTo(Role.ADMIN);
      assertThat(row.code()).hasToString("8a6e0804-2bd0-4672-b79d-d97027f9071a");
      assertThat(row.date()).isEqualTo(LocalDate.of(2026, 11, 21));
      assertThat(row.instant()).isEqualTo(Instant.parse("2026-11-21T10:00:00Z"));
      assertThat(rows.get(row.id())).isEqualTo(row);
    }
  }

  /// Half of a pair of surrogates is no character: it is refused, or it comes back.
  @Test
  default void textThatIsNoUnicodeIsNotChangedInSilence() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      for (String text : List.of("a\uD83Db", "\uDE00", "x\uD800")) {
        try {
          Everything row = rows.create(c -> c.set("text", text));
          assertThat(rows.get(row.id()).text()).isEqualTo(text);
        } catch (ValidationException e) {
          assertThat(e).hasMessageContaining("text");
        }
      }
    }
  }

  @Test
  default void bytesAreCopiedAndInputsStayAsTheyWere() {
    try (Database db = open(Everything.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      byte[] given = {0, 1, -1, 127, -128};
      Everything row = rows.create(c -> c.set("bytes", given));
      given[0] = 99;
      assertThat(row.bytes()).containsExactly(0, 1, -1, 127, -128);
      row.bytes()[1] = 99;
      assertThat(rows.get(row.id()).bytes()).containsExactly(0, 1, -1, 127, -128);
      byte[] stored = {0, 1, -1, 127, -128};
      assertThat(rows.where(Filter.field("bytes").is(stored)).count()).isEqualTo(1);
      assertThat(rows.where(Filter.field("bytes").in(stored, new byte[] {1})).count()).isEqualTo(1);
      assertThat(rows.where(Filter.field("bytes").in(List.of(new byte[0]))).count()).isZero();
      byte[] large = new byte[100_000];
      large[99_999] = 7;
      UUID id = rows.create(c -> c.set("bytes", large)).id();
      assertThat(rows.get(id).bytes()).isEqualTo(large);
      assertThat(rows.get(rows.create(c -> c.set("bytes", new byte[0])).id()).bytes()).isEmpty();
    }
  }

  private static Object component(Everything row, String name) {
    try {
      return Everything.class.getMethod(name).invoke(row);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
