package dev.plinth.internal.shape;

import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Canonical values as text and as numbers, the same for every engine.
public final class Canonical {

  // a fixed width, so that the order of the text is the order of the times
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  private Canonical() {}

  /// The text of a canonical value; parse it back with [#parse].
  public static String text(Object value) {
    return switch (value) {
      case BigDecimal decimal -> decimal.toPlainString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case LocalTime time -> TIME.format(time);
      case List<?> list -> Json.array(list);
      case LocalDateTime dateTime -> DATE_TIME.format(dateTime);
      default -> value.toString();
    };
  }

  /// The canonical value of its text.
  public static Object parse(String text, ColumnType type) {
    return switch (type) {
      case TEXT, JSON -> text;
      case SHORT -> Short.valueOf(text);
      case INTEGER -> Integer.valueOf(text);
      case LONG -> Long.valueOf(text);
      case FLOAT -> Float.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      case DECIMAL -> new BigDecimal(text);
      case UUID -> UUID.fromString(text);
      case INSTANT -> Instant.parse(text);
      case DATE -> LocalDate.parse(text);
      case TIME -> LocalTime.parse(text);
      case DATE_TIME -> LocalDateTime.parse(text);
      case DURATION -> Duration.parse(text);
      case BYTES -> Base64.getDecoder().decode(text);
      case ARRAY -> Json.items(text);
    };
  }

  /// Microseconds since 1970 of a time.
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }

  /// The time of microseconds since 1970.
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  /// Microseconds of a span of time.
  public static long micros(Duration duration) {
    return duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1000;
  }

  /// The span of time of microseconds.
  public static Duration duration(long micros) {
    return Duration.ofSeconds(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  /// A time cut to microseconds.
  public static Instant toMicros(Instant instant) {
    return instant.getNano() % 1000 == 0 ? instant : instant.truncatedTo(ChronoUnit.MICROS);
  }

  /// Whether two canonical values are the same; decimals of another scale are.
  public static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      return x.compareTo(y) == 0;
    }
    if (a instanceof byte[] x && b instanceof byte[] y) {
      return Arrays.equals(x, y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return text(x).equals(text(y)); // an adopted column may hold numbers of another size
    }
    return Objects.equals(a, b);
  }
}
