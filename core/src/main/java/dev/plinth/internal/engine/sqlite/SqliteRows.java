package dev.plinth.internal.engine.sqlite;

import dev.plinth.internal.engine.JdbcRows;
import dev.plinth.internal.engine.KeptStatements;
import dev.plinth.internal.shape.Canonical;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of a running query on SQLite, which lets any cell hold anything.
final class SqliteRows extends JdbcRows {

  private int checked = -1; // the cell that was looked at twice, and whether it holds nothing
  private boolean checkedNull;

  SqliteRows(ResultSet rows, KeptStatements.Kept kept, SqliteSession session, String what) {
    super(rows, kept, session, what);
  }

  @Override
  public boolean next() {
    checked = -1;
    return super.next();
  }

  @Override
  public boolean isNull(int position) {
    if (position == checked) {
      return checkedNull;
    }
    return any(position) == null;
  }

  @Override
  public int int32(int position) {
    long value = int64(position);
    if (value != (int) value) {
      throw unfit(position, "a 32-bit number");
    }
    return (int) value;
  }

  @Override
  public short int16(int position) {
    long value = int64(position);
    if (value != (short) value) {
      throw unfit(position, "a 16-bit number");
    }
    return (short) value;
  }

  // not getLong: SQLite reads 0 from text, 1 from "1a" and from 1.9, and the largest number from
  // what
  // is larger, all without a word
  @Override
  public long int64(int position) {
    Object stored;
    try {
      stored = rows().getObject(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
    checked = position;
    checkedNull = stored == null;
    return switch (stored) {
      case Integer number -> number;
      case Long number -> number;
      case null -> 0;
      default -> whole(position, stored);
    };
  }

  private long whole(int position, Object stored) {
    if (stored instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return number.longValue();
    }
    throw unfit(position, "a whole number");
  }

  @Override
  public double float64(int position) {
    double value;
    try {
      value = rows().getDouble(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
    if (value == 0) {
      Object stored = any(position);
      checked = position;
      checkedNull = stored == null;
      if (stored != null && !(stored instanceof Number)) {
        throw unfit(position, "a number");
      }
    }
    return value;
  }

  @Override
  public boolean bool(int position) {
    try {
      int value = rows().getInt(position + 1);
      if (value == 1) {
        return true;
      }
    } catch (SQLException e) {
      throw failed(e);
    }
    Object stored = any(position);
    checked = position;
    checkedNull = stored == null;
    return switch (stored) {
      case null -> false;
      case Long number when number == 0 || number == 1 -> number == 1;
      case String text when text.equalsIgnoreCase("true") -> true; // as other programs store it
      case String text when text.equalsIgnoreCase("false") -> false;
      default -> throw unfit(position, "true or false");
    };
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    String text = text(position);
    try {
      return text == null ? null : new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw unfit(position, "a decimal number");
    }
  }

  @Override
  public @Nullable UUID uuid(int position) {
    String text = text(position);
    try {
      return text == null ? null : UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw unfit(position, "a UUID");
    }
  }

  @Override
  public @Nullable Instant instant(int position) {
    long micros;
    try {
      micros = rows().getLong(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
    // Text such as "2026-11-21 10:00:00", as other programs store it, reads as its leading number,
    // the year; so only a number in the range of years needs a second look.
    // So does a number that is too large.
    boolean suspect = micros == Long.MAX_VALUE || micros == Long.MIN_VALUE;
    if (suspect || (micros >= -9999 && micros <= 9999)) {
      return switch (any(position)) {
        case null -> null;
        case Long number -> Canonical.instant(number);
        case String text -> isoInstant(position, text);
        default -> throw unfit(position, "a point in time");
      };
    }
    return Canonical.instant(micros);
  }

  private Instant isoInstant(int position, String text) {
    String iso = text.length() > 10 ? text.substring(0, 10) + 'T' + text.substring(11) : text;
    try {
      if (iso.length() == 10) {
        return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
      }
      boolean zoned = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > 10;
      return Canonical.toMicros(
          zoned
              ? java.time.OffsetDateTime.parse(iso).toInstant()
              : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      throw unfit(position, "a point in time");
    }
  }

  @Override
  public @Nullable LocalDate date(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw unfit(position, "a date");
    }
  }

  @Override
  public @Nullable LocalTime time(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw unfit(position, "a time of day");
    }
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw unfit(position, "a date and time");
    }
  }

  @Override
  public @Nullable Duration duration(int position) {
    long micros = int64(position);
    if (micros == 0 && isNull(position)) {
      return null;
    }
    return Canonical.duration(micros);
  }

  @Override
  public @Nullable Object any(int position) {
    try {
      Object value = rows().getObject(position + 1);
      return value instanceof Integer number ? (Object) number.longValue() : value;
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
