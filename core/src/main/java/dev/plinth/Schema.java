package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.internal.pipeline.AuditRows;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.pipeline.Ddl;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tables from records, for prototypes and tests; thread-safe.
///
/// It makes what is missing and leaves what is there: a table that exists is not altered.
public final class Schema {

  private final SchemaWriter writer;
  private final Transactions transactions;
  private final Catalog catalog;
  private final AuditRows log;
  private final Consumer<Shape<?>> known;

  Schema(
      SchemaWriter writer,
      Transactions transactions,
      Catalog catalog,
      AuditRows log,
      Consumer<Shape<?>> known) {
    this.writer = writer;
    this.transactions = transactions;
    this.catalog = catalog;
    this.log = log;
    this.known = known;
  }

  /// Makes the records' tables, checks, foreign keys and indexes, all or none of them.
  ///
  /// Where one of the records is audited, the log's table is made as well.
  public void create(Class<?>... records) {
    List<Shape<?>> shapes = shapes(records);
    writer.create(shapes); // says what cannot be, before anything is begun
    shapes.forEach(known);
    boolean audited = shapes.stream().anyMatch(Shape::audited);
    transactions.<@Nullable Object, RuntimeException>run(
        Terms.WRITE,
        scope -> {
          new Ddl(writer).create(shapes, scope.session());
          if (audited) {
            log.prepare();
          }
          return null;
        });
  }

  /// As [#create(Class...)], for records in a package that is closed to the layer.
  ///
  /// @param lookup the caller's `MethodHandles.lookup()`
  public void create(MethodHandles.Lookup lookup, Class<?>... records) {
    Property.trust(lookup);
    for (Class<?> record : records) {
      Shapes.of(record, lookup);
    }
    create(records);
  }

  /// The SQL that [#create(Class...)] would run, one statement after the other.
  public List<String> sql(Class<?>... records) {
    return writer.create(shapes(records)).stream().map(part -> part.statement().sql()).toList();
  }

  /// The names of the tables and views.
  public List<String> tables() {
    Scope scope = transactions.current();
    return catalog.tables(scope == null ? null : scope.session());
  }

  private static List<Shape<?>> shapes(Class<?>... records) {
    return Arrays.stream(records).<Shape<?>>map(Shapes::of).toList();
  }
}
