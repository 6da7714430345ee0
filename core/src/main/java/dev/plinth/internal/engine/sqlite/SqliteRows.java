package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.spi.Session;
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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of a running query; it frees its statement when closed.
final class SqliteRows implements Session.Rows {

  private final ResultSet rows;
  private final SqliteStatements.Kept kept;
  private final SqliteSession session;
  private final String what;
  private boolean closed;
  private int last = -1; // the cell that the driver read last

  SqliteRows(ResultSet rows, SqliteStatements.Kept kept, SqliteSession session, String what) {
    this.rows = rows;
    this.kept = kept;
    this.session = session;
    this.what = what;
  }

  @Override
  public boolean next() {
    try {
      return rows.next();
    } catch (SQLException e) {
      kept.spoil();
      throw session.failed(e, what);
    }
  }

  @Override
  public List<String> names() {
    try {
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        names.add(rows.getMetaData().getColumnLabel(i));
      }
      return names;
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        rows.close();
      } catch (SQLException e) {
        kept.spoil();
        throw session.failed(e, what);
      } finally {
        session.statements().giveBack(kept);
      }
    }
  }

  @Override
  public boolean isNull(int position) {
    try {
      if (position != last) {
        last = position;
        rows.getInt(position + 1); // the driver tells only of the cell that was read last
      }
      return rows.wasNull();
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public @Nullable String text(int position) {
    last = position;
    try {
      return rows.getString(position + 1);
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public int int32(int position) {
    long value = int64(position);
    if (value != (int) value) {
      throw unfit(position, "a 32-bit number", null);
    }
    return (int) value;
  }

  @Override
  public short int16(int position) {
    long value = int64(position);
    if (value != (short) value) {
      throw unfit(position, "a 16-bit number", null);
    }
    return (short) value;
  }

  @Override
  public long int64(int position) {
    last = position;
    try {
      return rows.getLong(position + 1);
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public double float64(int position) {
    last = position;
    try {
      return rows.getDouble(position + 1);
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public boolean bool(int position) {
    return int64(position) != 0;
  }

  @Override
  public @Nullable BigDecimal decimal(int position) {
    String text = text(position);
    try {
      return text == null ? null : new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw unfit(position, "a decimal number", e);
    }
  }

  @Override
  public @Nullable UUID uuid(int position) {
    String text = text(position);
    try {
      return text == null ? null : UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw unfit(position, "a UUID", e);
    }
  }

  @Override
  public @Nullable Instant instant(int position) {
    long micros = int64(position);
    // Text such as "2026-11-21 10:00:00", as other programs store it, reads as its leading number,
    // the year; so only a number in the range of years needs a second look.
    if (micros >= -9999 && micros <= 9999) {
      String text = text(position);
      if (text == null) {
        return null;
      }
      if (text.indexOf('-', 1) > 0) {
        return isoInstant(position, text);
      }
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
      throw unfit(position, "a point in time", e);
    }
  }

  @Override
  public @Nullable LocalDate date(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw unfit(position, "a date", e);
    }
  }

  @Override
  public @Nullable LocalTime time(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw unfit(position, "a time of day", e);
    }
  }

  @Override
  public @Nullable LocalDateTime dateTime(int position) {
    String text = text(position);
    try {
      return text == null ? null : LocalDateTime.parse(text.replace(' ', 'T'));
    } catch (DateTimeException e) {
      throw unfit(position, "a date and time", e);
    }
  }

  @Override
  public @Nullable Duration duration(int position) {
    long micros = int64(position);
    if (micros == 0 && isNull(position)) {
      return null;
    }
    return Duration.ofSeconds(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  @Override
  public byte @Nullable [] bytes(int position) {
    last = position;
    try {
      return rows.getBytes(position + 1);
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  @Override
  public @Nullable Object any(int position) {
    last = position;
    try {
      Object value = rows.getObject(position + 1);
      return value instanceof Integer number ? (Object) number.longValue() : value;
    } catch (SQLException e) {
      throw session.failed(e, what);
    }
  }

  private DatabaseException unfit(int position, String wanted, @Nullable Exception cause) {
    return new DataException(
        "Column %s (%s) does not hold %s.".formatted(names().get(position), what, wanted), cause);
  }
}
