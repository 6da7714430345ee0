package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/// How long the statements of a session may take, and the answers to them.
final class PostgresLimit {

  private static final int MARGIN_MILLIS =
      1000; // for an answer to come, when its statement is over

  private final PgConnection connection;
  private final Duration most;
  private final boolean pooled;
  private @Nullable Deadline deadline;
  private long told; // to the server, in milliseconds
  private int usual = -1; // what answers may take otherwise, in milliseconds; -1 while they may

  /// The limits on a connection.
  ///
  /// @param most what each statement may take; zero for no limit
  /// @param pooled whether the connection itself cannot keep that
  PostgresLimit(PgConnection connection, Duration most, boolean pooled) {
    this.connection = connection;
    this.most = most;
    this.pooled = pooled;
  }

  /// Whether each statement outside a transaction needs one, to have its limit.
  boolean isOfTransactions() {
    return pooled && !most.isZero();
  }

  /// Begins a transaction.
  void begin(@Nullable Deadline deadline) {
    this.deadline = deadline;
    told = pooled || most.isZero() ? Long.MAX_VALUE : most.toMillis();
  }

  /// What the server is to be told before the next statement; null if nothing.
  ///
  /// The less time is left, the more often, so that the last statement ends soon after the deadline,
  /// and most need not be told anything. A server that says nothing is not waited for much longer.
  @Nullable String news() throws SQLException {
    long now = most.isZero() ? Long.MAX_VALUE : most.toMillis();
    if (deadline != null) {
      now = Math.min(now, Math.max(1, deadline.left().toMillis()));
    }
    if (now >= told - told / 4) {
      return null;
    }
    told = now;
    if (deadline != null) {
      if (usual < 0) {
        usual = connection.getNetworkTimeout();
      }
      long answer = now + MARGIN_MILLIS;
      if (usual == 0 || answer < usual) {
        connection.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, answer));
      }
    }
    return "set local statement_timeout = " + now;
  }

  /// Notes that what the server was told may be undone.
  void undone() {
    if (deadline != null) {
      told = Long.MAX_VALUE;
    }
  }

  /// Ends a transaction.
  void end() throws SQLException {
    deadline = null;
    if (usual >= 0) {
      int before = usual;
      usual = -1;
      connection.setNetworkTimeout(Runnable::run, before);
    }
  }
}
