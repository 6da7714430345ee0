package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.TransactionException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One SQLite connection, lent to one thread at a time.
///
/// The driver stays in autocommit; transactions are begun and ended by statements of ours, because
/// the driver's own write lock comes too early and stays too long.
final class SqliteSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.sql");

  private static final Statement BEGIN_WRITE = control("begin immediate", "begin a transaction");
  private static final Statement BEGIN_READ = control("begin", "begin a transaction");
  private static final Statement COMMIT = control("commit", "commit");
  private static final Statement ROLLBACK = control("rollback", "roll back");

  private final Connection connection;
  private final SqliteStatements statements;
  private final Consumer<SqliteSession> giveBack;
  private final boolean reading;
  private final boolean echo;
  private boolean inTransaction;
  private boolean broken;
  private boolean lent;

  SqliteSession(
      Connection connection, boolean reading, boolean echo, Consumer<SqliteSession> giveBack) {
    this.connection = connection;
    this.statements = new SqliteStatements(connection);
    this.reading = reading;
    this.echo = echo;
    this.giveBack = giveBack;
  }

  private static Statement control(String sql, String what) {
    return new Statement(sql, List.of(), what);
  }

  SqliteSession lend() {
    lent = true;
    return this;
  }

  SqliteStatements statements() {
    return statements;
  }

  @Override
  public Rows query(Statement statement, @Nullable Object... arguments) {
    SqliteStatements.Kept kept = lend(statement);
    try {
      bind(kept.statement(), statement.parameters(), arguments);
      return new SqliteRows(kept.statement().executeQuery(), kept, this, statement.what());
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
  public long update(Statement statement, @Nullable Object... arguments) {
    SqliteStatements.Kept kept = lend(statement);
    try {
      bind(kept.statement(), statement.parameters(), arguments);
      return kept.statement().executeUpdate();
    } catch (SQLException e) {
      kept.spoil();
      throw failed(e, statement.what());
    } finally {
      statements.giveBack(kept);
    }
  }

  @Override
  public int[] batch(Statement statement, List<@Nullable Object[]> rows) {
    SqliteStatements.Kept kept = lend(statement);
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

  private SqliteStatements.Kept lend(Statement statement) {
    if (echo) {
      LOG.debug("{}", statement.sql());
    }
    if (broken && statement != ROLLBACK) {
      throw new TransactionException(
          "Could not " + statement.what() + ": an error has ended the transaction.");
    }
    try {
      return statements.lend(statement.sql());
    } catch (SQLException e) {
      throw failed(e, statement.what());
    }
  }

  private static void bind(
      PreparedStatement prepared, List<ColumnType> types, @Nullable Object[] values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value == null) {
        prepared.setNull(i + 1, Types.NULL);
        continue;
      }
      switch (types.get(i)) {
        case TEXT, JSON -> prepared.setString(i + 1, (String) value);
        case SHORT, INTEGER -> prepared.setInt(i + 1, ((Number) value).intValue());
        case LONG -> prepared.setLong(i + 1, (Long) value);
        case FLOAT, DOUBLE -> prepared.setDouble(i + 1, ((Number) value).doubleValue());
        case BOOLEAN -> prepared.setInt(i + 1, (Boolean) value ? 1 : 0);
        case DECIMAL -> prepared.setString(i + 1, ((BigDecimal) value).toPlainString());
        case INSTANT -> prepared.setLong(i + 1, Canonical.micros((Instant) value));
        case DURATION -> prepared.setLong(i + 1, SqliteDialect.micros((Duration) value));
        case BYTES -> prepared.setBytes(i + 1, (byte[]) value);
        case UUID, DATE, TIME, DATE_TIME -> prepared.setString(i + 1, Canonical.text(value));
      }
    }
  }

  @Override
  public void begin(boolean readOnly) {
    update(readOnly ? BEGIN_READ : BEGIN_WRITE);
    inTransaction = true;
  }

  @Override
  public void commit() {
    try {
      update(COMMIT);
      inTransaction = false;
    } catch (DatabaseException e) {
      rollback(); // a commit that failed leaves the transaction open, and the lock held
      throw e;
    }
  }

  @Override
  public void rollback() {
    if (inTransaction) {
      inTransaction = false;
      try {
        update(ROLLBACK);
      } catch (DatabaseException e) {
        if (!broken) {
          throw e;
        } // SQLite has rolled back by itself already
      }
    }
  }

  @Override
  public void savepoint(int depth) {
    update(control("savepoint plinth_" + depth, "set a savepoint"));
  }

  @Override
  public void release(int depth) {
    update(control("release plinth_" + depth, "release a savepoint"));
  }

  @Override
  public void rollbackTo(int depth) {
    update(control("rollback to plinth_" + depth, "roll back to a savepoint"));
    release(depth);
  }

  @Override
  public boolean broken() {
    return broken;
  }

  DatabaseException failed(SQLException e, String what) {
    if (inTransaction && SqliteErrors.endsTransaction(e)) {
      broken = true; // whatever came now would be outside the transaction
    }
    return SqliteErrors.classify(e, what, reading);
  }

  @Override
  public void close() {
    if (!lent) {
      throw new IllegalStateException("The session was given back already.");
    }
    lent = false;
    try {
      rollback();
    } finally {
      statements.giveBackAll();
      broken = false;
      giveBack.accept(this);
    }
  }

  void end() {
    statements.close();
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("A connection could not be closed.", e);
    }
  }
}
