package dev.plinth.internal.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The prepared statements of one connection, kept by their text.
///
/// Where the driver keeps none, preparing costs as much as running a small query. A statement that is
/// still being read is never handed out again: whoever asks for its text then gets one of his own.
/// Confined to the session's thread.
public final class KeptStatements {

  /// A statement on loan.
  public static final class Kept {
    private final PreparedStatement statement;
    private boolean busy;
    private boolean cached;
    private boolean ended;

    private Kept(PreparedStatement statement) {
      this.statement = statement;
    }

    /// The statement itself.
    public PreparedStatement statement() {
      return statement;
    }

    /// Whether the session took the statement back while somebody was reading it.
    public boolean ended() {
      return ended;
    }

    /// Keeps the statement from being lent again: after some errors the driver frees it without
    /// saying so.
    public void spoil() {
      cached = false;
    }
  }

  private final Connection connection;
  private final int most;
  private final Map<String, Kept> bySql = new LinkedHashMap<>(64, 0.75f, true);
  private final List<Kept> lent = new ArrayList<>();

  /// The statements of a connection.
  ///
  /// @param most how many are kept; 0 where the driver keeps them itself
  KeptStatements(Connection connection, int most) {
    this.connection = connection;
    this.most = most;
  }

  Kept lend(String sql) throws SQLException {
    Kept kept = bySql.get(sql);
    if (kept == null) {
      kept = new Kept(connection.prepareStatement(sql));
      if (most > 0) {
        keep(sql, kept);
      }
    } else if (kept.busy) {
      kept = new Kept(connection.prepareStatement(sql));
    }
    kept.busy = true;
    lent.add(kept);
    return kept;
  }

  private void keep(String sql, Kept kept) throws SQLException {
    kept.cached = true;
    Kept replaced = bySql.put(sql, kept);
    assert replaced == null;
    if (bySql.size() > most) {
      evict();
    }
  }

  private void evict() throws SQLException {
    Map.Entry<String, Kept> eldest = bySql.entrySet().iterator().next();
    Kept old = eldest.getValue();
    bySql.remove(eldest.getKey());
    old.cached = false;
    if (!old.busy) {
      old.statement.close();
    }
  }

  void giveBack(Kept kept) {
    kept.busy = false;
    lent.remove(kept);
    if (!kept.cached) {
      bySql.values().remove(kept);
      try {
        kept.statement.close();
      } catch (SQLException e) {
        // the connection's own end frees it
      }
    }
  }

  /// Ends whatever is still being read.
  void giveBackAll() {
    for (Kept kept : List.copyOf(lent)) {
      kept.ended = true;
      kept.spoil();
      giveBack(kept);
    }
  }

  void close() {
    giveBackAll();
    for (Kept kept : bySql.values()) {
      try {
        kept.statement.close();
      } catch (SQLException e) {
        // the connection's own end frees it
      }
    }
    bySql.clear();
  }
}
