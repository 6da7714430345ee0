package dev.plinth.spi;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;

/// The closed set of value types that every engine stores and gives back alike.
///
/// Each has one Java type in which values travel between shape and engine (its *canonical* type):
/// enums travel as their names, JSON as text. Times are exact to the microsecond.
public enum ColumnType {
  /// Text without NUL characters.
  TEXT(String.class),
  /// A 16-bit number.
  SHORT(Short.class),
  /// A 32-bit number.
  INTEGER(Integer.class),
  /// A 64-bit number.
  LONG(Long.class),
  /// A 32-bit floating point number, finite.
  FLOAT(Float.class),
  /// A 64-bit floating point number, finite.
  DOUBLE(Double.class),
  /// True or false.
  BOOLEAN(Boolean.class),
  /// An exact decimal number; its scale is kept, comparison ignores it.
  DECIMAL(BigDecimal.class),
  /// A UUID.
  UUID(UUID.class),
  /// A point in time.
  INSTANT(Instant.class),
  /// A calendar date.
  DATE(LocalDate.class),
  /// A time of day.
  TIME(LocalTime.class),
  /// A calendar date and a time of day, without a zone.
  DATE_TIME(LocalDateTime.class),
  /// A span of time, stored as microseconds.
  DURATION(Duration.class),
  /// Bytes.
  BYTES(byte[].class),
  /// A JSON document, as text.
  JSON(String.class),
  /// Values of one type in their order, some of them perhaps null.
  ARRAY(List.class);

  private final Class<?> canonical;

  ColumnType(Class<?> canonical) {
    this.canonical = canonical;
  }

  /// The Java type in which values of this type travel.
  public Class<?> canonical() {
    return canonical;
  }

  /// The type's name in Java, for messages.
  @Override
  public String toString() {
    return this == JSON ? "JSON" : canonical.getSimpleName();
  }

  /// Whether values can be added to.
  public boolean isNumber() {
    return switch (this) {
      case SHORT, INTEGER, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }
}
