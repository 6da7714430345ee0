package dev.plinth.internal.engine;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.spi.Begin;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Deadline;
import dev.plinth.spi.Sent;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of any driver, lent to one thread at a time.
///
/// Here is what all engines share: statements are lent, bound, run and given back, and a transaction
/// that the engine ended is refused. What differs is in the methods that an engine's session writes.
public abstract class JdbcSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.sql");

  /// Ends a transaction well.
  protected static final Statement COMMIT = control("commit", "commit");

  /// Ends a transaction by undoing it, also one that has ended by itself.
  protected static final Statement ROLLBACK = control("rollback", "roll back");

  private final Connection connection;
  private final KeptStatements statements;
  private final boolean echo;
  private final Consumer<JdbcSession> giveBack;
  private boolean inTransaction;
  private boolean broken;
  private boolean lasting; // whether a statement may have left something with the connection
  private Gate.@Nullable Lease lease; // while the session is lent
  private @Nullable Deadline deadline; // of the transaction

  /// A session over a connection in autocommit.
  ///
  /// @param keptStatements how many prepared statements are kept; 0 where the driver does it
  /// @param giveBack who gets the session at its end, while it still has its lease
  protected JdbcSession(
      Connection connection, int keptStatements, boolean echo, Consumer<JdbcSession> giveBack) {
    this.connection = connection;
    this.statements = new KeptStatements(connection, keptStatements);
    this.echo = echo;
    this.giveBack = giveBack;
  }

  /// A statement of the session's own, without parameters.
  protected static Statement control(String sql, String what) {
    return new Statement(sql, List.of(), what);
  }

  /// The driver's own.
  protected final Connection connection() {
    return connection;
  }

  /// Whether a transaction is running.
  protected final boolean inTransaction() {
    return inTransaction;
  }

  /// Binds a value that is not null.
  protected abstract void bind(
      PreparedStatement prepared, int position, ColumnType type, Object value) throws SQLException;

  /// Binds no value.
  protected void bindNull(PreparedStatement prepared, int position, ColumnType type)
      throws SQLException {
    prepared.setNull(position, Types.NULL);
  }

  /// The rows of a result.
  protected abstract Rows rows(ResultSet rows, KeptStatements.Kept kept, String what);

  /// The kind of a failure.
  protected abstract DatabaseException classify(SQLException e, String what);

  /// Whether the engine has ended the running transaction, or will only roll it back.
  protected abstract boolean endsTransaction(SQLException e);

  /// Begins a transaction; the session is told of it afterwards.
  protected abstract void start(Begin begin);

  /// Marks the session as lent.
  public final JdbcSession lend(Gate.Lease lease) {
    this.lease = lease;
    return this;
  }

  /// Takes the holder's place from him.
  public final Gate.Lease ended() {
    Gate.Lease ended = lease();
    lease = null;
    return ended;
  }

  /// The holder's place.
  protected final Gate.Lease lease() {
    return Objects.requireNonNull(lease, "The session was given back already.");
  }

  @Override
  public Rows query(Statement statement, @Nullable Object... arguments) {
    KeptStatements.Kept kept = lend(statement);
    try {
      bind(kept.statement(), statement.parameters(), arguments);
      return rows(runQuery(kept.statement()), kept, statement.what());
    } catch (SQLException e) {
      kept.spoil();
      statements.giveBack(kept);
      throw failed(e, statement.what());
    } catch (Throwable e) {
      statements.giveBack(kept);
      throw e;
    }
  }

  @Override
  public Rows stream(Statement statement, @Nullable Object... arguments) {
    if (!inTransaction) {
      noteHolder();
    }
    return query(statement, arguments);
  }

  /// Notes where the session was borrowed, since whoever did may go away and forget it.
  protected final void noteHolder() {
    lease().note();
  }

  @Override
  public long update(Statement statement, @Nullable Object... arguments) {
    KeptStatements.Kept kept = lend(statement);
    try {
      bind(kept.statement(), statement.parameters(), arguments);
      return runUpdate(kept.statement(), statement.what());
    } catch (SQLException e) {
      kept.spoil();
      throw failed(e, statement.what());
    } finally {
      statements.giveBack(kept);
    }
  }

  @Override
  public int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    KeptStatements.Kept kept = lend(statement);
    try {
      for (@Nullable Object[] row : rows) {
        bind(kept.statement(), statement.parameters(), row);
        kept.statement().addBatch();
      }
      return kept.statement().executeBatch();
    } catch (SQLException e) {
      kept.spoil();
      throw failed(e, statement.what());
    } catch (Throwable e) {
      kept.spoil(); // or what was added would go with the next batch of this text
      throw e;
    } finally {
      statements.giveBack(kept);
    }
  }

  /// Runs what gives rows.
  protected ResultSet runQuery(PreparedStatement prepared) throws SQLException {
    return prepared.executeQuery();
  }

  /// Runs what gives none.
  protected long runUpdate(PreparedStatement prepared, String what) throws SQLException {
    return prepared.executeUpdate();
  }

  /// The text that is sent for a statement.
  protected String text(Statement statement) {
    return statement.sql();
  }

  /// Whether a statement, once prepared, may be run again.
  protected boolean again(Statement statement) {
    return true;
  }

  /// Takes away what statements have left with the connection; false if it must not be lent again.
  protected boolean tidy() {
    return false;
  }

  /// Makes the connection as it came; false if that cannot be.
  final boolean restore() {
    boolean same = !lasting || tidy();
    lasting = false;
    return same;
  }

  /// Told whenever the engine is about to work, for engines that must be stopped from here.
  ///
  /// @param deadline when the transaction's time is over; null for no limit
  protected void working(@Nullable Deadline deadline) {}

  /// Told before each row: a limit also ends what is read slowly.
  final void reading(String what) {
    checkTime(what);
    working(deadline);
  }

  private void checkTime(String what) {
    if (deadline != null && deadline.isOver()) {
      throw new TimeoutException("Could not " + what + ": the transaction's time limit is over.");
    }
  }

  /// Refuses work in a transaction that has ended, or whose time is over.
  protected final void check(Statement statement) {
    if (echo) {
      LOG.debug("{}", statement.sql());
    }
    if (statement == ROLLBACK) {
      return;
    }
    if (broken) {
      throw new TransactionException(
          "Could not " + statement.what() + ": an error has ended the transaction.");
    }
    checkTime(statement.what());
  }

  private KeptStatements.Kept lend(Statement statement) {
    check(statement);
    Sent.tell(statement);
    working(deadline);
    try {
      KeptStatements.Kept kept = statements.lend(text(statement));
      lasting |= statement.lasting();
      if (!again(statement)) {
        kept.spoil();
      }
      return kept;
    } catch (SQLException e) {
      throw failed(e, statement.what());
    }
  }

  private void bind(PreparedStatement prepared, List<ColumnType> types, @Nullable Object[] values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value == null) {
        bindNull(prepared, i + 1, types.get(i));
      } else {
        bind(prepared, i + 1, types.get(i), value);
      }
    }
  }

  @Override
  public final void begin(Begin begin) {
    deadline = begin.deadline();
    start(begin);
    inTransaction = true;
  }

  @Override
  public final void commit() {
    Undisturbed.run(this::tryCommit);
  }

  private void tryCommit() {
    try {
      check(COMMIT); // what took too long is not kept, even if nobody noticed until now
      end(true);
      inTransaction = false;
    } catch (DatabaseException e) {
      try {
        rollback(); // a commit that failed may leave the transaction open, and its locks held
      } catch (DatabaseException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  @Override
  public final void rollback() {
    if (inTransaction) {
      inTransaction = false;
      try {
        end(false);
      } catch (DatabaseException e) {
        if (!broken) {
          throw e;
        } // the engine has rolled back by itself already
      }
    }
  }

  /// Runs a lone statement in a transaction around it, whose limits then are not those of the commit.
  protected final <R> R alone(Supplier<R> work) {
    begin(Begin.WRITE);
    try {
      R result = work.get();
      commit();
      return result;
    } finally {
      rollback(); // what is not committed
    }
  }

  /// Ends the transaction.
  protected void end(boolean commit) {
    update(commit ? COMMIT : ROLLBACK);
  }

  @Override
  public void savepoint(int depth) {
    update(control("savepoint plinth_" + depth, "set a savepoint"));
  }

  @Override
  public void release(int depth) {
    update(control("release savepoint plinth_" + depth, "release a savepoint"));
  }

  @Override
  public void rollbackTo(int depth) {
    update(control("rollback to savepoint plinth_" + depth, "roll back to a savepoint"));
    release(depth);
  }

  @Override
  public final boolean broken() {
    return broken;
  }

  /// Says whether nothing but a rollback is left; it is not, once a savepoint was gone back to.
  protected final void setBroken(boolean only) {
    broken = only;
  }

  /// The kind of a failure, noting what it did to the transaction.
  protected final DatabaseException failed(SQLException e, String what) {
    if (inTransaction && endsTransaction(e)) {
      broken = true; // whatever came now would be outside the transaction
    }
    return classify(e, what);
  }

  /// Takes back a statement whose rows have been read.
  protected void takeBack(KeptStatements.Kept kept) {
    statements.giveBack(kept);
  }

  @Override
  public void close() {
    lease(); // refuses to be given back twice
    try {
      rollback();
    } finally {
      forget();
      giveBack();
    }
  }

  /// Ends whatever is still being read, and forgets the transaction.
  protected final void forget() {
    statements.giveBackAll();
    broken = false;
    deadline = null;
  }

  /// Gives the session, with its place in the line, to whoever lent it.
  protected final void giveBack() {
    giveBack.accept(this);
  }

  /// Closes the connection for good.
  public void disconnect() {
    statements.close();
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("A connection could not be closed.", e);
    }
  }
}
