package dev.plinth.internal.pipeline;

import dev.plinth.error.MappingException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Column;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which records refer to which, among those that a database knows.
///
/// Only references to records with a deletion time are of interest: all others are the database's
/// own business. Thread-safe.
public final class Relations {

  /// A column that refers to rows which can be deleted softly.
  record Reference(Shape<?> child, Column column, Shape<?> parent) {}

  private final Engine engine;
  private final Transactions transactions;
  private final SqlWriter writer;
  private final Catalog catalog;
  private final UuidV7 ids;
  private final RowPolicies policies;
  private final Map<String, List<Reference>> cascades =
      new ConcurrentHashMap<>(); // by the parent's table

  /// No relations yet.
  public Relations(
      Engine engine,
      Transactions transactions,
      SqlWriter writer,
      Catalog catalog,
      UuidV7 ids,
      RowPolicies policies) {
    this.engine = engine;
    this.transactions = transactions;
    this.writer = writer;
    this.catalog = catalog;
    this.ids = ids;
    this.policies = policies;
  }

  /// Notes what a record refers to, and gives those that it does.
  ///
  /// @throws MappingException if rows cannot go with those they refer to; it says what to do
  public List<Shape<?>> add(Shape<?> record) {
    List<Shape<?>> parents = new ArrayList<>();
    for (Reference reference : of(record)) {
      parents.add(reference.parent());
      if (reference.column().cascade()) {
        record.key(); // says at once if there is none
        cascades.merge(reference.parent().table(), List.of(reference), Relations::joined);
      }
    }
    return parents;
  }

  // a second record of the same table adds nothing
  private static List<Reference> joined(List<Reference> known, List<Reference> more) {
    List<Reference> all = new ArrayList<>(known);
    for (Reference one : more) {
      if (known.stream().noneMatch(other -> same(one, other))) {
        all.add(one);
      }
    }
    return List.copyOf(all);
  }

  private static boolean same(Reference one, Reference other) {
    return one.child().table().equals(other.child().table())
        && one.column().name().equals(other.column().name());
  }

  /// The references along which rows go and come with those of a table.
  List<Reference> cascading(String table) {
    return cascades.getOrDefault(table, List.of());
  }

  /// What a shape's rows refer to.
  static List<Reference> of(Shape<?> shape) {
    List<Reference> references = new ArrayList<>();
    for (Column column : shape.columns()) {
      if (column.references() != null) {
        Shape<?> parent = Shapes.of(column.references());
        if (parent.with(Column.Role.DELETED_AT) != null) {
          references.add(new Reference(shape, column, parent));
        } else if (column.cascade()) {
          throw new MappingException(
              "%s.%s is marked @References(cascade = true), but deletes of %s are final: mark a component of %s with @DeletedAt."
                  .formatted(
                      shape,
                      column.property(),
                      parent.type().getSimpleName(),
                      parent.type().getSimpleName()));
        }
      }
    }
    return references;
  }

  /// The step of a shape's writes; null where no write of it can concern other rows.
  @Nullable Step step(Shape<?> shape, Pipeline.Steps steps) {
    if (steps.distribute() != null) {
      for (Column column : shape.columns()) {
        if (column.cascade()) {
          throw new UnsupportedException(
              "%s.%s is marked @References(cascade = true), but rows are spread (setting 'distribution'), and a deletion does not go from one row to another there."
                  .formatted(shape, column.property()));
        }
      }
      return null;
    }
    List<Reference> references = of(shape);
    if (references.isEmpty() && shape.with(Column.Role.DELETED_AT) == null) {
      return null;
    }
    Parents parents = new Parents(writer, engine.dialect(), policies);
    Cascade cascade =
        new Cascade(
            this,
            parents,
            engine.capabilities(),
            transactions,
            catalog,
            ids,
            steps,
            policies,
            engine.dialect().rowSecurity());
    return new Relate(shape, references, parents, cascade, steps.transact());
  }
}
