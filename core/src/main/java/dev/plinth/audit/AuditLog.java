package dev.plinth.audit;

import static dev.plinth.query.Filter.field;

import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Query;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// The log of every change, newest first, 100 entries unless told otherwise.
///
/// Each refinement gives a new log to ask. Immutable, thread-safe.
public final class AuditLog {

  private static final int FURTHEST_DAYS = 700_000; // back to the first century

  private final Query<AuditEntry> all;
  private final Query<AuditEntry> query;
  private final boolean narrowed;
  private final Function<Class<?>, String> tables;
  private final Clock clock;

  /// A log over a query; `db.audit()` makes it.
  ///
  /// @param tables tells a record's table
  public AuditLog(Query<AuditEntry> query, Function<Class<?>, String> tables, Clock clock) {
    this.all = query;
    this.narrowed = false;
    this.query = query.orderBy(Order.descending(AuditEntry::id)).limit(100);
    this.tables = tables;
    this.clock = clock;
  }

  private AuditLog(AuditLog log, Query<AuditEntry> query, boolean narrowed) {
    this.narrowed = narrowed;
    this.all = log.all;
    this.query = query;
    this.tables = log.tables;
    this.clock = log.clock;
  }

  /// Changes of a record's rows.
  public AuditLog of(Class<?> record) {
    return of(tables.apply(record));
  }

  /// Changes of one row of a record.
  public AuditLog of(Class<?> record, Object id) {
    return of(tables.apply(record), id);
  }

  /// Changes of a table's rows.
  public AuditLog of(String table) {
    return where(field(AuditEntry::resourceType).is(table));
  }

  /// Changes of one row of a table.
  public AuditLog of(String table, Object id) {
    return of(table).where(field(AuditEntry::resourceId).is(id.toString()));
  }

  /// Changes by an actor.
  public AuditLog by(String actor) {
    return where(field(AuditEntry::actor).is(actor));
  }

  /// Changes of a kind.
  public AuditLog action(Action action) {
    return where(field(AuditEntry::action).is(action));
  }

  /// Changes with a correlation.
  public AuditLog correlation(String correlation) {
    return where(field(AuditEntry::correlationId).is(correlation));
  }

  /// Changes of one bulk or set-based operation.
  public AuditLog bulk(UUID bulkId) {
    return where(field(AuditEntry::bulkId).is(bulkId));
  }

  /// Changes at this time or later.
  public AuditLog from(Instant first) {
    return where(field(AuditEntry::at).atLeast(first));
  }

  /// Changes at this time or earlier.
  public AuditLog to(Instant last) {
    return where(field(AuditEntry::at).atMost(last));
  }

  /// At most so many entries, instead of 100.
  public AuditLog limit(long entries) {
    return new AuditLog(this, query.limit(entries), narrowed);
  }

  /// Passes over so many entries.
  public AuditLog offset(long entries) {
    return new AuditLog(this, query.offset(entries), narrowed);
  }

  /// The entries, newest first.
  public List<AuditEntry> list() {
    return query.list();
  }

  /// How many entries there are in all, whatever the limit.
  public long count() {
    return query.count();
  }

  /// The same as a query, for cursors, pages and streams; its limit is 100 unless another was set.
  public Query<AuditEntry> query() {
    return query;
  }

  /// Removes all entries, of whatever kind, that are older than so many days.
  ///
  /// 0 removes everything. It is a call on the whole log, `db.audit().cleanup(90)`.
  ///
  /// @return how many entries went
  /// @throws ValidationException if the number of days is negative, or this log was narrowed down;
  ///     nothing is removed
  public long cleanup(int retentionDays) {
    if (narrowed) {
      throw new ValidationException(
          "Retention is for the whole log: call db.audit().cleanup(…), without a refinement.");
    }
    if (retentionDays < 0) {
      throw new ValidationException(
          "Audit entries are kept for 0 days or more, not " + retentionDays + ".");
    }
    if (retentionDays > FURTHEST_DAYS) {
      return 0; // older than any entry can be
    }
    Instant cutOff = clock.instant().minus(Duration.ofDays(retentionDays));
    return retentionDays == 0
        ? all.purge()
        : all.where(field(AuditEntry::at).before(cutOff)).purge();
  }

  private AuditLog where(Filter filter) {
    return new AuditLog(this, query.where(filter), true);
  }
}
