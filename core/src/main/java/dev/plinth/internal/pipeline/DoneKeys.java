package dev.plinth.internal.pipeline;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.transaction.Keys;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// The keys of transactions that are done, in a table of the layer's own.
///
/// Rows are never removed by the layer; those older than any repetition can come may be deleted.
public final class DoneKeys implements Keys {

  private static final int LONGEST = 255;

  /// A transaction that is done.
  ///
  /// @param key its key
  /// @param at when it was done
  @Table("plinth_done")
  @Audited(false)
  record Done(@Id String key, Instant at) {}

  private static final Shape<Done> SHAPE = Shapes.of(Done.class);

  private final OwnTable table;
  private final Clock clock;
  private final Statement claim;

  /// Keys in a database.
  public DoneKeys(Engine engine, SchemaWriter schema, Clock clock) {
    this.table = new OwnTable(engine, schema, SHAPE);
    this.clock = clock;
    this.claim =
        new Statement(
            "insert into %s (%s, %s) values (?, ?) on conflict do nothing"
                .formatted(
                    engine.dialect().quote(SHAPE.table()),
                    engine.dialect().quote("key"),
                    engine.dialect().quote("at")),
            List.of(ColumnType.TEXT, ColumnType.INSTANT),
            "note that the transaction is done");
  }

  @Override
  public boolean claim(Scope scope, String key) {
    if (key.isBlank() || key.length() > LONGEST || key.indexOf('\0') >= 0) {
      throw new ValidationException(
          "An idempotency key has 1 to " + LONGEST + " characters, and no NUL.");
    }
    table.make(scope);
    return scope.session().update(claim, key, Canonical.toMicros(clock.instant())) > 0;
  }
}
