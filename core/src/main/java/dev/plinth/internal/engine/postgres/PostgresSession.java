package dev.plinth.internal.engine.postgres;

import dev.plinth.config.Isolation;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.TransactionException;
import dev.plinth.internal.engine.Gate;
import dev.plinth.internal.engine.JdbcSession;
import dev.plinth.internal.engine.KeptStatements.Kept;
import dev.plinth.spi.Begin;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Identity;
import dev.plinth.spi.Load;
import dev.plinth.spi.Sent;
import dev.plinth.spi.Statement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/// One connection to a PostgreSQL server.
///
/// Round trips are what counts here. So the driver's "begin" travels with the first statement, and
/// what only changes the transaction's state (its isolation, its time limit, savepoints) waits and
/// travels in front of the next statement.
final class PostgresSession extends JdbcSession {

  private static final int FETCH = 1000;
  private static final int KEPT = 64; // the driver keeps more, by their text

  private final PgConnection connection;
  private final boolean replicated;
  private final PostgresLimit limit;
  private final PostgresLeftovers leftovers;
  private final PostgresAhead ahead = new PostgresAhead();
  private final PostgresRole role = new PostgresRole();
  private boolean reading;
  private @Nullable Connection borrowed; // the pool's face of the connection
  private final Map<Statement, Boolean> copies = new HashMap<>();
  private int fetch; // how many rows come at a time; 0 for all
  private int before; // how many results come before that of the statement itself
  private boolean byHand; // who wrote what runs now
  private boolean committing;
  private boolean flushed; // no commit of this borrowing was told not to wait for the log
  private @Nullable SQLException ill;
  private boolean lost;

  /// A session over one of the server's connections.
  ///
  /// @param limit what each statement may take; zero for no limit
  /// @param pooled whether the connection was made without that limit
  PostgresSession(
      PgConnection connection,
      boolean replicated,
      Duration limit,
      boolean pooled,
      boolean echo,
      Consumer<JdbcSession> giveBack) {
    super(connection, KEPT, echo, giveBack);
    this.connection = connection;
    this.replicated = replicated;
    this.limit = new PostgresLimit(connection, limit, pooled);
    this.leftovers = new PostgresLeftovers(pooled);
  }

  /// Begins a borrowing.
  void lend(boolean reading, Connection borrowed, Gate.Lease lease) {
    this.reading = reading;
    this.borrowed = borrowed;
    flushed = true;
    ill = null;
    super.lend(lease);
  }

  /// What goes back to the pool.
  Connection borrowed() {
    return Objects.requireNonNull(borrowed, "not lent");
  }

  /// Whether the connection is of no more use.
  boolean lost() {
    return lost;
  }

  /// What went wrong by the server's fault; null if nothing did.
  @Nullable SQLException ill() {
    return ill;
  }

  @Override
  protected void bind(PreparedStatement prepared, int position, ColumnType type, Object value)
      throws SQLException {
    if (byHand && type == ColumnType.TEXT) {
      prepared.setString(
          position, (String) value); // beside a parameter there, nothing tells its type
    } else {
      PostgresBinder.bind(connection, prepared, position, type, value);
    }
  }

  @Override
  protected void bindNull(PreparedStatement prepared, int position, ColumnType type)
      throws SQLException {
    PostgresBinder.bindNull(prepared, position, type);
  }

  @Override
  protected Rows rows(ResultSet rows, Kept kept, String what) {
    return new PostgresRows(rows, kept, this, what);
  }

  @Override
  protected DatabaseException classify(SQLException e, String what) {
    if (PostgresErrors.isIll(e)) {
      ill = e;
    }
    lost |= PostgresErrors.isLost(e, reading);
    return PostgresErrors.classify(
        e, what, new PostgresErrors.Moment(reading, inTransaction(), committing));
  }

  @Override
  protected boolean endsTransaction(SQLException e) {
    return PostgresErrors.isOfServer(e); // until it is rolled back, to a savepoint at least
  }

  @Override
  protected void start(Begin begin) {
    try {
      connection.setAutoCommit(false); // sends nothing
    } catch (SQLException e) {
      throw classify(e, "begin a transaction");
    }
    if (begin.readOnly() || begin.isolation() != Isolation.READ_COMMITTED) {
      ahead.add(
          "set transaction isolation level "
              + PostgresDialect.level(begin.isolation())
              + (begin.readOnly() ? " read only" : ""));
    }
    limit.begin(begin.deadline());
    allow();
  }

  /// Lets something travel in front of the transaction's next statement.
  void ahead(String sql) {
    ahead.add(sql);
  }

  private void allow() {
    try {
      String news = limit.news();
      if (news != null) {
        ahead.add(news);
      }
    } catch (SQLException e) {
      throw classify(e, "limit the time of a transaction");
    }
  }

  @Override
  public void savepoint(int depth) {
    ahead.savepoint(depth);
  }

  @Override
  public void release(int depth) {
    ahead.release(depth);
  }

  @Override
  public void rollbackTo(int depth) {
    if (ahead.takeBack(depth)) { // nothing was sent since
      return;
    }
    if (ahead.isUnsure()) {
      throw new TransactionException(
          "A part of the transaction cannot be undone alone: it was stopped at its begin.");
    }
    ahead.clear(); // what comes behind the savepoint goes with it
    limit.undone();
    role.undone();
    try (java.sql.Statement back = connection.createStatement()) {
      back.executeUpdate("rollback to savepoint plinth_" + depth);
    } catch (SQLException e) {
      throw classify(e, "roll back to a savepoint");
    }
    setBroken(false);
    release(depth);
  }

