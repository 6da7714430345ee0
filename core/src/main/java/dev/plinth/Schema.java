package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.internal.pipeline.Catalog;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.SchemaWriter;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tables from records, for prototypes and tests; thread-safe.
///
/// It makes what is missing and leaves what is there: a table that exists is not altered.
public final class Schema {

  private final SchemaWriter writer;
  private final Transactions transactions;
  private final Catalog catalog;

  Schema(SchemaWriter writer, Transactions transactions, Catalog catalog) {
    this.writer = writer;
    this.transactions = transactions;
    this.catalog = catalog;
  }

  /// Makes the records' tables, checks, foreign keys and indexes, all or none of them.
  public void create(Class<?>... records) {
    List<Statement> statements = writer.create(shapes(records));
    transactions.<@Nullable Object, RuntimeException>run(
        false,
        scope -> {
          statements.forEach(statement -> scope.session().update(statement));
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
    return writer.create(shapes(records)).stream().map(Statement::sql).toList();
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
