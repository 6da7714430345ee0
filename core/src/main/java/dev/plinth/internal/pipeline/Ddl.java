package dev.plinth.internal.pipeline;

import dev.plinth.error.MappingException;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
    Map<String, String> there = new HashMap<>();
    try (Session.Rows rows = session.query(writer.relations())) {
      while (rows.next()) {
        there.put(Objects.requireNonNull(rows.text(0)), Objects.requireNonNull(rows.text(1)));
      }
    }
    for (SchemaWriter.Part part : writer.create(shapes)) {
      String table = part.relation() == null ? null : there.get(part.relation());
      if (table == null) {
        session.update(part.statement());
      } else if (!table.equals(part.table())) {
        // "if not exists" would be content with an index of that name on any other table
        throw new MappingException(
            "The table '%s' needs an index with the name '%s', which one of the table '%s' has already. Rename a column with @Column, or that index."
                .formatted(part.table(), part.relation(), table));
      }
      if (part.relation() != null) {
        there.put(part.relation(), part.table());
      }
    }
  }
}
