package dev.plinth.internal.pipeline;

import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.internal.change.Feeds;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Json;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.CommitWindow;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes rows of the audit log, and makes its table when the first is written.
///
/// Thread-safe.
public final class AuditRows {

  /// What stands for a secret value.
  static final String MASK = "***";

  /// What stands for a secret value that is another than before.
  static final String MASK_OF_CHANGED = "*** (changed)";

  private static final int BATCH = 10_000;

  /// What the log is made of.
  static final Shape<AuditEntry> SHAPE = Shapes.of(AuditEntry.class);

  /// The log's table.
  static final String TABLE = SHAPE.table();

  /// One changed row.
  ///
  /// @param before its values; null if it is new
  /// @param after its values; null if it is gone
  record Change(
      Action action, @Nullable Object @Nullable [] before, @Nullable Object @Nullable [] after) {}

  private final InsertRows inserts;
  private final OwnTable table;
  private final Transactions transactions;
  private final Feeds feeds;
  private final Clock clock;

  /// Audit rows in this dialect.
  public AuditRows(
      Engine engine,
      SqlWriter writer,
      SchemaWriter schema,
      Transactions transactions,
      Feeds feeds,
      Clock clock) {
    this.inserts = new InsertRows(writer);
    this.table = new OwnTable(engine, schema, SHAPE);
    this.transactions = transactions;
    this.feeds = feeds;
    this.clock = clock;
  }

  /// Makes the log's table if it is missing, so that an empty log can be asked.
  public void prepare() {
    Scope running = transactions.current();
    if (!table.ready() && (running == null || !running.readOnly())) {
      transactions.<@Nullable Object, RuntimeException>run(
          Terms.WRITE,
          scope -> {
            table.make(scope);
            return null;
          });
    }
  }

  void write(Call call, List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    Scope scope = Objects.requireNonNull(transactions.current(), "audited outside a transaction");
    Session session = scope.session();
    table.make(scope);
    CommitWindow followers = feeds.followers(call.operation().shape().table());
    if (followers != null) {
      scope.during(followers);
    }
    Instant now = Canonical.toMicros(clock.instant());
    Actor actor = Actor.current();
    List<@Nullable Object[]> rows = new ArrayList<>(Math.min(BATCH, changes.size()));
    for (Change change : changes) {
      rows.add(row(call, change, now, actor));
      if (rows.size() == BATCH) {
        inserts.store(SHAPE, rows, session);
        rows.clear();
      }
    }
    if (!rows.isEmpty()) {
      inserts.store(SHAPE, rows, session);
    }
  }

  // in the order of AuditEntry's components; the first is numbered
  private static @Nullable Object[] row(Call call, Change change, Instant now, Actor actor) {
    Shape<?> shape = call.operation().shape();
    @Nullable Object[] present =
        Objects.requireNonNull(change.after() != null ? change.after() : change.before());
    Object key = Objects.requireNonNull(present[shape.key().position()]);
    return new @Nullable Object[] {
      null,
      now,
      actor.id(),
      change.action().name(),
      shape.table(),
      Canonical.text(key),
      json(shape, change.before(), null),
      json(shape, change.after(), change.before()),
      call.context().group(),
      actor.session(),
      actor.correlation(),
      actor.address(),
      actor.userAgent()
    };
  }

  private static @Nullable String json(
      Shape<?> shape, @Nullable Object @Nullable [] values, @Nullable Object @Nullable [] earlier) {
    if (values == null) {
      return null;
    }
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
      json.writeStartObject();
      for (Column column : shape.columns()) {
        Object value = values[column.position()];
        json.writeName(column.name());
        if (value != null && column.secret()) {
          boolean changed = earlier != null && !Canonical.same(earlier[column.position()], value);
          json.writeString(changed ? MASK_OF_CHANGED : MASK);
        } else {
          write(json, column, value);
        }
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Column column, @Nullable Object value) {
    switch (value) {
      // in tables of others a text may be no JSON, or more than one value: then it is kept as a
      // text
      case String text when column.type() == ColumnType.JSON && Json.isJson(text) ->
          json.writeRawValue(text);
      case List<?> list -> json.writeRawValue(Json.array(list));
      case null, default -> Json.writePlain(json, value);
    }
  }
}
