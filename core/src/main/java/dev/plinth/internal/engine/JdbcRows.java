package dev.plinth.internal.engine;

import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TransactionException;
import dev.plinth.internal.shape.Json;
import dev.plinth.spi.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a running query; it frees its statement when closed.
///
/// An engine's rows add how its cells are read.
public abstract class JdbcRows implements Session.Rows {

  private final ResultSet rows;
  private final KeptStatements.Kept kept;
  private final JdbcSession session;
  private final String what;
  private boolean closed;

  /// The rows of a result.
  ///
  /// @param what what the query does, for messages
  protected JdbcRows(ResultSet rows, KeptStatements.Kept kept, JdbcSession session, String what) {
    this.rows = rows;
    this.kept = kept;
    this.session = session;
    this.what = what;
  }

  /// The driver's rows.
  protected final ResultSet rows() {
    return rows;
  }

  /// The kind of a failure to read.
  protected final DatabaseException failed(SQLException e) {
    return session.failed(e, what);
  }

  /// That a cell does not hold what is asked for.
  ///
  /// Without the cause, whose message repeats the value, which may be secret.
  protected final DatabaseException unfit(int position, String wanted) {
    return new DataException(
        "Column %s (%s) does not hold %s.".formatted(names().get(position), what, wanted));
  }

  @Override
  public boolean next() {
    if (kept.ended()) {
      throw new TransactionException(
          "Could not go on reading: the transaction that the rows belong to has ended.");
    }
    session.reading(what);
    try {
      return rows.next();
    } catch (SQLException e) {
      kept.spoil();
      throw failed(e);
    }
  }

  @Override
  public final List<String> names() {
    try {
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        names.add(rows.getMetaData().getColumnLabel(i));
      }
      return names;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (kept.ended()) {
        return;
      }
      try {
        rows.close();
      } catch (SQLException e) {
        kept.spoil();
        throw failed(e);
      } finally {
        session.takeBack(kept);
      }
    }
  }

  @Override
  public @Nullable String text(int position) {
    try {
      return rows.getString(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  // from JSON, where the engine has no arrays
  @Override
  public @Nullable List<@Nullable Object> list(int position) {
    String json = text(position);
    try {
      return json == null ? null : Json.items(json);
    } catch (IllegalArgumentException e) {
      throw unfit(position, "a list");
    }
  }

  @Override
  public byte @Nullable [] bytes(int position) {
    try {
      return rows.getBytes(position + 1);
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
