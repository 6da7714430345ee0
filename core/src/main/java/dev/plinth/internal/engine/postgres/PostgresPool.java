package dev.plinth.internal.engine.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.engine.Breaker;
import dev.plinth.internal.engine.Gate;
import dev.plinth.internal.engine.Steady;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.jdbc.PgConnection;

/// The connections to one server: a breaker, a fair gate, and behind them the pool.
///
/// The gate lets in as many as the pool has, so nobody ever waits in the pool's own queue, which is
/// not fair. Thread-safe.
final class PostgresPool implements AutoCloseable {

  private static final long SHORTEST_LIFE_MILLIS = 30_000; // the pool takes none below

  private final PostgresSource source;
  private final boolean replicated;
  private final HikariDataSource pool;
  private final Gate gate;
  private final Breaker breaker;
  private final Duration limit;
  private final boolean echo;
  private final AtomicBoolean disconnected = new AtomicBoolean();
  private final Map<PgConnection, PostgresSession> sessions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// @param kept how many connections are kept when idle
  /// @param replicated whether replicas follow, so that the log's position is of use
  PostgresPool(DatabaseConfig config, PostgresSource source, int kept, boolean replicated) {
    this.source = source;
    this.replicated = replicated;
    int most = config.number(Setting.POOL_SIZE) + config.number(Setting.MAX_OVERFLOW);
    this.gate =
        new Gate(
            "a connection to " + source,
            most,
            config.duration(Setting.POOL_TIMEOUT),
            config.number(Setting.QUEUE_LIMIT));
    this.breaker = new Breaker(source.toString(), new Steady());
    this.limit = config.duration(Setting.STATEMENT_TIMEOUT);
    this.echo = config.flag(Setting.ECHO);
    HikariConfig settings = new HikariConfig();
    settings.setPoolName("plinth " + source);
    settings.setDataSource(source);
    settings.setMinimumIdle(kept);
    settings.setMaximumPoolSize(most);
    settings.setConnectionTimeout(source.longest().toMillis() + 1000);
    settings.setMaxLifetime(
        Math.max(SHORTEST_LIFE_MILLIS, config.duration(Setting.POOL_RECYCLE).toMillis()));
    settings.setInitializationFailTimeout(-1); // we connect once ourselves, and say what is wrong
    this.pool = new HikariDataSource(settings);
  }

  /// The line in front.
  Gate gate() {
    return gate;
  }

  /// Whether the server is avoided now.
  boolean avoided() {
    return breaker.isOpen();
  }

  /// Waits for a session.
  PostgresSession borrow(boolean reading, Duration patience) {
    if (closed) {
      throw new ConnectionException("The database is closed.");
    }
    breaker.check();
    return borrow(reading, gate.enter(patience));
  }

  /// A session for whoever has a place already.
  PostgresSession borrow(boolean reading, Gate.Lease lease) {
    try {
      if (closed) {
        throw new ConnectionException("The database is closed.");
      }
      breaker.enter(); // behind the line, where nothing keeps a probe from the server
    } catch (Throwable e) {
      leave(lease);
      throw e;
    }
    try {
      Connection connection = connect();
      PostgresSession session = session(connection.unwrap(PgConnection.class));
      session.lend(reading, connection, lease);
      if (breaker.isTrying()) {
        breaker.succeeded(); // others wait for what a probe says, and a session can be long
      }
      return session;
    } catch (SQLException e) {
      leave(lease);
      if (Thread.currentThread().isInterrupted()) {
        breaker.spared();
        throw new ConnectionException("Interrupted while connecting to " + source + ".", e);
      }
      breaker.failed(e);
      SQLException cause = e.getCause() instanceof SQLException deeper ? deeper : e;
      throw PostgresErrors.connecting(cause, source.toString());
    } catch (Throwable e) {
      leave(lease);
      breaker.spared();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    if (state.getTotalConnections() == 0) {
      source.prepare(); // fails at once if it fails; the pool would go on trying
    }
    return pool.getConnection();
  }

  // one for each of the server's connections, with the statements that it has prepared
  private PostgresSession session(PgConnection connection) {
    PostgresSession known = sessions.get(connection);
    if (known != null) {
      return known;
    }
    sessions.keySet().removeIf(PostgresPool::isClosed);
    PostgresSession session =
        new PostgresSession(
            connection,
            replicated,
            limit,
            source.pooled(),
            echo,
            back -> giveBack((PostgresSession) back));
    sessions.put(connection, session);
    return session;
  }

  private static boolean isClosed(PgConnection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  private void giveBack(PostgresSession session) {
    Connection connection = session.borrowed();
    Gate.Lease lease = session.ended();
    try {
      session.clean();
    } catch (DatabaseException e) {
      // the session knows that it is lost
    }
    SQLException ill = session.ill();
    if (ill != null) {
      breaker.failed(ill);
    } else { // a lost connection says little: connecting anew will show
      breaker.succeeded();
    }
    if (session.lost()) {
      pool.evictConnection(connection);
      HikariPoolMXBean state = pool.getHikariPoolMXBean();
      // an interrupt closes a virtual thread's socket, and says nothing of the server
      if (state != null && !Thread.currentThread().isInterrupted()) {
        state.softEvictConnections(); // those to the same server have gone with it
      }
    }
    try {
      connection.close();
    } catch (SQLException e) {
      pool.evictConnection(connection);
    }
    leave(lease);
  }

  /// Gives up a place.
  void leave(Gate.Lease lease) {
    lease.leave();
    if (closed) {
      disconnect();
    }
  }

  /// The connections at this moment.
  PoolHealth pool() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    int idle = state == null || closed ? 0 : state.getIdleConnections();
    return new PoolHealth(gate.taken(), idle, gate.waiting(), gate.size());
  }

  @Override
  public String toString() {
    return source.toString();
  }

  /// Closes the connections; those that are out when the last of them comes back.
  @Override
  public void close() {
    closed = true;
    disconnect();
  }

  private void disconnect() {
    if (gate.taken() == 0 && disconnected.compareAndSet(false, true)) {
      try {
        source.close();
      } catch (SQLException e) {
        // the server closes its side
      }
      pool.close();
    }
  }
}
