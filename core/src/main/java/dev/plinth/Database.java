package dev.plinth;

import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.audit.AuditLog;
import dev.plinth.change.ChangeFeed;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.entity.Property;
import dev.plinth.error.AccessException;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Health;
import dev.plinth.health.Metrics;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.migrate.Steps;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.query.Row;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the data is: opened from a URL, it gives repositories, transactions and everything else.
///
/// Thread-safe; open one for each store and close it at the end. Several can be open side by side.
public final class Database implements AutoCloseable {

  private final DatabaseConfig config;
  private final Engine engine;
  private final @Nullable Fallback fallback;
  private final Parts parts;
  private volatile boolean open = true;

  private Database(DatabaseConfig config, Engine engine, @Nullable Fallback fallback) {
    this.config = config;
    this.engine = engine;
    this.fallback = fallback;
    this.parts = Parts.of(config, engine, fallback, () -> open);
  }

  /// Opens what the environment names; without any setting an SQLite file at `data/plinth.db`.
  ///
  /// @throws ConfigurationException if a variable's value cannot be; it names the variable
  /// @throws dev.plinth.error.ConnectionException if the store cannot be reached
  public static Database open() {
    return open(DatabaseConfig.fromEnvironment());
  }

  /// Opens a URL such as `sqlite:shop.db`, with every other setting at its default.
  public static Database open(@Nullable String url) {
    return open(DatabaseConfig.of(url));
  }

  /// Opens what a configuration names, and then does what is given, in its order, once.
  ///
  /// If one of these throws, the database is closed, and what it threw passes through.
  ///
  /// @throws ConfigurationException if a fallback took writes which the server does not have
  @SafeVarargs
  public static Database open(DatabaseConfig config, Consumer<? super Database>... first) {
    Engines.Opened opened = Engines.openOrFallBack(config);
    Database db = new Database(config, opened.engine(), opened.fallback());
    try {
      for (Consumer<? super Database> one : first) {
        one.accept(db);
      }
      return db;
    } catch (Throwable e) {
      db.close();
      throw e;
    }
  }

  /// The rows of a record's table.
  ///
  /// @param <K> the type of the record's key
  /// @throws dev.plinth.error.MappingException if the record cannot be mapped; it says what to do
  public <T, K> Repository<T, K> repository(Class<T> record) {
    return parts.repositories().of(Shapes.of(record));
  }

  /// As [#repository(Class)], for a record in a package that is closed to the layer.
  ///
  /// @param lookup the caller's `MethodHandles.lookup()`
  public <T, K> Repository<T, K> repository(Class<T> record, MethodHandles.Lookup lookup) {
    Property.trust(lookup);
    return parts.repositories().of(Shapes.of(record, lookup));
  }

  /// The rows of a table without a record, as the catalogue describes it.
  ///
  /// Where this database has given a repository or made the table of a record, the record's rules
  /// hold here as well: its key, version, times, soft delete, secrets and audit. Name your records
  /// to the database before you open its tables to others.
  ///
  /// @throws ValidationException if there is no such table; it offers the nearest name
  public Repository<Row, Object> table(String name) {
    return parts.repositories().table(name);
  }

  /// Runs work in a transaction: all of it happens, or nothing.
  ///
  /// Inside another transaction it is a part that can fail alone: its changes are undone to where it
  /// began, and the rest stands if the exception is caught. What the work throws passes through
  /// unchanged after the rollback.
  public <X extends Throwable> void transaction(Transaction.Action<X> work) throws X {
    transaction(Transaction.Options.STANDARD, work);
  }

  /// As [#transaction(Transaction.Action)], with options.
  public <X extends Throwable> void transaction(
      Transaction.Options options, Transaction.Action<X> work) throws X {
    parts.steps().guard().check(options.idempotencyKey() != null); // which is written first
    parts
        .transactions()
        .<@Nullable Object, X>run(
            options.terms(),
            scope -> {
              work.in(new Transaction(scope));
              return null;
            });
  }

  /// As [#transaction(Transaction.Action)], for work with a result.
  public <R extends @Nullable Object, X extends Throwable> R inTransaction(
      Transaction.Function<? extends R, X> work) throws X {
    return inTransaction(Transaction.Options.STANDARD, work);
  }

  /// As [#inTransaction(Transaction.Function)], with options.
  public <R extends @Nullable Object, X extends Throwable> R inTransaction(
      Transaction.Options options, Transaction.Function<? extends R, X> work) throws X {
    parts.steps().guard().check(options.idempotencyKey() != null); // which is written first
    Given<R> given =
        parts
            .transactions()
            .<@Nullable Given<R>, X>run(
                options.terms(), scope -> new Given<>(work.in(new Transaction(scope))));
    if (given == null) {
      throw new TransactionException(
          "The transaction with the key '%s' was done before, so its result is not known here."
              .formatted(options.idempotencyKey()));
    }
    return given.result();
  }

  private record Given<R extends @Nullable Object>(R result) {}

