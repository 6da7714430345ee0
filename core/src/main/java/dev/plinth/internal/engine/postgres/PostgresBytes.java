package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.shape.Canonical;
import dev.plinth.spi.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ByteConverter;

/// Values as the server's own functions send them, which is how `COPY` and arrays take them.
///
/// Times count from 2000-01-01.
final class PostgresBytes {

  private static final long MICROS_TO_2000 = 946_684_800_000_000L;
  private static final long DAYS_TO_2000 = 10_957;

  private byte[] bytes;
  private int size;

  PostgresBytes(int room) {
    this.bytes = new byte[room];
  }

  /// How many bytes there are.
  int size() {
    return size;
  }

  /// Where the bytes are, from the first one on.
  byte[] array() {
    return bytes;
  }

  /// The bytes by themselves.
  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }

  /// Begins anew.
  void clear() {
    size = 0;
  }

  /// A value with its length in front; none has the length -1.
  void cell(ColumnType type, @Nullable Object value) {
    if (value == null) {
      int32(-1);
    } else {
      append(type, value);
    }
  }

  /// An array with its length in front; none has the length -1.
  void arrayCell(int element, ColumnType type, @Nullable List<? extends @Nullable Object> values) {
    int at = size;
    int32(-1);
    if (values != null) {
      array(element, type, values);
      ByteConverter.int4(bytes, at, size - at - 4);
    }
  }

  /// An array as the server's `array_send` writes it.
  ///
  /// @param element the elements' type on the server
  void array(int element, ColumnType type, List<? extends @Nullable Object> values) {
    int32(values.isEmpty() ? 0 : 1);
    int32(0);
    int32(element);
    if (!values.isEmpty()) {
      int32(values.size());
      int32(1);
      values.forEach(value -> cell(type, value));
    }
  }

  private void append(ColumnType type, Object value) {
    switch (type) {
      case TEXT -> sized(((String) value).getBytes(StandardCharsets.UTF_8));
      case JSON -> {
        byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
        int32(text.length + 1);
        room(1);
        bytes[size++] = 1; // the version of the format
        append(text);
      }
      case SHORT -> {
        int32(2);
        int16((Short) value);
      }
      case INTEGER -> {
        int32(4);
        int32((Integer) value);
      }
      case LONG -> int64Sized((Long) value);
      case FLOAT -> {
        int32(4);
        int32(Float.floatToIntBits((Float) value));
      }
      case DOUBLE -> int64Sized(Double.doubleToLongBits((Double) value));
      case BOOLEAN -> {
        int32(1);
        room(1);
        bytes[size++] = (byte) ((Boolean) value ? 1 : 0);
      }
      case DECIMAL -> sized(ByteConverter.numeric((BigDecimal) value));
      case UUID -> {
        UUID uuid = (UUID) value;
        int32(16);
        int64(uuid.getMostSignificantBits());
        int64(uuid.getLeastSignificantBits());
      }
      case INSTANT -> int64Sized(Canonical.micros((Instant) value) - MICROS_TO_2000);
      case DATE_TIME ->
          int64Sized(
              Canonical.micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC)) - MICROS_TO_2000);
      case DATE -> {
        int32(4);
        int32(Math.toIntExact(((LocalDate) value).toEpochDay() - DAYS_TO_2000));
      }
      case TIME -> int64Sized(((LocalTime) value).toNanoOfDay() / 1000);
      case DURATION -> int64Sized(Canonical.micros((Duration) value));
      case BYTES -> sized((byte[]) value);
      case ARRAY -> throw new IllegalArgumentException("an array needs the type of its elements");
    }
  }

  private void int64Sized(long value) {
    int32(8);
    int64(value);
  }

  private void sized(byte[] value) {
    int32(value.length);
    append(value);
  }

  void append(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void int16(int value) {
    room(2);
    ByteConverter.int2(bytes, size, value);
    size += 2;
  }

  void int32(int value) {
    room(4);
    ByteConverter.int4(bytes, size, value);
    size += 4;
  }

  private void int64(long value) {
    room(8);
    ByteConverter.int8(bytes, size, value);
    size += 8;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
