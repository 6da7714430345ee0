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
    for (SchemaWriter.Part part : writer.create(shapes)) {
      if (part.relation() == null || !isThere(part.relation(), session)) {
        session.update(part.statement());
      }
    }
  }

  private boolean isThere(String relation, Session session) {
    Statement presence = writer.presence();
    if (presence == null) {
      return false;
    }
    try (Session.Rows rows = session.query(presence, relation)) {
      return rows.next();
    }
  }
}
