package dev.plinth.internal.engine.duckdb;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.internal.engine.KeptStatements.Kept;
import dev.plinth.spi.Begin;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Deadline;
import dev.plinth.spi.Load;
import dev.plinth.spi.Sent;
import dev.plinth.spi.Statement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSetMetaData;
import org.duckdb.StatementReturnType;
import org.jspecify.annotations.Nullable;

/// One of the connections to a DuckDB instance.
final class DuckDbSession extends JdbcSession {

  private static final int KEPT = 256;
  private static final int FEW = 20; // rows, for which an appender is not worth its making
  private static final Set<String> AGAIN =
      Set.of(
          "select",
          "with",
          "insert",
          "update",
          "delete",
          "merge",
          "begin",
          "commit",
          "rollback",
          "set");
  private static final Statement STREAM =
      control("set session jdbc_stream_results = true", "begin to stream");
  private static final Statement DO_NOT_STREAM =
      control("set session jdbc_stream_results = false", "end to stream");
  private static final Statement BEGIN = control("begin transaction", "begin a transaction");
  private static final Statement BEGIN_READ =
      control("begin transaction read only", "begin a transaction");

  private final DuckDBConnection connection;
  private final boolean reading;
  private final Duration limit;
  private long changes;
  private boolean streaming; // whether results still come row by row
  private boolean returning; // whether the rows of the next result were changed
  private boolean ending; // what runs now ends the transaction
  private int seconds; // that the next statement may take; 0 for no limit

  DuckDbSession(
      DuckDBConnection connection,
      boolean reading,
      Duration limit,
      boolean echo,
      Consumer<JdbcSession> giveBack) {
    super(connection, KEPT, echo, giveBack);
    this.connection = connection;
    this.reading = reading;
    this.limit = limit;
  }

  @Override
  protected void bind(PreparedStatement prepared, int position, ColumnType type, Object value)
      throws SQLException {
    DuckDbBinder.bind(prepared, position, type, value);
  }

  // Without this the driver brings all rows at once. It reads on by the same connection, which
  // until
  // then does nothing else, so in a transaction all rows come at once all the same.
  @Override
  public Rows stream(Statement statement, @Nullable Object... arguments) {
    if (inTransaction() || !reading) { // what a write gives must be done, however much is read
      return super.stream(statement, arguments);
    }
    settle();
    super.update(STREAM);
    try {
      return super.stream(statement, arguments);
    } finally {
      streaming = true;
    }
  }

  private void settle() {
    if (streaming) {
      streaming = false;
      super.update(DO_NOT_STREAM);
    }
  }

  @Override
  public long update(Statement statement, @Nullable Object... arguments) {
    settle();
    return isLone(statement)
        ? alone(() -> super.update(statement, arguments))
        : super.update(statement, arguments);
  }

  // a statement that commits by itself can be stopped behind its commit, while DuckDB tidies up
  private boolean isLone(Statement statement) {
    return !ending && !inTransaction() && !reading && !limit.isZero() && again(statement);
  }

  @Override
  protected void end(boolean commit) {
    ending = true;
    try {
      super.end(commit);
    } finally {
      ending = false;
    }
  }

  @Override
  public Rows query(Statement statement, @Nullable Object... arguments) {
    settle();
    returning = statement.sql().contains(" returning ");
    return returning && isLone(statement)
        ? alone(() -> super.query(statement, arguments)) // its rows are all here by then
        : super.query(statement, arguments);
  }

  @Override
  protected Rows rows(ResultSet rows, Kept kept, String what) {
    return new DuckDbRows(rows, kept, this, what, returning ? () -> changes++ : null);
  }

  @Override
  public long changes() {
    return changes;
  }

  @Override
  protected DatabaseException classify(SQLException e, String what) {
    return DuckDbErrors.classify(e, what, reading);
  }

  @Override
  protected boolean endsTransaction(SQLException e) {
    return DuckDbErrors.endsTransaction(e);
  }

  @Override
  protected void start(Begin begin) {
    super.update(begin.readOnly() ? BEGIN_READ : BEGIN);
  }

  // what makes a table is used up by its first run: run again after a rollback, it makes one that
  // has no columns and no constraints, and says nothing
  @Override
  protected boolean again(Statement statement) {
    String sql = statement.sql();
    int end = 0;
    while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
      end++;
    }
    return AGAIN.contains(sql.substring(0, end).toLowerCase(Locale.ROOT));
  }

  // the driver counts in whole seconds; a commit has no limit, for it can be stopped behind its
  // effect
  @Override
  protected void working(@Nullable Deadline deadline) {
    long nanos = limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
    if (deadline != null) {
      nanos = Math.min(nanos, deadline.left().toNanos());
    }
    seconds =
        ending || nanos == Long.MAX_VALUE
            ? 0
            : (int) Math.max(1, Math.ceilDiv(nanos, 1_000_000_000L));
  }

  @Override
  protected ResultSet runQuery(PreparedStatement prepared) throws SQLException {
    if (kind(prepared) != StatementReturnType.QUERY_RESULT) {
      throw new SQLException("Binder Error: it gives no rows: use execute() instead");
    }
    prepared.setQueryTimeout(seconds);
    return prepared.executeQuery();
  }

  @Override
  protected long runUpdate(PreparedStatement prepared, String what) throws SQLException {
    // as long as a parameter has no type, a change of rows looks like a query as well
    if (kind(prepared) == StatementReturnType.QUERY_RESULT
        && !prepared.getMetaData().getColumnTypeName(1).equals("UNKNOWN")) {
      throw new SQLException("Binder Error: it gives rows: read them instead");
    }
    prepared.setQueryTimeout(seconds);
    long changed = Math.max(0, prepared.executeUpdate());
    changes += changed;
    return changed;
  }

  // asked before it is run: a statement of the wrong kind would have done its work
  private static StatementReturnType kind(PreparedStatement prepared) throws SQLException {
    return prepared.getMetaData().unwrap(DuckDBResultSetMetaData.class).getReturnType();
  }

  // the driver's own is no faster, and says nothing about single rows
  @Override
  public int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    int[] counts = new int[rows.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (int) update(statement, rows.get(i));
    }
    return counts;
  }

  @Override
  public void load(Load load, List<@Nullable Object[]> rows) {
    DuckDbAppend append = rows.size() < FEW ? null : new DuckDbAppend(load, this);
    if (append == null || !append.able()) {
      batch(load.insert(), rows);
      return;
    }
    check(load.insert());
    Sent.tell(load.insert());
    try {
      append.send(connection, rows);
      changes += rows.size();
    } catch (SQLException e) {
      throw failed(e, load.insert().what());
    }
  }

  @Override
  public boolean numbers(String table, String key) {
    return DuckDbCatalog.numbers(this, table, key, DuckDbDialect.sequenceName(table, key));
  }

  @Override
  public void savepoint(int depth) {
    throw new UnsupportedException("DuckDB has no savepoints.");
  }
}
