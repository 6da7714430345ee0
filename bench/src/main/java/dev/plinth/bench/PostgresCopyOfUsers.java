package dev.plinth.bench;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.ByteConverter;

/// New rows of [User] in the binary format of `copy`, as an expert writes it for the one table.
final class PostgresCopyOfUsers implements AutoCloseable {

  private static final String COPY =
      "copy users (" + UserSql.COLUMNS + ") from stdin (format binary)";
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final byte[][] ROLES = JdbcContender.utf8(User.Role.values());
  private static final byte[][] STATUSES = JdbcContender.utf8(User.Status.values());
  private static final int PORTION = 64 * 1024;
  private static final long MICROS_TO_2000 = 946_684_800_000_000L;

  private final CopyIn copy;
  private byte[] bytes = new byte[PORTION + 8 * 1024];
  private int size;

  PostgresCopyOfUsers(PgConnection connection) throws SQLException {
    copy = connection.getCopyAPI().copyIn(COPY);
    write(HEADER);
  }

  void add(User row) throws SQLException {
    room(256);
    ByteConverter.int2(bytes, size, 12);
    size += 2;
    UUID id = Objects.requireNonNull(row.id());
    ByteConverter.int4(bytes, size, 16);
    ByteConverter.int8(bytes, size + 4, id.getMostSignificantBits());
    ByteConverter.int8(bytes, size + 12, id.getLeastSignificantBits());
    size += 20;
    text(row.email());
    text(row.firstName());
    text(row.lastName());
    sized(ROLES[row.role().ordinal()]);
    sized(STATUSES[row.status().ordinal()]);
    room(64);
    ByteConverter.int4(bytes, size, 4);
    ByteConverter.int4(bytes, size + 4, row.age());
    ByteConverter.int4(bytes, size + 8, 1);
    bytes[size + 12] = (byte) (row.subscribed() ? 1 : 0);
    size += 13;
    text(row.bio());
    room(64);
    int64(row.version());
    time(Objects.requireNonNull(row.createdAt()));
    time(Objects.requireNonNull(row.updatedAt()));
    if (size >= PORTION) {
      copy.writeToCopy(bytes, 0, size);
      size = 0;
    }
  }

  private void text(@Nullable String value) {
    if (value == null) {
      room(4);
      ByteConverter.int4(bytes, size, -1);
      size += 4;
    } else {
      sized(value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void sized(byte[] value) {
    room(4 + value.length);
    ByteConverter.int4(bytes, size, value.length);
    size += 4;
    write(value);
  }

  private void write(byte[] value) {
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  private void time(Instant time) {
    int64(Stamps.micros(time) - MICROS_TO_2000);
  }

  private void int64(long value) {
    ByteConverter.int4(bytes, size, 8);
    ByteConverter.int8(bytes, size + 4, value);
    size += 12;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  void end() throws SQLException {
    room(2);
    ByteConverter.int2(bytes, size, -1);
    copy.writeToCopy(bytes, 0, size + 2);
    copy.endCopy();
  }

  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
