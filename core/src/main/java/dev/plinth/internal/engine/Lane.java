package dev.plinth.internal.engine;

import dev.plinth.error.ConnectionException;
import dev.plinth.health.PoolHealth;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Function;

/// Connections of one kind to an embedded database, and the line in front of them.
///
/// They are made when first needed and kept until the end. Thread-safe.
public final class Lane implements AutoCloseable {

  private final Gate gate;
  private final Function<Consumer<JdbcSession>, JdbcSession> connect;
  private final Deque<JdbcSession> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /// A lane behind a gate.
  ///
  /// @param connect makes a session, given what it tells when it comes back
  public Lane(Gate gate, Function<Consumer<JdbcSession>, JdbcSession> connect) {
    this.gate = gate;
    this.connect = connect;
  }

  /// The line in front.
  public Gate gate() {
    return gate;
  }

  /// The connections at this moment.
  public PoolHealth pool() {
    return new PoolHealth(gate.taken(), idle.size(), gate.waiting(), gate.size());
  }

  /// Waits for a session.
  public JdbcSession borrow(Duration patience) {
    Gate.Lease lease = gate.enter(patience);
    try {
      JdbcSession session = idle.pollLast(); // the last used has the warmest cache
      if (closed) {
        if (session != null) {
          session.disconnect();
        }
        throw new ConnectionException("The database is closed.");
      }
      if (session == null) {
        session = connect.apply(this::giveBack);
      }
      return session.lend(lease);
    } catch (Throwable e) {
      lease.leave();
      throw e;
    }
  }

  private void giveBack(JdbcSession session) {
    Gate.Lease lease = session.ended();
    boolean same = false;
    try {
      same = !closed && session.restore();
    } finally {
      if (same) {
        idle.addLast(session);
      } else {
        session.disconnect();
      }
      if (closed) { // it may have been closed meanwhile
        disconnect();
      }
      lease.leave();
    }
  }

  private void disconnect() {
    JdbcSession session = idle.pollFirst();
    while (session != null) {
      session.disconnect();
      session = idle.pollFirst();
    }
  }

  /// Closes the connections; those that are out when they come back.
  @Override
  public void close() {
    closed = true;
    disconnect();
  }
}
