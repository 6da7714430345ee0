package dev.plinth;

import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.audit.AuditLog;
import dev.plinth.change.ChangeFeed;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.config.Setting;
import dev.plinth.entity.Property;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Health;
import dev.plinth.health.Metrics;
import dev.plinth.health.PoolHealth;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.change.Feeds;
import dev.plinth.internal.migrate.Steps;
import dev.plinth.internal.pipeline.Audit;
import dev.plinth.internal.pipeline.AuditRows;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.pipeline.Distribute;
import dev.plinth.internal.pipeline.DoneKeys;
import dev.plinth.internal.pipeline.Execute;
import dev.plinth.internal.pipeline.Guard;
import dev.plinth.internal.pipeline.Observe;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.pipeline.Relations;
import dev.plinth.internal.pipeline.Restrict;
import dev.plinth.internal.pipeline.RestrictedSql;
import dev.plinth.internal.pipeline.RestrictedWrite;
import dev.plinth.internal.pipeline.Retry;
import dev.plinth.internal.pipeline.SaveRows;
import dev.plinth.internal.pipeline.Secure;
import dev.plinth.internal.pipeline.SoftDelete;
import dev.plinth.internal.pipeline.SqlRunner;
import dev.plinth.internal.pipeline.Stamp;
import dev.plinth.internal.pipeline.Transact;
import dev.plinth.internal.pipeline.Validate;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Retrying;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Row;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Engine;
import dev.plinth.spi.RowSecurity;
import java.lang.invoke.MethodHandles;
import java.time.Clock;
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

  private static final String ROLE = "authenticated"; // as Supabase has it

  private final DatabaseConfig config;
  private final Engine engine;
  private final @Nullable Fallback fallback;
  private final Transactions transactions;
  private final Pipeline.Steps steps;
  private final Catalog catalog;
  private final SqlWriter writer;
  private final SchemaWriter schemaWriter;
  private final SqlRunner runner;
  private final AuditRows auditRows;
  private final Caches caches;
  private final Feeds feeds;
  private final Repositories repositories;
  private final RowPolicies policies;
  private final Secure secure;
  private volatile boolean open = true;

  private Database(DatabaseConfig config, Engine engine, @Nullable Fallback fallback) {
    this.config = config;
    this.engine = engine;
    this.fallback = fallback;
    Clock clock = config.clock();
    String role = config.text(Setting.ROW_SECURITY_ROLE);
    RowSecurity security = engine.dialect().rowSecurity();
    if (!role.isEmpty() && security == null && fallback == null) {
      throw Secure.unsupported(engine);
    }
    this.policies = new RowPolicies(role.isEmpty() || security == null ? null : role);
    String column = config.text(Setting.DISTRIBUTION);
    Distribute distribute = column.isEmpty() ? null : new Distribute(column);
    this.schemaWriter =
        new SchemaWriter(engine.dialect(), distribute == null ? null : distribute::place);
    Retrying retrying = new Retrying();
    this.transactions =
        new Transactions(engine, retrying, new DoneKeys(engine, schemaWriter, clock));
    this.catalog = new Catalog(engine, transactions);
    this.writer = new SqlWriter(engine.dialect());
    UuidV7 ids = new UuidV7(clock);
    CursorCodec cursors = new CursorCodec(config.text(Setting.CURSOR_KEY));
    this.feeds = new Feeds(engine, transactions);
    this.auditRows = new AuditRows(engine, writer, schemaWriter, transactions, feeds, clock);
    this.secure =
        new Secure(engine, transactions, writer, auditRows, policies, role.isEmpty() ? ROLE : role);
    Guard guard =
        new Guard(() -> open, transactions, fallback == null ? null : fallback::beforeWrite);
    Execute execute = new Execute(engine, transactions, writer, cursors, policies);
    SoftDelete softDelete = new SoftDelete(clock, ids, catalog);
    Observe observe =
        new Observe(
            config.duration(Setting.SLOW_STATEMENT),
            clock,
            retrying,
            call -> softDelete.apply(call, execute::text)); // each step that rewrites reads
    this.caches = new Caches(engine);
    Relations relations = new Relations(engine, transactions, writer, catalog, ids);
    this.steps =
        new Pipeline.Steps(
            observe,
            guard,
            new Restrict(policies, catalog, new RestrictedWrite(policies, transactions)),
            distribute,
            new dev.plinth.internal.pipeline.Cache(caches, transactions, execute),
            new Retry(transactions),
            new Transact(transactions),
            new SaveRows(),
            relations,
            new Audit(auditRows, engine.dialect()),
            softDelete,
            new Stamp(clock, ids),
            new Validate(),
            execute);
    this.repositories =
        new Repositories(steps, relations, transactions, catalog, caches, cursors, ids);
    this.runner =
        new SqlRunner(
            engine,
            transactions,
            observe,
            guard,
            caches,
            policies,
            new RestrictedSql(policies, catalog));
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
    return repositories.of(Shapes.of(record));
  }

  /// As [#repository(Class)], for a record in a package that is closed to the layer.
  ///
  /// @param lookup the caller's `MethodHandles.lookup()`
  public <T, K> Repository<T, K> repository(Class<T> record, MethodHandles.Lookup lookup) {
    Property.trust(lookup);
    return repositories.of(Shapes.of(record, lookup));
  }

  /// The rows of a table without a record, as the catalogue describes it.
  ///
  /// Where this database has given a repository or made the table of a record, the record's rules
  /// hold here as well: its key, version, times, soft delete, secrets and audit. Name your records
  /// to the database before you open its tables to others.
  ///
  /// @throws ValidationException if there is no such table; it offers the nearest name
  public Repository<Row, Object> table(String name) {
    return repositories.table(name);
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
    steps.guard().check(options.idempotencyKey() != null); // which is written first
    transactions.<@Nullable Object, X>run(
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
    steps.guard().check(options.idempotencyKey() != null); // which is written first
    Given<R> given =
        transactions.<@Nullable Given<R>, X>run(
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
    return new Policies(policies, repositories, secure);
  }

  /// The log of every change.
  public AuditLog audit() {
    steps.guard().check(false);
    auditRows.prepare();
    Repository<AuditEntry, Long> entries = repository(AuditEntry.class);
    return new AuditLog(entries.query(), record -> Shapes.of(record).table(), config.clock());
  }

  /// The committed changes of a record's rows, as they come, from whatever process.
  ///
  /// @throws dev.plinth.error.MappingException if they are not logged
  public <T> ChangeFeed<T> changes(Class<T> record) {
    return feeds.of(Shapes.of(record), auditRows::prepare);
  }

  /// Tables from records.
  public Schema schema() {
    return new Schema(schemaWriter, transactions, catalog, auditRows, repositories::name);
  }

  /// Changes of the schema, each run once: those in the folder `db/migration` of the class path.
  ///
  /// @throws dev.plinth.error.MigrationException if a file there is no migration
  public Migrations migrations() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return new Migrations(
        this,
        engine,
        new StepRunner(this, engine, transactions, runner),
        Steps.onClassPath(
            context == null ? Database.class.getClassLoader() : context,
            Migrations.LOCATION,
            engine.name()));
  }

  /// Hand-written SQL with named parameters.
  ///
  /// @throws ValidationException if it is more than one statement
  public Sql sql(String sql) {
    return new Sql(runner, new NamedSql(sql, engine.dialect()), Map.of());
  }

  /// What is kept in memory of records marked `@Cached`.
  public Cache cache() {
    return new Cache(caches);
  }

  /// What was done so far.
  public Metrics metrics() {
    return steps.observe().metrics();
  }

  /// Starts counting anew.
  public void resetMetrics() {
    steps.observe().reset();
  }

  /// Work whose reads may come from replicas, but see what the same work has written.
  ///
  /// On engines without replicas it is like any other work.
  public Reading reading(Freshness freshness) {
    return new Reading(transactions, freshness);
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
    return Pulse.of(engine, transactions.current()).failure() == null;
  }

  /// Whether the store answers within some time, asked with growing pauses; never throws.
  ///
  /// For a start beside a server that starts as well.
  public boolean ping(Duration patience) {
    return Pulse.within(patience, engine, transactions.current());
  }

  /// How it is: whether the store answers and how fast, the pool, the replicas, a fallback.
  public Health health() {
    return Pulse.health(engine, transactions.current(), open, fallback, config.clock().instant());
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
      caches.close();
      feeds.close();
      engine.close();
    }
  }

  @Override
  public String toString() {
    return "Database[" + engine.name() + " at " + engine.location() + "]";
  }
}
