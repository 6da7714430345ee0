package dev.plinth.bench;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/// The workloads, each once for every contender; [Workload] lists them with their settings.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Workloads {

  /// How many rows the table of the reading workloads has.
  static final int ROWS = 100_000;

  /// What all workloads need.
  @State(Scope.Benchmark)
  public static class Arena {

    /// Who does the work.
    @Param({"plinth", "jdbc"})
    public String contender = "";

    /// On what.
    @Param("SQLITE")
    public Engine engine = Engine.SQLITE;

    /// Whether this JVM does everything else first.
    @Param("false")
    public boolean mixed;

    /// A store with [#ROWS] rows; made anew if empty.
    @Param("")
    public String template = "";

    /// Where stores may lie: a folder, or a server's URL.
    @Param("target")
    public String where = "";

    private @Nullable Place place;
    private String empty = "";

    /// Finds a place, and in a mixed JVM spoils whatever the compiler would like to assume.
    @Setup(Level.Trial)
    public void open() {
      place = engine.place(where);
      if (mixed) {
        Crowd.exercise(engine, place());
      }
    }

    private Place place() {
      return Objects.requireNonNull(place);
    }

    Contender open(boolean filled) {
      if (filled && template.isEmpty()) {
        template = Template.make(place(), ROWS);
      }
      if (!filled && empty.isEmpty()) {
        empty = Template.make(place(), 0);
      }
      String store = place().copy(filled ? template : empty);
      return Contender.open(Contender.Kind.of(contender), engine, store);
    }

    /// Throws everything away.
    @TearDown(Level.Trial)
    public void close() {
      place().close();
    }
  }

  /// A table with [#ROWS] rows.
  @State(Scope.Thread)
  public static class Filled {

    private final SplittableRandom random = new SplittableRandom(20261121);
    private final @Nullable User[] users = new User[ROWS];
    private @Nullable Contender contender;
    private List<User> batch = List.of();
    private int fresh;

    /// Opens a copy of its own.
    @Setup(Level.Trial)
    public void open(Arena arena) {
      contender = arena.open(true);
      batch = Sample.stored(0, 10_000);
    }

    /// Closes it.
    @TearDown(Level.Trial)
    public void close() {
      contender().close();
    }

    Contender contender() {
      return Objects.requireNonNull(contender);
    }

    int any() {
      return random.nextInt(ROWS);
    }

    User fresh() {
      return Sample.fresh("fresh", fresh++);
    }
  }

  /// A table with [#ROWS] rows to which many threads write.
  @State(Scope.Benchmark)
  public static class Shared {

    // by hand, one connection for all is the fastest: SQLite's own waiting sleeps, and is unfair
    private final Lock turn = new ReentrantLock(true);
    private final AtomicInteger fresh = new AtomicInteger();
    private @Nullable Contender contender;
    private boolean inTurn;

    /// Opens a copy of its own.
    @Setup(Level.Trial)
    public void open(Arena arena) {
      contender = arena.open(true);
      inTurn = Contender.Kind.of(arena.contender) == Contender.Kind.JDBC;
    }

    /// Closes it.
    @TearDown(Level.Trial)
    public void close() {
      Objects.requireNonNull(contender).close();
    }

    User insert() {
      User row = Sample.fresh("fresh", fresh.getAndIncrement());
      Contender all = Objects.requireNonNull(contender);
      if (!inTurn) {
        return all.insert(row);
      }
      turn.lock();
      try {
        return all.insert(row);
      } finally {
        turn.unlock();
      }
    }
  }

  /// An empty table, a new one for every run.
  @State(Scope.Thread)
  public static class Empty {

    private final List<User> rows = Sample.fresh("fresh", 0, ROWS);
    private @Nullable Contender contender;

    /// Opens a new file.
    @Setup(Level.Invocation)
    public void open(Arena arena) {
      CpuProfiler.aside(() -> contender = arena.open(false));
    }

    /// Closes it.
    @TearDown(Level.Invocation)
    public void close() {
      CpuProfiler.aside(contender()::close);
    }

    Contender contender() {
      return Objects.requireNonNull(contender);
    }
  }

  /// A row by its key.
  @Benchmark
  public User findByKey(Filled table) {
    return table.contender().findByKey(Sample.id(table.any()));
  }

  /// One new row.
  @Benchmark
  public User insert(Filled table) {
    return table.contender().insert(table.fresh());
  }

  /// One new row, by 64 threads at a time.
  @Benchmark
  @Threads(64)
  public User insertBy64(Shared table) {
    return table.insert();
  }

  /// One new row, and what the audit log says of it.
  @Benchmark
  public AuditedUser insertAudited(Filled table) {
    return table.contender().insertAudited(AuditedUser.of(table.fresh()));
  }

  /// A whole row over the stored one.
  @Benchmark
  public User update(Filled table) {
    int any = table.any();
    User known = table.users[any];
    User row = (known == null ? Sample.stored(any) : known).with(any % 90, "Updated");
    User updated = table.contender().update(row);
    table.users[any] = updated;
    return updated;
  }

  /// Two columns of a row.
  @Benchmark
  public User patch(Filled table) {
    int any = table.any();
    UUID id = Sample.id(any);
    return table.contender().patch(id, any % 90, "Patched");
  }

  /// The newest hundred of five thousand.
  @Benchmark
  public List<User> page100(Filled table) {
    int any = table.any();
    return table.contender().page100(Sample.role(any), Sample.status(any));
  }

  /// How many of a role and status.
  @Benchmark
  public long count(Filled table) {
    int any = table.any();
    return table.contender().count(Sample.role(any), Sample.status(any));
  }

  /// All rows, one by one.
  @Benchmark
  public void stream100k(Filled table, Blackhole sink) {
    table.contender().stream(sink::consume);
  }

  /// As many new rows at once.
  @Benchmark
  public List<User> createAll100k(Empty table) {
    return table.contender().createAll(table.rows);
  }

  /// A tenth of all rows at once.
  @Benchmark
  public List<User> updateAll10k(Filled table) {
    table.batch =
        table
            .contender()
            .updateAll(table.batch.stream().map(row -> row.with(20, "Updated at once")).toList());
    return table.batch;
  }

  /// Ten new rows in one transaction.
  @Benchmark
  public List<User> tx10(Filled table) {
    return table.contender().transaction(Sample.fresh("fresh", table.fresh, table.fresh += 10));
  }
}
