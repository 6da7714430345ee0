package dev.plinth;

import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.pipeline.Pipeline;
import dev.plinth.internal.pipeline.Relations;
import dev.plinth.internal.shape.FetchPlan;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Row;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The records and tables that a database knows, each with its repository, made once.
///
/// Thread-safe.
final class Repositories {

  private final Pipeline.Steps steps;
  private final Relations relations;
  private final Transactions transactions;
  private final Catalog catalog;
  private final Caches caches;
  private final CursorCodec cursors;
  private final UuidV7 ids;
  private final Map<String, Shape<?>> records = new ConcurrentHashMap<>(); // by table
  private final Set<Shape<?>> named = ConcurrentHashMap.newKeySet();
  private final Map<Shape<?>, Repository<?, ?>> repositories = new ConcurrentHashMap<>();
  private final Map<TableView, Repository<Row, Object>> tables = new ConcurrentHashMap<>();
  private final Map<Shape<?>, Pipeline> pipelines = new ConcurrentHashMap<>();
  private final Map<Planned, Optional<FetchPlan<?>>> plans = new ConcurrentHashMap<>();

  Repositories(
      Pipeline.Steps steps,
      Relations relations,
      Transactions transactions,
      Catalog catalog,
      Caches caches,
      CursorCodec cursors,
      UuidV7 ids) {
    this.steps = steps;
    this.relations = relations;
    this.transactions = transactions;
    this.catalog = catalog;
    this.caches = caches;
    this.cursors = cursors;
    this.ids = ids;
  }

  /// Lets the rules of a record, and of those it refers to, hold for their tables, whoever opens
  /// them.
  void name(Shape<?> record) {
    if (!named.contains(record)) {
      List<Shape<?>> parents = relations.add(record);
      records.putIfAbsent(record.table(), record);
      named.add(record);
      parents.forEach(this::name);
    }
  }

  @SuppressWarnings("unchecked") // made for this very shape
  <T, K> Repository<T, K> of(Shape<T> record) {
    record.key(); // says at once if there is none
    caches.check(record, repositories.keySet());
    name(record);
    return (Repository<T, K>) repositories.computeIfAbsent(record, this::make);
  }

  Repository<Row, Object> table(String name) {
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
        new TableView(name, columns, record), view -> make(Shapes.of(name, columns, record)));
  }

  /// A table as it was when somebody asked for it; a migration makes another of it.
  private record TableView(
      String name, List<Engine.CatalogColumn> columns, @Nullable Shape<?> record) {}

  private record Planned(Shape<?> base, Class<?> type) {}

  /// The plan of a record over a table; null if it is a choice of columns.
  @SuppressWarnings("unchecked") // made for this very type
  <P> @Nullable FetchPlan<P> plan(Shape<?> base, Class<P> type) {
    Planned planned = new Planned(base, type);
    Optional<FetchPlan<?>> known = plans.get(planned);
    if (known == null) {
      known = Optional.ofNullable(FetchPlan.of(base, type));
      plans.put(planned, known);
    }
    return (FetchPlan<P>) known.orElse(null);
  }

  /// Runs an operation as the repository of its record does.
  Outcome run(Operation operation) {
    Shape<?> record = operation.shape();
    Pipeline known = pipelines.get(record);
    if (known == null) {
      of(record);
      known = Objects.requireNonNull(pipelines.get(record));
    }
    return known.run(operation);
  }

  private <T, K> Repository<T, K> make(Shape<T> shape) {
    Pipeline pipeline = pipelines.computeIfAbsent(shape, s -> new Pipeline(steps, s, transactions));
    return new Repository<>(
        shape,
        pipeline,
        new TableSource<>(shape, shape, pipeline, transactions, cursors, ids, this),
        ids,
        transactions);
  }
}
