package dev.plinth.internal.engine.duckdb;

import dev.plinth.internal.engine.JdbcRows;
import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.internal.engine.KeptStatements;
import dev.plinth.internal.shape.Canonical;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of a running DuckDB query.
///
/// A cell of the type that is asked for is read as it stands; every other goes through [#any], because
/// the driver's own conversions lose digits, days and hours without a word.
final class DuckDbRows extends JdbcRows {

  private int @Nullable [] types; // of java.sql.Types
  private final @Nullable Runnable changed;
  private int read = -1; // the cell that the driver's wasNull() is about

  /// The rows of a result.
  ///
  /// @param changed told of every row, if each is one that was changed; null otherwise
  DuckDbRows(
      ResultSet rows,
      KeptStatements.Kept kept,
      JdbcSession session,
      String what,
      @Nullable Runnable changed) {
    super(rows, kept, session, what);
    this.changed = changed;
  }

  @Override
  public boolean next() {
    read = -1;
    boolean next = super.next();
    if (next && changed != null) {
      changed.run();
    }
    return next;
  }

  private int type(int position) {
    if (types == null) {
      try {
        types = types(rows().getMetaData());
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    return types[position];
  }

  private static int[] types(ResultSetMetaData columns) throws SQLException {
    int[] types = new int[columns.getColumnCount()];
    for (int i = 0; i < types.length; i++) {
      int type = columns.getColumnType(i + 1);
      // seconds, milliseconds and nanoseconds have the type of microseconds
      boolean other =
          type == Types.TIMESTAMP && !columns.getColumnTypeName(i + 1).equals("TIMESTAMP");
      types[i] = other ? Types.OTHER : type;
    }
    return types;
  }

  @Override
  public boolean isNull(int position) {
    try {
      return read == position ? rows().wasNull() : rows().getObject(position + 1) == null;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public @Nullable String text(int position) {
    int type = type(position);
    if (type == Types.VARCHAR) {
      read = position;
      return super.text(position);
    }
    Object value = any(position);
    return value == null ? null : Canonical.text(value);
  }

  @Override
  public short int16(int position) {
    if (type(position) == Types.SMALLINT) {
      try {
        read = position;
        return rows().getShort(position + 1);
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    long value = int64(position);
    if (value != (short) value) {
      throw unfit(position, "a 16-bit number");
    }
    return (short) value;
  }

  @Override
  public int int32(int position) {
    if (type(position) == Types.INTEGER) {
      try {
        read = position;
        return rows().getInt(position + 1);
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    long value = int64(position);
    if (value != (int) value) {
      throw unfit(position, "a 32-bit number");
    }
    return (int) value;
  }

  @Override
  public long int64(int position) {
    if (type(position) == Types.BIGINT) {
      return micros(position);
    }
    return switch (any(position)) {
      case null -> 0;
      case Long number -> number;
      case Double number when whole(number) -> number.longValue();
      case Float number when whole(number) -> number.longValue();
      case BigDecimal number when number.stripTrailingZeros().scale() <= 0 && fits(number) ->
          number.longValue();
      default -> throw unfit(position, "a whole number");
    };
  }

  private static boolean whole(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15;
  }

  private static boolean fits(BigDecimal number) {
    return number.precision() - number.scale() < 20 && number.toBigInteger().bitLength() < 64;
  }

  /// What a cell of 64 bits holds: a number, or a time as microseconds since 1970.
  private long micros(int position) {
    try {
      read = position;
      return rows().getLong(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public float float32(int position) {
    if (type(position) == Types.FLOAT) {
      try {
        read = position;
        float value = rows().getFloat(position + 1);
        return rows().wasNull() ? 0 : value; // the driver says "not a number" for null
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    return (float) float64(position);
  }

  @Override
  public double float64(int position) {
    if (type(position) == Types.DOUBLE) {
      try {
        read = position;
        double value = rows().getDouble(position + 1);
        return rows().wasNull() ? 0 : value;
      } catch (SQLException e) {
        throw failed(e);
      }
    }
    return switch (any(position)) {
      case null -> 0;
      case Number number -> number.doubleValue();
      default -> throw unfit(position, "a number");
    };
  }

  @Override
  public boolean bool(int position) {
    return switch (any(position)) {
      case null -> false;
      case Boolean flag -> flag;
      case Long number when number == 0 || number == 1 -> number == 1;
      case String text when text.equalsIgnoreCase("true") -> true; // as other programs store it
      case String text when text.equalsIgnoreCase("false") -> false;
      default -> throw unfit(position, "true or false");
    };
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    try {
      return switch (any(position)) {
        case null -> null;
        case BigDecimal number -> number;
        case Long number -> BigDecimal.valueOf(number);
        case Number number -> new BigDecimal(number.toString()); // floating point
        case String text -> new BigDecimal(text);
        default -> throw unfit(position, "a decimal number");
      };
    } catch (NumberFormatException e) {
      throw unfit(position, "a decimal number");
    }
  }

  @Override
  public @Nullable UUID uuid(int position) {
    try {
      return switch (any(position)) {
        case null -> null;
        case UUID value -> value;
        case String text -> UUID.fromString(text);
        default -> throw unfit(position, "a UUID");
      };
    } catch (IllegalArgumentException e) {
      throw unfit(position, "a UUID");
    }
  }

  @Override
  public @Nullable Instant instant(int position) {
    return switch (any(position)) {
      case null -> null;
      case Instant instant -> instant;
      case LocalDateTime utc -> utc.toInstant(ZoneOffset.UTC); // as other programs store it
      case LocalDate day -> day.atStartOfDay().toInstant(ZoneOffset.UTC);
      case Long micros -> Canonical.instant(micros);
      default -> throw unfit(position, "a point in time");
    };
  }

  @Override
  public @Nullable LocalDate date(int position) {
    try {
      return switch (any(position)) {
        case null -> null;
        case LocalDate date -> date;
        case String text -> LocalDate.parse(text);
        default -> throw unfit(position, "a date");
      };
    } catch (DateTimeException e) {
      throw unfit(position, "a date");
    }
  }

  @Override
  public @Nullable LocalTime time(int position) {
    try {
      return switch (any(position)) {
        case null -> null;
        case LocalTime time -> time;
        case String text -> LocalTime.parse(text);
        default -> throw unfit(position, "a time of day");
      };
    } catch (DateTimeException e) {
      throw unfit(position, "a time of day");
    }
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    try {
      return switch (any(position)) {
        case null -> null;
        case LocalDateTime dateTime -> dateTime;
        case String text -> LocalDateTime.parse(text.replace(' ', 'T'));
        default -> throw unfit(position, "a date and time");
      };
    } catch (DateTimeException e) {
      throw unfit(position, "a date and time");
    }
  }

  @Override
  public @Nullable Duration duration(int position) {
    long micros = int64(position);
    return micros == 0 && isNull(position) ? null : Canonical.duration(micros);
  }

  @Override
  public byte @Nullable [] bytes(int position) {
    return switch (any(position)) {
      case null -> null;
      case byte[] bytes -> bytes;
      default -> throw unfit(position, "bytes");
    };
  }

  @Override
  public @Nullable Object any(int position) {
    try {
      int type = type(position);
      read = position;
      return switch (type) {
        case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> time(position, type);
        case Types.BLOB -> rows().getBytes(position + 1);
        default -> plain(position, rows().getObject(position + 1));
      };
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  // not getObject(): it takes times through the machine's time zone, which skips hours
  private @Nullable Object time(int position, int type) throws SQLException {
    long micros = micros(position);
    if (micros == 0 && rows().wasNull()) {
      return null;
    }
    if (Math.abs(micros) == Long.MAX_VALUE) {
      throw unfit(position, "a time, but infinity");
    }
    Instant instant = Canonical.instant(micros);
    return type == Types.TIMESTAMP ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC) : instant;
  }

  private @Nullable Object plain(int position, @Nullable Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case BigInteger number ->
          number.bitLength() < 64 ? (Object) number.longValue() : new BigDecimal(number);
      case java.sql.Timestamp _ -> rows().getObject(position + 1, LocalDateTime.class);
      case Long _, Float _, Double _, Boolean _, BigDecimal _, String _ -> value;
      case UUID _, LocalDate _, LocalTime _ -> value;
      default -> rows().getString(position + 1); // JSON, lists, structs
    };
  }
}