  /// Runs work in the name of an actor, who is recorded with every change in it.
  public <X extends Throwable> void actingAs(Actor actor, ActorWork<X> work) throws X {
    actor.<@Nullable Object, X>call(() -> {
      work.run();
      return null;
    });
  }

  /// Runs work with a result in the name of an actor.
  public <R extends @Nullable Object, X extends Throwable> R actingAs(
      Actor actor, ScopedValue.CallableOp<? extends R, X> work) throws X {
    return actor.<R, X>call(work);
  }

  /// Work without a result that an actor does.
  ///
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface ActorWork<X extends Throwable> {
    /// Does the work.
    void run() throws X;
  }

  /// Which rows an actor sees and may change.
  public Policies policies() {
    return new Policies(parts.policies(), parts.repositories(), parts.secure());
  }

  /// The log of every change.
  public AuditLog audit() {
    parts.steps().guard().check(false);
    parts.auditRows().prepare();
    Repository<AuditEntry, Long> entries = repository(AuditEntry.class);
    return new AuditLog(entries.query(), record -> Shapes.of(record).table(), config.clock());
  }

  /// The committed changes of a record's rows, as they come, from whatever process.
  ///
  /// The log shows rows whole, as they were, so a table with a row policy is followed in work that may
  /// see every row, [Policies#bypass].
  ///
  /// @throws dev.plinth.error.MappingException if they are not logged
  /// @throws dev.plinth.error.AccessException if the table has a policy for whoever asks
  public <T> ChangeFeed<T> changes(Class<T> record) {
    Shape<T> shape = Shapes.of(record);
    if (parts.policies().restricted() && parts.policies().policy(shape.table()) != null) {
      throw new AccessException(
          "%s has a row policy, and its log shows every row: follow it within db.policies().bypass(…), and choose what to pass on."
              .formatted(shape));
    }
    return parts.feeds().of(shape, parts.auditRows()::prepare);
  }

  /// Tables from records.
  public Schema schema() {
    return new Schema(
        parts.schemaWriter(),
        parts.transactions(),
        parts.catalog(),
        parts.auditRows(),
        parts.repositories()::name);
  }

  /// Changes of the schema, each run once: those in the folder `db/migration` of the class path.
  ///
  /// @throws dev.plinth.error.MigrationException if a file there is no migration
  public Migrations migrations() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return new Migrations(
        this,
        engine,
        new StepRunner(this, engine, parts.transactions(), parts.runner()),
        Steps.onClassPath(
            context == null ? Database.class.getClassLoader() : context,
            Migrations.LOCATION,
            engine.name()));
  }

  /// Hand-written SQL with named parameters.
  ///
  /// @throws ValidationException if it is more than one statement
  public Sql sql(String sql) {
    return new Sql(parts.runner(), new NamedSql(sql, engine.dialect()), Map.of());
  }

  /// What is kept in memory of records marked `@Cached`.
  public Cache cache() {
    return new Cache(parts.caches());
  }

  /// What was done so far.
  public Metrics metrics() {
    return parts.steps().observe().metrics();
  }

  /// Starts counting anew.
  public void resetMetrics() {
    parts.steps().observe().reset();
  }

  /// Work whose reads may come from replicas, but see what the same work has written.
  ///
  /// On engines without replicas it is like any other work.
  public Reading reading(Freshness freshness) {
    return new Reading(parts.transactions(), freshness);
  }

  /// The configuration it was opened with.
  public DatabaseConfig config() {
    return config;
  }

  /// The engine's name: `sqlite`.
  public String engine() {
    return engine.name();
  }

  /// The file that holds the data, if it is one.
  public Optional<String> file() {
    return engine.file();
  }

  /// Whether it has not been closed; asks nobody.
  public boolean isActive() {
    return open;
  }

  /// Whether the store answers now; never throws.
  public boolean ping() {
    return Pulse.of(engine, parts.transactions().current()).failure() == null;
  }

  /// Whether the store answers within some time, asked with growing pauses; never throws.
  ///
  /// For a start beside a server that starts as well.
  public boolean ping(Duration patience) {
    return Pulse.within(patience, engine, parts.transactions().current());
  }

  /// How it is: whether the store answers and how fast, the pool, the replicas, a fallback.
  public Health health() {
    return Pulse.health(
        engine, parts.transactions().current(), open, fallback, config.clock().instant());
  }

  /// The connections at this moment.
  public PoolHealth poolHealth() {
    return engine.pool();
  }

  /// What its engine can do.
  public Set<Capability> capabilities() {
    return engine.capabilities();
  }

  /// Closes every connection; harmless when repeated. Later calls fail with a `ConnectionException`.
  ///
  /// So do further calls in a transaction that runs; one that has done its work is committed.
  @Override
  public void close() {
    if (open) {
      open = false;
      parts.caches().close();
      parts.feeds().close();
      engine.close();
    }
  }

  @Override
  public String toString() {
    return "Database[" + engine.name() + " at " + engine.location() + "]";
  }
}
