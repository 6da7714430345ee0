package dev.plinth.internal.pipeline;

import dev.plinth.error.DataException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.ResultReader;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.transaction.CommitWindows;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs hand-written statements: observed and guarded like every call, otherwise left alone.
///
/// Thread-safe.
public final class SqlRunner {

  private final Engine engine;
  private final Transactions transactions;
  private final Observe observe;
  private final Guard guard;
  private final Caches caches;
  private final RowPolicies policies;
  private final RestrictedSql restricted;

  /// A runner on an engine.
  public SqlRunner(
      Engine engine,
      Transactions transactions,
      Observe observe,
      Guard guard,
      Caches caches,
      RowPolicies policies,
      RestrictedSql restricted) {
    this.engine = engine;
    this.transactions = transactions;
    this.observe = observe;
    this.guard = guard;
    this.caches = caches;
    this.policies = policies;
    this.restricted = restricted;
  }

  /// Runs a statement and says how many rows it changed.
  public long execute(NamedSql sql, Prepared prepared) {
    if (sql.givesRows()) {
      throw new ValidationException("The statement gives rows: use rows() or as(…) instead.");
    }
    return in(
        sql,
        prepared,
        session -> {
          if (!sql.asks()) {
            long changed = session.update(prepared.statement(), prepared.arguments());
            return sql.changesRows() ? changed : 0; // else the driver repeats an earlier number
          }
          try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
            while (rows.next()) {} // a pragma, say, that gives rows nobody wants
            return 0L;
          }
        });
  }

  /// The rows of a statement, or the first of them; one that writes is run to its end all the same.
  public <R> List<R> list(NamedSql sql, Prepared prepared, ResultReader<R> reader, int most) {
    checkGivesRows(sql, prepared);
    return in(
        sql,
        prepared,
        session -> {
          List<R> list = new ArrayList<>();
          try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
            Function<Cells, R> row = null;
            while ((list.size() < most || !sql.reads()) && rows.next()) {
              if (row == null) {
                row = reader.of(rows.names());
              }
              if (list.size() < most) {
                list.add(row.apply(rows));
              }
            }
          }
          return list;
        });
  }

  /// The only one of some rows.
  public <R> R one(List<R> rows) {
    if (rows.isEmpty()) {
      throw new NotFoundException("", "The statement gives no row, but one was asked for.");
    }
    if (rows.size() > 1) {
      throw new DataException("The statement gives several rows, but one was asked for.");
    }
    return rows.getFirst();
  }

  /// The rows of a statement one by one.
  public <R> Stream<R> stream(NamedSql sql, Prepared prepared, ResultReader<R> reader) {
    checkGivesRows(sql, prepared);
    if (concerns(sql) || (!sql.reads() && policies.isKeptByDatabase())) {
      // what a write gives is not many, and is over when it is committed
      return list(sql, prepared, reader, Integer.MAX_VALUE).stream();
    }
    return observe.measured(
        prepared.statement(),
        () -> {
          guard.check(sql.writes());
          Scope scope = transactions.current();
          restricted.check(sql, scope);
          if (scope != null) {
            return RowStream.of(
                policies.named(scope.session(), null), false, prepared, new Reader<>(reader));
          }
          return transactions.repeated(
              sql.reads(),
              () -> {
                Session session = policies.owned(session(sql), null);
                Stream<R> rows = RowStream.of(session, true, prepared, new Reader<>(reader));
                if (!sql.reads()) {
                  transactions.committed(session);
                }
                return rows;
              });
        });
  }

  // before it is run: afterwards it would be done, and the error would ask to do it again
  private static void checkGivesRows(NamedSql sql, Prepared prepared) {
    if (sql.givesNone()) {
      throw new ValidationException(
          "Could not %s: it gives no rows: use execute() instead."
              .formatted(prepared.statement().what()));
    }
  }

  /// Reads rows by the columns that the first of them has.
  private static final class Reader<R> implements Function<Session.Rows, R> {
    private final ResultReader<R> reader;
    private @Nullable Function<Cells, R> row;

    Reader(ResultReader<R> reader) {
      this.reader = reader;
    }

    @Override
    public R apply(Session.Rows rows) {
      if (row == null) {
        row = reader.of(rows.names());
      }
      return row.apply(rows);
    }
  }

  private Session session(NamedSql sql) {
    return sql.reads() ? transactions.reading() : engine.write();
  }

  // a change of rows is like any other write; what else there is may not like company
  private Session sessionForAll(NamedSql sql) {
    return sql.changesRows() ? engine.share(Engine.PATIENT) : session(sql);
  }

  private <R> R in(NamedSql sql, Prepared prepared, Function<Session, R> work) {
    return observe.measured(
        prepared.statement(),
        () -> {
          guard.check(sql.writes());
          Scope scope = transactions.current();
          restricted.check(sql, scope);
          if (concerns(sql)) {
            return noted(sql, scope, work);
          }
          if (scope != null) {
            return work.apply(policies.named(scope.session(), null));
          }
          if (!sql.reads() && policies.isKeptByDatabase()) {
            return noted(sql, null, work); // in a transaction, which is what knows the actor
          }
          return transactions.repeated(
              sql.reads(),
              () -> {
                try (Session session = sessionForAll(sql)) {
                  R result = work.apply(policies.named(session, null));
                  if (!sql.reads()) {
                    transactions.committed(session);
                  }
                  return result;
                }
              });
        });
  }

  // whether it may write to a table of which something is kept in memory
  private boolean concerns(NamedSql sql) {
    return !caches.tables().isEmpty() && sql.mayWrite();
  }

  private <R> R noted(NamedSql sql, @Nullable Scope scope, Function<Session, R> work) {
    if (scope != null) {
      caches.written(sql.target(), scope::during, scope.session());
      return work.apply(policies.named(scope.session(), null));
    }
    if (sql.asks()
        || sql.changesRows()
        || policies.isKeptByDatabase()) { // so that others hear of it if, and only if, it happens
      return transactions.repeated(
          false, () -> transactions.once(Begin.WRITE, own -> noted(sql, own, work)));
    }
    CommitWindows windows = new CommitWindows();
    caches.written(null, windows::add, null);
    return transactions.repeated( // what defines tables may not like transactions
        false,
        () -> {
          try (Session session = engine.write()) {
            windows.open();
            R result = windows.<R, RuntimeException>around(() -> work.apply(session));
            transactions.committed(session);
            return result;
          }
        });
  }
}
