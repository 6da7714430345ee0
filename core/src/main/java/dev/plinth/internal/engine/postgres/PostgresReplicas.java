package dev.plinth.internal.engine.postgres;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.ServerUrl;
import dev.plinth.config.Setting;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.engine.Gate;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The replicas of a primary, for reads that may be a little old.
///
/// Every host of the URL is asked whether it is one, at most once a second, when somebody wants to
/// read: roles change when the primary does. Thread-safe.
final class PostgresReplicas implements AutoCloseable {

  // without a stream from the primary, and with one that is not replayed yet, the age of the last
  // transaction tells; with one that is, there is nothing newer, however old that transaction is
  private static final Statement STATE =
      new Statement(
          """
          select pg_is_in_recovery(), pg_last_wal_replay_lsn()::text,
            case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                and exists (select from pg_stat_wal_receiver) then 0
              else coalesce(extract(epoch from now() - pg_last_xact_replay_timestamp()), 1e9)
            end::float8\
          """,
          List.of(),
          "ask how far the replica is");

  // what a commit has flushed is sent to the replicas at once; what else is in the log may wait for
  // seconds, but without synchronous commits our own may be among that
  private static final Statement POSITION =
      new Statement(
          "select (case current_setting('synchronous_commit') when 'off'"
              + " then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end)::text",
          List.of(),
          "read the log's position");

  private static final Statement END =
      new Statement("select pg_current_wal_insert_lsn()::text", List.of(), "read the log's end");

  // what may set it for one transaction, of which nothing tells afterwards
  private static final Pattern SETTING = Pattern.compile("(?i)synchronous_commit");

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final List<Replica> replicas = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  PostgresReplicas(DatabaseConfig config, ServerUrl server) {
    double lag = Double.parseDouble(config.text(Setting.REPLICA_LAG));
    for (ServerUrl.Host host : server.hosts()) {
      PostgresSource source = new PostgresSource(config, server, host);
      replicas.add(new Replica(new PostgresPool(config, source, 0, false), lag, source.longest()));
    }
  }

  /// A session of a replica that has everything up to a position; null if there is none.
  @Nullable Session borrow(String position) {
    int first = turn.getAndIncrement();
    for (int i = 0; i < replicas.size(); i++) {
      Session session = replicas.get(Math.floorMod(first + i, replicas.size())).borrow(position);
      if (session != null) {
        return session;
      }
    }
    return null;
  }

  /// The lines in front of them.
  List<Gate> gates() {
    return replicas.stream().map(replica -> replica.pool.gate()).toList();
  }

  PoolHealth pool() {
    return replicas.stream()
        .map(replica -> replica.pool.pool())
        .reduce(new PoolHealth(0, 0, 0, 0), PoolHealth::plus);
  }

  /// What is wrong with single replicas.
  List<String> complaints() {
    return replicas.stream()
        .filter(replica -> replica.pool.avoided())
        .map(replica -> "the replica " + replica.pool + " is away")
        .toList();
  }

  @Override
  public void close() {
    replicas.forEach(replica -> replica.pool.close());
  }

  /// How far a primary's log goes, with everything that the session has committed.
  ///
  /// @param flushed whether its commits waited for the log as its settings say now
  static String position(Session primary, boolean flushed) {
    try (Session.Rows rows = primary.query(flushed ? POSITION : END)) {
      rows.next();
      return sortable(rows.text(0));
    }
  }

  /// Whether a commit after the statement waits for the log as the session's settings say.
  static boolean flushes(Statement statement) {
    return !statement.byHand() || !(statement.lasting() || SETTING.matcher(statement.sql()).find());
  }

  // a log position such as 16/B374D848, so that the later one is the greater text
  private static String sortable(@Nullable String lsn) {
    if (lsn == null) {
      return "";
    }
    int slash = lsn.indexOf('/');
    return "%08X%08X"
        .formatted(
            Long.parseLong(lsn, 0, slash, 16), Long.parseLong(lsn, slash + 1, lsn.length(), 16));
  }

  private static final class Replica {
    private final PostgresPool pool;
    private final double mostLag;
    private final Duration connecting;
    private final AtomicReference<State> state =
        new AtomicReference<>(new State(System.nanoTime() - FRESH_NANOS, false, ""));

    Replica(PostgresPool pool, double mostLag, Duration connecting) {
      this.pool = pool;
      this.mostLag = mostLag;
      this.connecting = connecting;
    }

    @Nullable Session borrow(String position) {
      State seen = state.get();
      boolean known = System.nanoTime() - seen.asked < FRESH_NANOS;
      if (known && !seen.fit) {
        return null;
      }
      Gate.Lease place = pool.gate().enterIfFree();
      if (place == null) {
        return null; // whoever waits, waits for the primary
      }
      // unfit until it has answered: others need not wait with this one if it hangs
      if (!known && !state.compareAndSet(seen, State.unfit())) {
        pool.leave(place);
        return null; // another asks it already
      }
      try {
        PostgresSession session = pool.borrow(true, place);
        try {
          if (!known || !seen.serves(position)) {
            ask(session);
            seen = state.get();
          }
          if (seen.serves(position)) {
            return session;
          }
        } catch (Throwable e) {
          session.close();
          throw e;
        }
        session.close();
      } catch (ConnectionException | TimeoutException e) {
        state.set(State.unfit()); // the next one, or the primary
      } catch (DatabaseException e) {
        state.set(State.unfit());
        throw e;
      }
      return null;
    }

    private void ask(PostgresSession session) {
      session.soon(
          connecting,
          () -> {
            try (Session.Rows rows = session.query(STATE)) {
              rows.next();
              boolean fit = rows.bool(0) && rows.float64(2) <= mostLag;
              state.set(new State(System.nanoTime(), fit, sortable(rows.text(1))));
            }
          });
    }

    /// What it said last.
    private record State(long asked, boolean fit, String replayed) {
      static State unfit() {
        return new State(System.nanoTime(), false, "");
      }

      boolean serves(String position) {
        return fit && replayed.compareTo(position) >= 0;
      }
    }
  }
}
