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
    writer.create(shapes).forEach(statement -> session.update(statement));
    checkIndexes(shapes, session);
  }

  // "if not exists" is content with an index of that name on any other table
  private void checkIndexes(List<? extends Shape<?>> shapes, Session session) {
    Map<String, String> tables = new HashMap<>();
    try (Session.Rows rows = session.query(writer.indexes())) {
      while (rows.next()) {
        tables.put(Objects.requireNonNull(rows.text(0)), Objects.requireNonNull(rows.text(1)));
      }
    }
    for (Shape<?> shape : shapes) {
      for (String index : writer.indexNames(shape)) {
        String table = tables.get(index);
        if (table != null && !table.equalsIgnoreCase(shape.table())) {
          throw new MappingException(
              "%s needs an index with the name '%s', which one of the table '%s' has already. Rename a column with @Column, or that index."
                  .formatted(shape, index, table));
        }
      }
    }
  }
}
