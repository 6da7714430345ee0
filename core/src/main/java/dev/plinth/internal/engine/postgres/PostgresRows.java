package dev.plinth.internal.engine.postgres;

import dev.plinth.internal.engine.JdbcRows;
import dev.plinth.internal.engine.KeptStatements;
import dev.plinth.internal.shape.Canonical;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGobject;

/// The rows of a running query on PostgreSQL, read by the getters that the driver takes directly.
final class PostgresRows extends JdbcRows {

  /// 1900-01-01: before it the driver's timestamps follow another calendar than ours.
  private static final long MODERN = -2_208_988_800_000L;

  private static final long SECONDS_TO_2000 = 946_684_800L;
  private static final long INFINITY_AS_TEXT = 0x696e_6669_6e69_7479L; // it has 8 letters

  // what the driver makes of infinity, and of 24:00: no day and no time that the server can keep
  private static final Set<Object> ENDLESS =
      Set.of(LocalTime.MAX, LocalDate.MAX, LocalDate.MIN, LocalDateTime.MAX, LocalDateTime.MIN);

  private int @Nullable [] types; // of the columns that were asked for whole numbers

  PostgresRows(ResultSet rows, KeptStatements.Kept kept, PostgresSession session, String what) {
    super(rows, kept, session, what);
  }

