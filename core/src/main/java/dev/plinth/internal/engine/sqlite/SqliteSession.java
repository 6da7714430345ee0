package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.DatabaseException;
import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.internal.engine.KeptStatements.Kept;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.spi.Begin;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Deadline;
import dev.plinth.spi.Statement;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;

/// One SQLite connection.
///
/// The driver stays in autocommit; transactions are begun and ended by statements of ours, because
/// the driver's own write lock comes too early and stays too long.
class SqliteSession extends JdbcSession {

  private static final int KEPT = 256;
  private static final Statement BEGIN_WRITE = control("begin immediate", "begin a transaction");
  private static final Statement BEGIN_READ = control("begin", "begin a transaction");
  private static final Statement TEMPORARY =
      control(
          "select 'drop ' || type || ' temp.' || '\"' || replace(name, '\"', '\"\"') || '\"'"
              + " from sqlite_temp_schema where type in ('trigger', 'view', 'table')"
              + " and name not like 'sqlite\\_%' escape '\\'"
              + " order by type = 'trigger' desc",
          "list what is temporary");

  private final boolean reading;
  private final Duration limit;
  private @Nullable Stopwatch stopwatch;

  SqliteSession(
      Connection connection,
      boolean reading,
      Duration limit,
      boolean echo,
      Consumer<JdbcSession> giveBack) {
    super(connection, KEPT, echo, giveBack);
    this.reading = reading;
    this.limit = limit;
  }

  @Override
  protected void bind(PreparedStatement prepared, int position, ColumnType type, Object value)
      throws SQLException {
    switch (type) {
      case TEXT, JSON -> prepared.setString(position, (String) value);
      case SHORT, INTEGER -> prepared.setInt(position, ((Number) value).intValue());
      case LONG -> prepared.setLong(position, (Long) value);
      case FLOAT, DOUBLE -> prepared.setDouble(position, ((Number) value).doubleValue());
      case BOOLEAN -> prepared.setInt(position, (Boolean) value ? 1 : 0);
      case DECIMAL -> prepared.setString(position, ((BigDecimal) value).toPlainString());
      case INSTANT -> prepared.setLong(position, Canonical.micros((Instant) value));
      case DURATION -> prepared.setLong(position, Canonical.micros((Duration) value));
      case ARRAY -> prepared.setString(position, Json.array((List<?>) value));
      case BYTES -> prepared.setBytes(position, (byte[]) value);
      case UUID, DATE, TIME, DATE_TIME -> prepared.setString(position, Canonical.text(value));
    }
  }

  @Override
  protected Rows rows(ResultSet rows, Kept kept, String what) {
    return new SqliteRows(rows, kept, this, what);
  }

  @Override
  protected DatabaseException classify(SQLException e, String what) {
    return SqliteErrors.classify(e, what, reading);
  }

  @Override
  protected boolean endsTransaction(SQLException e) {
    return SqliteErrors.endsTransaction(e) || (SqliteErrors.ofConstraint(e) && isOver());
  }

  // "or rollback" in a statement, a table or a trigger ends the transaction as well; that it runs
  // shows in that another cannot be begun
  private boolean isOver() {
    try (var probe = connection().createStatement()) {
      probe.execute(BEGIN_READ.sql());
      probe.execute(ROLLBACK.sql());
      return true;
    } catch (SQLException running) {
      return false;
    }
  }

  // not by another connection: a database in memory has but this one
  @Override
  protected boolean tidy() {
    List<Statement> drops = new ArrayList<>();
    try (Rows rows = query(TEMPORARY)) {
      while (rows.next()) {
        drops.add(control(Objects.requireNonNull(rows.text(0)), "drop what is temporary"));
      }
    }
    drops.forEach(drop -> update(drop));
    return true;
  }

  @Override
  protected void working(@Nullable Deadline deadline) {
    if (limit.isZero() && deadline == null && stopwatch == null) {
      return;
    }
    Stopwatch running = stopwatch;
    if (running == null) {
      running = new Stopwatch();
      stopwatch = running;
      try {
        ProgressHandler.setHandler(connection(), Stopwatch.STEPS, running);
      } catch (SQLException e) {
        throw classify(e, "limit the time");
      }
    }
    long left = limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
    running.left(
        System.nanoTime(), deadline == null ? left : Math.min(left, deadline.left().toNanos()));
  }

  /// Stops a statement whose time is over; asked by SQLite every so many steps of its machine.
  private static final class Stopwatch extends ProgressHandler {
    static final int STEPS = 10_000;
    private long start;
    private long nanos;

    void left(long start, long nanos) {
      this.start = start;
      this.nanos = nanos;
    }

    @Override
    protected int progress() {
      return System.nanoTime() - start >= nanos ? 1 : 0;
    }
  }

  @Override
  protected void start(Begin begin) {
    update(begin.readOnly() ? BEGIN_READ : BEGIN_WRITE);
  }
}
