package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.plinth.Database;
import dev.plinth.testkit.server.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Far more threads than connections: each has its turn.
///
/// `-Dplinth.fairness.seconds=30` lets it run longer than the build has time for.
@Timeout(180)
final class PostgresFairnessTest {

  private static final int THREADS = 500;
  private static final int CONNECTIONS = 10;
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("plinth.fairness.seconds", 5));
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int ENOUGH = 150 * THREADS;
  private static final String QUERY = "select 1";

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  /// How the threads fared.
  ///
  /// A wait ends when the call has its connection; it is counted in the calls of others that end
  /// meanwhile, since a moment in which the machine does something else is nobody's fault.
  ///
  /// @param least what the one did that did least
  /// @param most what the one did that did most
  /// @param waits how long calls waited, in calls
  /// @param times how long they took, in nanoseconds
  private record Outcome(int errors, int least, int most, Spread waits, Spread times) {

    boolean isFair() {
      return errors == 0 && waits.worst() <= 10 * waits.median() && most <= 1.5 * least;
    }

    @Override
    public String toString() {
      return "%d errors, %d to %d calls a thread, waits of %d (median) to %d, %.1f ms to %.1f ms"
          .formatted(
              errors,
              least,
              most,
              waits.median(),
              waits.worst(),
              times.median() / 1e6,
              times.worst() / 1e6);
    }
  }

  private record Spread(long median, long worst) {
    static Spread of(LongStream values) {
      long[] sorted = values.sorted().toArray();
      return new Spread(sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
  }

  /// One thread's calls.
  private static final class Calls {
    private final LongStream.Builder waits = LongStream.builder();
    private final LongStream.Builder times = LongStream.builder();
    private int many;
    private int errors;

    void run(long begin, AtomicLong ended, Consumer<Runnable> call) {
      while (!isOver(begin, ended.get())) {
        long start = System.nanoTime();
        long before = ended.get();
        Runnable connected =
            () -> {
              if (start > begin) {
                waits.add(ended.get() - before);
                times.add(System.nanoTime() - start);
              }
            };
        try {
          call.accept(connected);
        } catch (RuntimeException e) {
          errors++;
        }
        ended.incrementAndGet();
        if (start > begin) {
          many++;
        }
      }
    }
  }

  /// A thread's calls are compared when there were enough for a stalled one not to count.
  private static boolean isOver(long begin, long ended) {
    long passed = System.nanoTime() - begin;
    return (passed > LENGTH.toNanos() && ended > ENOUGH) || passed > LONGEST.toNanos();
  }

  private static Outcome measure(Consumer<Runnable> call) throws InterruptedException {
    long begin = System.nanoTime() + Duration.ofSeconds(1).toNanos(); // by then all have begun
    AtomicLong ended = new AtomicLong();
    List<Calls> all = Stream.generate(Calls::new).limit(THREADS).toList();
    Together.run(
        THREADS, Thread.ofVirtual().factory(), thread -> all.get(thread).run(begin, ended, call));
    IntSummaryStatistics calls = all.stream().mapToInt(one -> one.many).summaryStatistics();
    return new Outcome(
        all.stream().mapToInt(one -> one.errors).sum(),
        calls.getMin(),
        calls.getMax(),
        Spread.of(all.stream().flatMapToLong(one -> one.waits.build())),
        Spread.of(all.stream().flatMapToLong(one -> one.times.build())));
  }

  @Test
  void everyThreadHasItsTurn() throws Exception {
    Outcome ours;
    try (Database db = own.open(CONNECTIONS, 0)) {
      ours =
          measure(connected ->
              db.transaction(tx -> {
                connected.run();
                db.sql(QUERY).as(Integer.class).list();
              }));
    }
    Outcome control;
    try (HikariDataSource unfair = unfair()) {
      control = measure(connected -> query(unfair, connected));
    }
    if (Boolean.getBoolean("plinth.fairness.print")) {
      System.out.println("In line: " + ours + ". A pool alone: " + control + ".");
    }
    assertThat(ours).matches(Outcome::isFair, "is fair");
    assertThat(control).as("the control: a pool alone").matches(o -> !o.isFair(), "is not fair");
  }

  private HikariDataSource unfair() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(Jdbc.jdbc(own.url()));
    config.setMaximumPoolSize(CONNECTIONS);
    return new HikariDataSource(config);
  }

  private static void query(HikariDataSource pool, Runnable connected) {
    try (Connection connection = pool.getConnection()) {
      connected.run();
      try (PreparedStatement query = connection.prepareStatement(QUERY)) {
        query.executeQuery().close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