  @Override
  public boolean isNull(int position) {
    try {
      return rows().getBytes(position + 1) == null; // as it came, without making a value of it
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public int int32(int position) {
    try {
      return isWhole(position) ? rows().getInt(position + 1) : whole(position).intValueExact();
    } catch (SQLException | ArithmeticException e) {
      throw wrong(position, e, "a 32-bit number");
    }
  }

  @Override
  public short int16(int position) {
    try {
      return isWhole(position) ? rows().getShort(position + 1) : whole(position).shortValueExact();
    } catch (SQLException | ArithmeticException e) {
      throw wrong(position, e, "a 16-bit number");
    }
  }

  @Override
  public long int64(int position) {
    try {
      return isWhole(position) ? rows().getLong(position + 1) : whole(position).longValueExact();
    } catch (SQLException | ArithmeticException e) {
      throw wrong(position, e, "a whole number");
    }
  }

  // of any other number the driver would cut off what stands behind the point
  private boolean isWhole(int position) throws SQLException {
    return switch (type(position)) {
      case Types.BIGINT, Types.INTEGER, Types.SMALLINT -> true;
      default -> false;
    };
  }

  private int type(int position) throws SQLException {
    if (types == null) {
      types = new int[rows().getMetaData().getColumnCount()];
    }
    if (types[position] == Types.NULL) { // not looked at yet
      types[position] = rows().getMetaData().getColumnType(position + 1);
    }
    return types[position];
  }

  private BigDecimal whole(int position) throws SQLException {
    BigDecimal number = rows().getBigDecimal(position + 1);
    return number == null ? BigDecimal.ZERO : number;
  }

  @Override
  public float float32(int position) {
    try {
      return rows().getFloat(position + 1);
    } catch (SQLException e) {
      throw wrong(position, e, "a number");
    }
  }

  @Override
  public double float64(int position) {
    try {
      return rows().getDouble(position + 1);
    } catch (SQLException e) {
      throw wrong(position, e, "a number");
    }
  }

  @Override
  public boolean bool(int position) {
    try {
      return rows().getBoolean(position + 1);
    } catch (SQLException e) {
      throw wrong(position, e, "true or false");
    }
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    try {
      return rows().getBigDecimal(position + 1);
    } catch (SQLException e) {
      throw wrong(position, e, "a decimal number");
    }
  }

  @Override
  public @Nullable UUID uuid(int position) {
    try {
      return rows().getObject(position + 1, UUID.class);
    } catch (ClassCastException e) {
      return parsed(position); // a column of text that other programs keep theirs in
    } catch (SQLException | IllegalArgumentException e) {
      throw wrong(position, e, "a UUID");
    }
  }

  private @Nullable UUID parsed(int position) {
    String text = text(position);
    try {
      return text == null ? null : UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw unfit(position, "a UUID");
    }
  }

  @Override
  public @Nullable Instant instant(int position) {
    try {
      byte[] sent = rows().getBytes(position + 1);
      if (sent != null
          && sent.length == 8
          && isTime(position)) { // in binary: microseconds since 2000
        long micros = ByteConverter.int8(sent, 0);
        if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
          throw unfit(position, "a point in time"); // it holds infinity
        }
        if (micros != INFINITY_AS_TEXT) {
          return Instant.ofEpochSecond(
              SECONDS_TO_2000 + Math.floorDiv(micros, 1_000_000L),
              Math.floorMod(micros, 1_000_000L) * 1000L);
        }
      }
      if (sent != null && isTime(position) && !isZoned(sent)) { // of a column without a zone
        LocalDateTime time = dateTime(position);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
      }
      Timestamp timestamp = sent == null ? null : rows().getTimestamp(position + 1);
      if (timestamp == null) {
        return null;
      }
      long millis = timestamp.getTime();
      if (millis < MODERN || millis == PGStatement.DATE_POSITIVE_INFINITY) {
        return exactly(position);
      }
      return timestamp.toInstant();
    } catch (SQLException e) {
      throw wrong(position, e, "a point in time");
    }
  }

  private boolean isTime(int position) throws SQLException {
    int type = type(position);
    return type == Types.TIMESTAMP || type == Types.TIMESTAMP_WITH_TIMEZONE;
  }

  private static boolean isZoned(byte[] text) {
    for (int i = 11; i < text.length; i++) { // behind the date
      if (text[i] == '+' || text[i] == '-') {
        return true;
      }
    }
    return text.length < 11; // infinity
  }

  private @Nullable Instant exactly(int position) throws SQLException {
    OffsetDateTime time = rows().getObject(position + 1, OffsetDateTime.class);
    if (time == null) {
      return null;
    }
    if (time.equals(OffsetDateTime.MAX) || time.equals(OffsetDateTime.MIN)) {
      throw unfit(position, "a point in time"); // it holds infinity
    }
    return time.toInstant();
  }

  @Override
  public @Nullable LocalDate date(int position) {
    return read(position, LocalDate.class, "a date");
  }

  @Override
  public @Nullable LocalTime time(int position) {
    return read(position, LocalTime.class, "a time of day");
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    return read(position, LocalDateTime.class, "a date and time");
  }

  private <T> @Nullable T read(int position, Class<T> type, String wanted) {
    try {
      T value = rows().getObject(position + 1, type);
      if (value != null && ENDLESS.contains(value)) {
        throw unfit(position, wanted);
      }
      return value;
    } catch (SQLException e) {
      throw wrong(position, e, wanted);
    }
  }

  @Override
  public @Nullable Duration duration(int position) {
    long micros = int64(position);
    return micros == 0 && isNull(position) ? null : Canonical.duration(micros);
  }

  @Override
  public @Nullable List<@Nullable Object> list(int position) {
    try {
      Array array = rows().getArray(position + 1);
      return array == null ? null : PostgresArrays.items(array);
    } catch (SQLException | IllegalArgumentException e) {
      throw wrong(position, e, "a list");
    }
  }

  @Override
  public @Nullable Object any(int position) {
    try {
      Object value = rows().getObject(position + 1);
      return switch (value) {
        case Timestamp _ ->
            "timestamptz".equals(rows().getMetaData().getColumnTypeName(position + 1))
                ? instant(position)
                : dateTime(position);
        case java.sql.Date _ -> date(position);
        case java.sql.Time _ -> time(position);
        case Integer number -> number.longValue();
        case PGobject other -> other.getValue();
        case Array _ -> list(position);
        case null, default -> value;
      };
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  // what the driver cannot convert is told from what it could not read
  private RuntimeException wrong(int position, Exception e, String wanted) {
    return e instanceof SQLException sql && !PostgresErrors.isConversion(sql)
        ? failed(sql)
        : unfit(position, wanted);
  }
}
