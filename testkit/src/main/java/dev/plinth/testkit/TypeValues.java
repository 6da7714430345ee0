package dev.plinth.testkit;

import dev.plinth.testkit.samples.Role;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Values of every type, and how they compare.
final class TypeValues {

  private TypeValues() {}

  /// Values of each component, the limits among them.
  static Map<String, List<Object>> all() {
    Map<String, List<Object>> values = new LinkedHashMap<>();
    values.put(
        "text",
        List.of(
            "",
            " ",
            "a",
            "ÄÖÜß",
            "😀👩‍👩‍👧‍👦",
            "\uFFFF",
            "\t\r\n",
            "'\"\\",
            "x".repeat(100_000),
            "e\u0301",
            "\u202E",
            "null",
            "0",
            "1e5"));
    values.put("int16", List.of((short) 0, (short) -1, Short.MIN_VALUE, Short.MAX_VALUE));
    values.put("int32", List.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
    values.put("int64", List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 1L << 31));
    values.put(
        "float32", List.of(0f, 0.1f, -1.5f, Float.MAX_VALUE, Float.MIN_VALUE, -Float.MAX_VALUE));
    values.put(
        "float64",
        List.of(
            0.0,
            0.1,
            0.1 + 0.2,
            -1.5,
            Double.MAX_VALUE,
            Double.MIN_VALUE,
            -Double.MAX_VALUE,
            Double.MIN_NORMAL,
            1e22,
            1e22 / 3));
    values.put("flag", List.of(true, false));
    values.put(
        "decimal",
        List.of(
            new BigDecimal("0"),
            new BigDecimal("0.00"),
            new BigDecimal("1.10"),
            new BigDecimal("-2"),
            new BigDecimal("10"),
            new BigDecimal("0.1"),
            new BigDecimal("123456789012345678901234567890.123456789012345678901234567890"),
            new BigDecimal("-0.000000000000000000000000000000000001")));
    values.put(
        "whole",
        List.of(BigInteger.ZERO, BigInteger.TWO.negate(), BigInteger.TEN, BigInteger.TWO.pow(200)));
    values.put(
        "code",
        List.of(
            new UUID(0, 0),
            new UUID(-1, -1),
            UUID.fromString("8a6e0804-2bd0-4672-b79d-d97027f9071a")));
    values.put(
        "instant",
        List.of(
            Instant.EPOCH,
            Instant.EPOCH.minusNanos(1000),
            Instant.EPOCH.plusNanos(1000),
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z"),
            Instant.parse("1582-10-10T00:00:00Z"),
            Instant.parse("2026-03-29T01:30:00.123456Z")));
    values.put(
        "date",
        List.of(
            LocalDate.of(1, 1, 1),
            LocalDate.of(9999, 12, 31),
            LocalDate.of(2024, 2, 29),
            LocalDate.of(1582, 10, 10),
            LocalDate.of(999, 6, 1)));
    values.put(
        "time",
        List.of(
            LocalTime.MIN,
            LocalTime.NOON,
            LocalTime.of(23, 59, 59, 999_999_000),
            LocalTime.of(9, 5)));
    values.put(
        "dateTime",
        List.of(
            LocalDateTime.of(1, 1, 1, 0, 0),
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000),
            LocalDateTime.of(2026, 3, 29, 2, 30),
            LocalDateTime.of(2026, 1, 1, 0, 0, 0, 1000)));
    values.put(
        "duration",
        List.of(
            Duration.ZERO,
            Duration.ofNanos(-1000),
            Duration.ofNanos(1000),
            Duration.ofDays(36_500),
            Duration.ofDays(-36_500).plusNanos(1000),
            Duration.ofMillis(-1500)));
    values.put("role", List.of(Role.ADMIN, Role.MEMBER));
    return values;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // of one type each
  static boolean below(Object a, Object b) {
    return switch (a) {
      case String text -> Specimen.TEXT.compare(text, (String) b) < 0;
      case Enum<?> one -> one.name().compareTo(((Enum<?>) b).name()) < 0;
      case UUID code -> code.toString().compareTo(b.toString()) < 0;
      default -> ((Comparable) a).compareTo(b) < 0;
    };
  }

  static boolean same(Object a, Object b) {
    return a instanceof BigDecimal x ? x.compareTo((BigDecimal) b) == 0 : a.equals(b);
  }
}
