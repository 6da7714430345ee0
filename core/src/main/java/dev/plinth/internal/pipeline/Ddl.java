package dev.plinth.internal.pipeline;

import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.List;

/// Makes tables in a running transaction, one maker at a time.
public final class Ddl {

  private final SchemaWriter writer;

  /// Tables in this dialect.
  public Ddl(SchemaWriter writer) {
    this.writer = writer;
  }

  /// Makes what is missing.
  public void create(List<? extends Shape<?>> shapes, Session session) {
    Statement lock = writer.lock();
    if (lock != null) {
      try (Session.Rows locked = session.query(lock)) {
        locked.next();
      }
    }
    writer.create(shapes).forEach(statement -> session.update(statement));
  }
}
