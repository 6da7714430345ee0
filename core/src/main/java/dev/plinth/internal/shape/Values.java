package dev.plinth.internal.shape;

import dev.plinth.error.ValidationException;
import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/// Values that callers give, checked and made canonical: what one engine refuses, all refuse.
///
/// No message repeats a value: it may be secret.
final class Values {

  // four digits, so that dates sort as text
  private static final int LAST_YEAR = 9999;
  // what PostgreSQL's numeric holds behind the point
  private static final int MOST_DIGITS = 16_383;

  private Values() {}

  static String text(Object value, String where) {
    String text =
        value instanceof String string
            ? string
            : value instanceof Enum<?> constant
                ? constant.name()
                : value instanceof CharSequence || value instanceof Character
                    ? value.toString()
                    : wrong(value, "text", where);
    checkText(text, where);
    return text;
  }

  /// Refuses what UTF-8 or an engine could not give back: NUL, and halves of a surrogate pair.
  static void checkText(String text, String where) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0') {
        throw new ValidationException(where + " holds a NUL character, which no text may.");
      }
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new ValidationException(where + " holds half a character (a lone surrogate).");
        }
        i++;
      }
    }
  }

  static long whole(Object value, long least, long most, String where) {
    long number =
        switch (value) {
          case Long n -> n;
          case Integer n -> n;
          case Short n -> n;
          case Byte n -> n;
          case BigInteger n when n.bitLength() < 64 -> n.longValue();
          case BigDecimal n when fitsLong(n) -> n.longValue();
          default -> Long.parseLong(wrong(value, "a whole number", where));
        };
    if (number < least || number > most) {
      throw new ValidationException(
          "%s: a number from %d to %d is needed.".formatted(where, least, most));
    }
    return number;
  }

  private static boolean fitsLong(BigDecimal number) {
    return number.precision() - number.scale() < 20
        && number.stripTrailingZeros().scale() <= 0
        && number.toBigInteger().bitLength() < 64;
  }

  static double finite(Object value, String where) {
    double number = value instanceof Number n ? n.doubleValue() : Double.NaN;
    if (!Double.isFinite(number)) {
      throw new ValidationException(where + ": a finite number is needed.");
    }
    return number == 0 ? 0 : number; // no engine keeps the sign of a zero
  }

  static BigDecimal decimal(Object value, String where) {
    BigDecimal decimal =
        switch (value) {
          case BigDecimal n -> n;
          case BigInteger n -> new BigDecimal(n);
          case Double n -> BigDecimal.valueOf(finite(n, where));
          case Float n -> new BigDecimal(Float.toString((float) finite(n, where)));
          case Long n -> BigDecimal.valueOf(n);
          case Integer n -> BigDecimal.valueOf(n);
          case Short n -> BigDecimal.valueOf(n);
          default -> new BigDecimal(wrong(value, "a decimal number", where));
        };
    if (Math.abs(decimal.scale()) > MOST_DIGITS
        || (long) decimal.precision() - decimal.scale() > MOST_DIGITS) {
      throw new ValidationException(
          where + ": a decimal number has at most " + MOST_DIGITS + " digits on each side.");
    }
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal; // 1E+2 is stored as 100
  }

  static Instant instant(Object value, String where) {
    Instant instant =
        switch (value) {
          case Instant i -> i;
          case OffsetDateTime time -> time.toInstant();
          case ZonedDateTime time -> time.toInstant();
          default -> (Instant) parsed(value, ColumnType.INSTANT, where);
        };
    long second = instant.getEpochSecond();
    if (second < -62_135_596_800L || second > 253_402_300_799L) { // years 1 to 9999
      throw new ValidationException(where + ": a time in the years 1 to 9999 is needed.");
    }
    return Canonical.toMicros(instant);
  }

  static LocalDate date(Object value, String where) {
    LocalDate date =
        value instanceof LocalDate d ? d : (LocalDate) parsed(value, ColumnType.DATE, where);
    return (LocalDate) inYears(date, date.getYear(), where);
  }

  static LocalTime time(Object value, String where) {
    LocalTime time =
        value instanceof LocalTime t ? t : (LocalTime) parsed(value, ColumnType.TIME, where);
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  static LocalDateTime dateTime(Object value, String where) {
    LocalDateTime time =
        value instanceof LocalDateTime t
            ? t
            : (LocalDateTime) parsed(value, ColumnType.DATE_TIME, where);
    return (LocalDateTime) inYears(time.truncatedTo(ChronoUnit.MICROS), time.getYear(), where);
  }

  static Duration duration(Object value, String where) {
    Duration duration =
        value instanceof Duration d ? d : (Duration) parsed(value, ColumnType.DURATION, where);
    try {
      Math.multiplyExact(duration.getSeconds() + 1, 1_000_000L);
    } catch (ArithmeticException e) {
      throw new ValidationException(where + ": the duration is too long.", e);
    }
    return duration.truncatedTo(ChronoUnit.MICROS);
  }

  static <V> V instance(Object value, Class<V> type, String where) {
    if (!type.isInstance(value)) {
      wrong(value, type.getSimpleName(), where);
    }
    return type.cast(value);
  }

  /// Text in ISO form, as it comes from JSON, for types that have one.
  static Object parsed(Object value, ColumnType type, String where) {
    if (value instanceof String text) {
      try {
        Object parsed = Canonical.parse(text, type);
        // UUID.fromString also takes shortened groups
        if (!(parsed instanceof UUID) || parsed.toString().equalsIgnoreCase(text)) {
          return parsed;
        }
      } catch (DateTimeException | IllegalArgumentException e) {
        // without the cause, whose message repeats the text, which may be secret
        throw new ValidationException(where + ": the text is no " + type + ".");
      }
      throw new ValidationException(where + ": the text is no " + type + ".");
    }
    return wrong(value, "a " + type, where);
  }

  private static Object inYears(Object time, int year, String where) {
    if (year < 1 || year > LAST_YEAR) {
      throw new ValidationException(where + ": a time in the years 1 to 9999 is needed.");
    }
    return time;
  }

  private static String wrong(Object value, String wanted, String where) {
    throw new ValidationException(
        "%s: %s is needed, not a value of %s."
            .formatted(where, wanted, value.getClass().getName()));
  }
}
