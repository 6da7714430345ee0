package dev.plinth.internal.pipeline;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ConflictException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.transaction.Keys;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The keys of transactions that are done, in a table of the layer's own.
///
/// Rows are never removed by the layer; those older than any repetition can come may be deleted.
public final class DoneKeys implements Keys {

  private static final int LONGEST = 255;

  /// A transaction that is done.
  ///
  /// @param key its key
  /// @param at when it was done
  /// @param run whose attempt it was
  @Table("plinth_done")
  @Audited(false)
  record Done(@Id String key, Instant at, UUID run) {}

  private static final Shape<Done> SHAPE = Shapes.of(Done.class);

  private final OwnTable table;
  private final Clock clock;
  private final Statement write;
  private final Statement find;

  /// Keys in a database.
  public DoneKeys(Engine engine, SchemaWriter schema, Clock clock) {
    this.table = new OwnTable(engine, schema, SHAPE);
    this.clock = clock;
    Dialect dialect = engine.dialect();
    String name = dialect.quote(SHAPE.table());
    String key = dialect.quote("key");
    String at = dialect.quote("at");
    String run = dialect.quote("run");
    this.write =
        new Statement(
            "insert into %s (%s, %s, %s) values (?, ?, ?) on conflict do nothing"
                .formatted(name, key, at, run),
            List.of(ColumnType.TEXT, ColumnType.INSTANT, ColumnType.UUID),
            "note that the transaction is done");
    this.find =
        new Statement(
            "update %1$s set %2$s = %2$s where %3$s = ? returning %4$s"
                .formatted(name, at, key, run),
            List.of(ColumnType.TEXT),
            "find out who has done the transaction");
  }

  @Override
  public void prepare(Transactions transactions) {
    try {
      make(transactions);
    } catch (OutcomeUnknownException e) {
      make(transactions); // made twice it is made once
    }
  }

  private void make(Transactions transactions) {
    if (!table.ready()) {
      transactions.<@Nullable Object, RuntimeException>run(
          Terms.WRITE,
          scope -> {
            table.make(scope);
            return null;
          });
    }
  }

  @Override
  public Claim claim(Scope scope, String key, UUID run) {
    if (key.isBlank() || key.length() > LONGEST || key.indexOf('\0') >= 0) {
      throw new ValidationException(
          "An idempotency key has 1 to " + LONGEST + " characters, and no NUL.");
    }
    Session session = scope.session();
    if (session.update(write, key, Canonical.toMicros(clock.instant()), run) > 0) {
      return Claim.NEW;
    }
    try (Session.Rows found = session.query(find, key)) {
      if (!found.next()) {
        throw new ConflictException("The transaction's key was removed meanwhile.", null);
      }
      return run.equals(found.uuid(0)) ? Claim.OWN : Claim.OTHER;
    }
  }
}
