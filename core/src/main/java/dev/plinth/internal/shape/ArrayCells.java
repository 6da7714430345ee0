package dev.plinth.internal.shape;

import dev.plinth.spi.Cells;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Canonical values that are read like a stored row.
///
/// @param values in the order of a shape; never changed
public record ArrayCells(@Nullable Object[] values) implements Cells {

  @Override
  public boolean isNull(int position) {
    return values[position] == null;
  }

  @Override
  public @Nullable String text(int position) {
    return (String) values[position];
  }

  @Override
  public int int32(int position) {
    return values[position] instanceof Number number ? number.intValue() : 0;
  }

  @Override
  public long int64(int position) {
    return values[position] instanceof Number number ? number.longValue() : 0;
  }

  @Override
  public double float64(int position) {
    return values[position] instanceof Number number ? number.doubleValue() : 0;
  }

  @Override
  public boolean bool(int position) {
    return values[position] instanceof Boolean flag && flag;
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    return (BigDecimal) values[position];
  }

  @Override
  public @Nullable UUID uuid(int position) {
    return (UUID) values[position];
  }

  @Override
  public @Nullable Instant instant(int position) {
    return (Instant) values[position];
  }

  @Override
  public @Nullable LocalDate date(int position) {
    return (LocalDate) values[position];
  }

  @Override
  public @Nullable LocalTime time(int position) {
    return (LocalTime) values[position];
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    return (LocalDateTime) values[position];
  }

  @Override
  public @Nullable Duration duration(int position) {
    return (Duration) values[position];
  }

  @Override
  public byte @Nullable [] bytes(int position) {
    return values[position] instanceof byte[] bytes ? bytes.clone() : null;
  }

  @Override
  @SuppressWarnings("unchecked") // canonical
  public @Nullable List<@Nullable Object> list(int position) {
    return (List<@Nullable Object>) values[position];
  }

  @Override
  public @Nullable Object any(int position) {
    return values[position];
  }
}
