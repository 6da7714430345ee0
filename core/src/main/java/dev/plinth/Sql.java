package dev.plinth;

import dev.plinth.internal.pipeline.SqlRunner;
import dev.plinth.internal.shape.ResultReader;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.query.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Hand-written SQL with named parameters: `select … where email = :email`.
///
/// The text is never rewritten, and no audit, soft delete or stamp applies to it. A collection as a
/// value becomes a list: `id in (:ids)`. Immutable, thread-safe.
public final class Sql {

  private final SqlRunner runner;
  private final NamedSql sql;
  private final Map<String, @Nullable Object> values;

  Sql(SqlRunner runner, NamedSql sql, Map<String, @Nullable Object> values) {
    this.runner = runner;
    this.sql = sql;
    this.values = values;
  }

  /// The same with a value for the parameter `:name`.
  public Sql bind(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new HashMap<>(values);
    more.put(name, value);
    return new Sql(runner, sql, more);
  }

  /// The same with a value for each of the parameters.
  public Sql bindAll(Map<String, ? extends @Nullable Object> named) {
    Map<String, @Nullable Object> more = new HashMap<>(values);
    more.putAll(named);
    return new Sql(runner, sql, more);
  }

  /// Runs a statement that gives no rows, and says how many it changed.
  public long execute() {
    return runner.execute(sql, sql.bind(values));
  }

  /// The rows, read into records by column name, or, for a plain type such as `Long.class`, the
  /// first column's values.
  ///
  /// Columns are matched in snake case or as they are; one that the record lacks is passed over, a
  /// component without a column is an error.
  public <R> Rows<R> as(Class<R> type) {
    return new Rows<>(ResultReader.of(type));
  }

  /// The rows by column name, with the values as the engine has them.
  public Rows<Row> rows() {
    return new Rows<>(ResultReader.rows());
  }

  /// What a statement gives.
  ///
  /// @param <R> what a row is read into
  public final class Rows<R> {

    private final ResultReader<R> reader;

    private Rows(ResultReader<R> reader) {
      this.reader = reader;
    }

    /// All rows.
    public List<R> list() {
      return runner.list(sql, sql.bind(values), reader, Integer.MAX_VALUE);
    }

    /// The first row, if there is one.
    public Optional<R> first() {
      return runner.list(sql, sql.bind(values), reader, 1).stream().findFirst();
    }

    /// The only row.
    ///
    /// @throws dev.plinth.error.NotFoundException if there is none
    /// @throws dev.plinth.error.DataException if there are several
    public R one() {
      return runner.one(runner.list(sql, sql.bind(values), reader, 2));
    }

    /// The rows one by one, in bounded memory; close the stream.
    public Stream<R> stream() {
      return runner.stream(sql, sql.bind(values), reader);
    }
  }
}
