package dev.plinth.spi;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One row, read cell by cell, by position from 0.
///
/// A getter for a reference gives null where the cell holds none. A getter for a primitive gives 0
/// or false there, and [#isNull] tells the two apart. A cell that does not hold what is asked for is
/// a `DataException`. Not thread-safe.
public interface Cells {
  /// Whether the cell holds no value.
  boolean isNull(int position);

  /// Text, or JSON as text.
  @Nullable String text(int position);

  /// A number of up to 16 bits.
  default short int16(int position) {
    return (short) int32(position);
  }

  /// A number of up to 32 bits.
  int int32(int position);

  /// A number of up to 64 bits.
  long int64(int position);

  /// A 32-bit floating point number.
  default float float32(int position) {
    return (float) float64(position);
  }

  /// A 64-bit floating point number.
  double float64(int position);

  /// True or false.
  boolean bool(int position);

  /// An exact decimal number.
  @Nullable BigDecimal decimal(int position);

  /// A UUID.
  @Nullable UUID uuid(int position);

  /// A point in time, to the microsecond.
  @Nullable Instant instant(int position);

  /// A calendar date.
  @Nullable LocalDate date(int position);

  /// A time of day.
  @Nullable LocalTime time(int position);

  /// A date and a time of day.
  @Nullable LocalDateTime dateTime(int position);

  /// A span of time.
  @Nullable Duration duration(int position);

  /// Bytes; the array is the caller's.
  byte @Nullable [] bytes(int position);

  /// An array's elements, in the engine's own Java types.
  @Nullable List<@Nullable Object> list(int position);

  /// Whatever the cell holds, in the engine's own Java type.
  @Nullable Object any(int position);

  /// The cell in a column type's canonical Java type.
  default @Nullable Object value(int position, ColumnType type) {
    return switch (type) {
      case TEXT, JSON -> text(position);
      case SHORT -> ifPresent(int16(position), position);
      case INTEGER -> ifPresent(int32(position), position);
      case LONG -> ifPresent(int64(position), position);
      case FLOAT -> ifPresent(float32(position), position);
      case DOUBLE -> ifPresent(float64(position), position);
      case BOOLEAN -> ifPresent(bool(position), position);
      case DECIMAL -> decimal(position);
      case UUID -> uuid(position);
      case INSTANT -> instant(position);
      case DATE -> date(position);
      case TIME -> time(position);
      case DATE_TIME -> dateTime(position);
      case DURATION -> duration(position);
      case BYTES -> bytes(position);
      case ARRAY -> list(position);
    };
  }

  private @Nullable Object ifPresent(Object value, int position) {
    return isNull(position) ? null : value;
  }
}
