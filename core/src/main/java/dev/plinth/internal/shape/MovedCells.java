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

/// A row whose cells stand in another order than the shape that reads it has.
record MovedCells(Cells cells, int[] positions) implements Cells {

  @Override
  public boolean isNull(int position) {
    return cells.isNull(positions[position]);
  }

  @Override
  public @Nullable String text(int position) {
    return cells.text(positions[position]);
  }

  @Override
  public short int16(int position) {
    return cells.int16(positions[position]);
  }

  @Override
  public int int32(int position) {
    return cells.int32(positions[position]);
  }

  @Override
  public long int64(int position) {
    return cells.int64(positions[position]);
  }

  @Override
  public float float32(int position) {
    return cells.float32(positions[position]);
  }

  @Override
  public double float64(int position) {
    return cells.float64(positions[position]);
  }

  @Override
  public boolean bool(int position) {
    return cells.bool(positions[position]);
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    return cells.decimal(positions[position]);
  }

  @Override
  public @Nullable UUID uuid(int position) {
    return cells.uuid(positions[position]);
  }

  @Override
  public @Nullable Instant instant(int position) {
    return cells.instant(positions[position]);
  }

  @Override
  public @Nullable LocalDate date(int position) {
    return cells.date(positions[position]);
  }

  @Override
  public @Nullable LocalTime time(int position) {
    return cells.time(positions[position]);
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    return cells.dateTime(positions[position]);
  }

  @Override
  public @Nullable Duration duration(int position) {
    return cells.duration(positions[position]);
  }

  @Override
  public byte @Nullable [] bytes(int position) {
    return cells.bytes(positions[position]);
  }

  @Override
  public @Nullable List<@Nullable Object> list(int position) {
    return cells.list(positions[position]);
  }

  @Override
  public @Nullable Object any(int position) {
    return cells.any(positions[position]);
  }
}