  @Override
  protected String text(Statement statement) {
    leftovers.note(statement, inTransaction());
    byHand = statement.byHand();
    flushed &= !replicated || PostgresReplicas.flushes(statement);
    if (inTransaction()) {
      allow();
    }
    before = ahead.size();
    return ahead.before(statement.sql());
  }

  @Override
  protected ResultSet runQuery(PreparedStatement prepared) throws SQLException {
    prepared.setFetchSize(fetch);
    if (before == 0) {
      ResultSet rows = prepared.executeQuery();
      confirm(prepared);
      return rows;
    }
    if (!runBehind(prepared)) {
      throw new SQLException("Query does not return results", PostgresErrors.NO_RESULTS);
    }
    return prepared.getResultSet();
  }

  @Override
  protected long runUpdate(PreparedStatement prepared, String what) throws SQLException {
    boolean rows = before == 0 ? prepared.execute() : runBehind(prepared);
    if (before == 0) {
      confirm(prepared);
    }
    return rows ? 0 : Math.max(0, prepared.getUpdateCount()); // it is done, whoever wants its rows
  }

  // runs a statement with what travels in front of it, up to its own result: whether that has rows
  private boolean runBehind(PreparedStatement prepared) throws SQLException {
    boolean rows;
    try {
      rows = prepared.execute();
    } catch (SQLException e) {
      ahead.failed(e);
      throw e;
    }
    ahead.clear();
    for (int i = 0; i < before; i++) {
      rows = prepared.getMoreResults();
    }
    return rows;
  }

  // a statement that is its own transaction was acknowledged, but perhaps not by the standbys
  private void confirm(PreparedStatement prepared) throws SQLException {
    if (!reading && !inTransaction() && PostgresErrors.isUnreplicated(prepared.getWarnings())) {
      throw new SQLException("The commit was not replicated", PostgresErrors.UNKNOWN);
    }
  }

  @Override
  public int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    flush();
    return super.batch(statement, rows);
  }

  /// Sends what waits to travel with the next statement.
  private void flush() {
    if (ahead.size() > 0) {
      update(control(ahead.removeLast(), "set up the transaction"));
    }
  }

  @Override
  public Rows query(Statement statement, @Nullable Object... arguments) {
    return inTransaction() || !limit.isOfTransactions()
        ? super.query(statement, arguments)
        : alone(() -> super.query(statement, arguments)); // its rows are all here by then
  }

  @Override
  public long update(Statement statement, @Nullable Object... arguments) {
    return inTransaction() || !limit.isOfTransactions()
        ? super.update(statement, arguments)
        : alone(() -> super.update(statement, arguments));
  }

  @Override
  public Rows stream(Statement statement, @Nullable Object... arguments) {
    if (!inTransaction() && !reading) {
      return query(statement, arguments); // what a write gives is not many, and must be kept
    }
    if (!inTransaction()) {
      noteHolder();
      begin(Begin.WRITE); // rows come in portions only inside a transaction; close() ends it
    }
    flush();
    fetch = FETCH;
    try {
      return query(statement, arguments);
    } finally {
      fetch = 0;
    }
  }

  @Override
  public boolean exact(Load load) {
    return !role.isAssumed() // whose rows the server would not let be copied
        && copies.computeIfAbsent(load.insert(), _ -> PostgresCopy.suits(load, this));
  }

  @Override
  public void load(Load load, List<@Nullable Object[]> rows) {
    flush();
    if (!exact(load)) {
      super.load(load, rows);
      return;
    }
    check(load.insert());
    Sent.tell(load.insert());
    try {
      new PostgresCopy(load.columns()).send(connection, load.table(), rows);
    } catch (SQLException e) {
      copies.clear(); // the table may be another by now
      throw failed(e, load.insert().what());
    }
  }

  @Override
  protected void end(boolean commit) {
    ahead.reset();
    role.ended();
    if (commit) {
      leftovers.beforeCommit().forEach(this::update);
    }
    committing = commit;
    try {
      if (commit) {
        connection.commit();
      } else {
        connection.rollback();
      }
      boolean unreplicated = commit && PostgresErrors.isUnreplicated(connection.getWarnings());
      connection.clearWarnings();
      connection.setAutoCommit(true);
      limit.end();
      if (unreplicated) {
        throw new OutcomeUnknownException(
            "The commit was stopped while it waited for the standbys: it is kept by the primary, but may be lost with it.");
      }
    } catch (SQLException e) {
      DatabaseException failure = failed(e, commit ? "commit" : "roll back");
      if (commit || !lost) { // with the connection the server loses what was not committed
        throw failure;
      }
    } finally {
      committing = false;
    }
  }

  @Override
  public void assume(@Nullable Identity identity) {
    if (!inTransaction() && identity != null) {
      begin(Begin.WRITE); // as for a stream
    }
    role.assume(identity, this);
  }

  @Override
  public String position() {
    return replicated ? PostgresReplicas.position(this, flushed) : "";
  }

  /// Does what must be answered within some time, however long a statement may take otherwise.
  void soon(Duration longest, Runnable work) {
    try {
      int usual = connection.getNetworkTimeout();
      connection.setNetworkTimeout(
          Runnable::run, Math.clamp(longest.toMillis(), 1, Integer.MAX_VALUE));
      work.run();
      connection.setNetworkTimeout(Runnable::run, usual); // otherwise it is lost
    } catch (SQLException e) {
      throw classify(e, "limit the time of an answer");
    }
  }

  /// Takes away what hand-written SQL may have left with the connection.
  void clean() {
    if (!lost) {
      leftovers.afterwards().forEach(this::update);
    }
  }
}
