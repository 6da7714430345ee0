package dev.plinth;

import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.audit.AuditLog;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.entity.Property;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Metrics;
import dev.plinth.internal.pipeline.Audit;
import dev.plinth.internal.pipeline.AuditRows;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.pipeline.Execute;
import dev.plinth.internal.pipeline.Guard;
import dev.plinth.internal.pipeline.Observe;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.pipeline.SoftDelete;
import dev.plinth.internal.pipeline.SqlRunner;
import dev.plinth.internal.pipeline.Stamp;
import dev.plinth.internal.pipeline.Transact;
import dev.plinth.internal.pipeline.Validate;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Row;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandles;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Where the data is: opened from a URL, it gives repositories, transactions and everything else.
///
/// Thread-safe; open one for each store and close it at the end. Several can be open side by side.
public final class Database implements AutoCloseable {

  private final DatabaseConfig config;
  private final Engine engine;
  private final Transactions transactions;
  private final Pipeline.Steps steps;
  private final Catalog catalog;
  private final SqlWriter writer;
  private final SchemaWriter schemaWriter;
  private final CursorCodec cursors;
  private final UuidV7 ids;
  private final SqlRunner runner;
  private final AuditRows auditRows;
  private final Map<String, Shape<?>> records = new ConcurrentHashMap<>(); // by table
  private final Map<Shape<?>, Repository<?, ?>> repositories = new ConcurrentHashMap<>();
  private final Map<TableView, Repository<Row, Object>> tables = new ConcurrentHashMap<>();
  private volatile boolean open = true;

  private Database(DatabaseConfig config, Engine engine) {
    this.config = config;
    this.engine = engine;
    Clock clock = config.clock();
    this.transactions = new Transactions(engine);
    this.catalog = new Catalog(engine);
    this.writer = new SqlWriter(engine.dialect());
    this.schemaWriter = new SchemaWriter(engine.dialect());
    this.cursors = new CursorCodec(config.text(Setting.CURSOR_KEY));
    this.ids = new UuidV7(clock);
    this.auditRows = new AuditRows(writer, schemaWriter, transactions, clock);
    Observe observe = new Observe(config.duration(Setting.SLOW_STATEMENT), clock);
    Guard guard = new Guard(() -> open, transactions);
    this.steps =
        new Pipeline.Steps(
            observe,
            guard,
            new Transact(transactions),
            new Audit(auditRows),
            new SoftDelete(clock, ids, catalog),
            new Stamp(clock, ids),
            new Validate(),
            new Execute(engine, writer, cursors));
    this.runner = new SqlRunner(engine, transactions, observe, guard);
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

  /// Opens what a configuration names.
  public static Database open(DatabaseConfig config) {
    List<String> known = new ArrayList<>();
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      if (provider.name().equals(config.url().engine())) {
        return new Database(config, provider.open(config));
      }
      known.add(provider.name());
    }
    throw new ConfigurationException(
        "No engine for '%s' is present; there are: %s."
            .formatted(config.url().engine(), String.join(", ", known)));
  }

  /// The rows of a record's table.
  ///
  /// @param <K> the type of the record's key
  /// @throws dev.plinth.error.MappingException if the record cannot be mapped; it says what to do
  public <T, K> Repository<T, K> repository(Class<T> record) {
    return repository(Shapes.of(record));
  }

  /// As [#repository(Class)], for a record in a package that is closed to the layer.
  ///
  /// @param lookup the caller's `MethodHandles.lookup()`
  public <T, K> Repository<T, K> repository(Class<T> record, MethodHandles.Lookup lookup) {
    Property.trust(lookup);
    return repository(Shapes.of(record, lookup));
  }

  /// The rows of a table without a record, as the catalogue describes it.
  ///
  /// Where this database has given a repository or made the table of a record, the record's rules
  /// hold here as well: its key, version, times, soft delete, secrets and audit. Name your records
  /// to the database before you open its tables to others.
  ///
  /// @throws ValidationException if there is no such table; it offers the nearest name
  public Repository<Row, Object> table(String name) {
    Scope scope = transactions.current();
    var session = scope == null ? null : scope.session();
    List<String> known = catalog.tables(session);
    if (!known.contains(name)) { // engines take names in any case, and their own tables as well
      throw new ValidationException(
          "There is no table '%s'. %s".formatted(name, Suggestion.among(known, name)));
    }
    List<Engine.CatalogColumn> columns = catalog.columns(name, session);
    Shape<?> record = records.get(name);
    return tables.computeIfAbsent(
        new TableView(name, columns, record),
        view -> newRepository(Shapes.of(name, columns, record)));
  }

  /// A table as it was when somebody asked for it; a migration makes another of it.
  private record TableView(
      String name, List<Engine.CatalogColumn> columns, @Nullable Shape<?> record) {}

  @SuppressWarnings("unchecked") // made for this very shape
  private <T, K> Repository<T, K> repository(Shape<T> shape) {
    shape.key(); // says at once if there is none
    records.putIfAbsent(shape.table(), shape);
    return (Repository<T, K>) repositories.computeIfAbsent(shape, this::newRepository);
  }

  private <T, K> Repository<T, K> newRepository(Shape<T> shape) {
    Pipeline pipeline = new Pipeline(steps, shape, transactions);
    return new Repository<>(
        shape,
        pipeline,
        new TableSource<>(shape, shape, pipeline, transactions, cursors, ids),
        ids,
        transactions);
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
    this.<@Nullable Object, X>inTransaction(
        options,
        transaction -> {
          work.in(transaction);
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
    steps.guard().check(false);
    return transactions.<R, X>run(options.readOnly(), scope -> work.in(new Transaction(scope)));
  }

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

  /// The log of every change.
  public AuditLog audit() {
    steps.guard().check(false);
    auditRows.prepare();
    Repository<AuditEntry, Long> entries = repository(AuditEntry.class);
    return new AuditLog(entries.query(), record -> Shapes.of(record).table(), config.clock());
  }

  /// Tables from records.
  public Schema schema() {
    return new Schema(
        schemaWriter,
        transactions,
        catalog,
        auditRows,
        shape -> records.putIfAbsent(shape.table(), shape));
  }

  /// Hand-written SQL with named parameters.
  ///
  /// @throws ValidationException if it is more than one statement
  public Sql sql(String sql) {
    return new Sql(runner, new NamedSql(sql, engine.dialect()), Map.of());
  }

  /// What was done so far.
  public Metrics metrics() {
    return steps.observe().metrics();
  }

  /// Starts counting anew.
  public void resetMetrics() {
    steps.observe().reset();
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

  /// Whether it has not been closed.
  public boolean isOpen() {
    return open;
  }

  /// Closes every connection; harmless when repeated. Later calls fail with a `ConnectionException`.
  @Override
  public void close() {
    if (open) {
      open = false;
      engine.close();
    }
  }

  @Override
  public String toString() {
    return "Database[" + engine.name() + " at " + engine.location() + "]";
  }
}
