package dev.plinth.internal.pipeline;

import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import java.util.List;

/// A table of the layer's own, made in the transaction that needs it first.
///
/// Thread-safe.
final class OwnTable {

  private final Engine engine;
  private final SchemaWriter schema;
  private final Shape<?> shape;
  private volatile boolean ready;

  OwnTable(Engine engine, SchemaWriter schema, Shape<?> shape) {
    this.engine = engine;
    this.schema = schema;
    this.shape = shape;
  }

  /// Whether it is known to be there.
  boolean ready() {
    return ready;
  }

  /// Makes it if it is missing.
  void make(Scope scope) {
    if (ready) {
      return;
    }
    Session session = scope.session();
    if (engine.columns(session, shape.table()).isEmpty()) {
      new Ddl(schema).create(List.of(shape), session);
    }
    scope.afterCommit(() -> ready = true); // a rollback takes the table back as well
  }
}
