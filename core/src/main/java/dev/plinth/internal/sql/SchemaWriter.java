package dev.plinth.internal.sql;

import dev.plinth.entity.References;
import dev.plinth.error.MappingException;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.spi.Column;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tables, checks, foreign keys and indexes as a record declares them.
///
/// Every statement says `if not exists`, so that running it again changes nothing.
public final class SchemaWriter {

  private final Dialect dialect;

  /// A writer of this dialect.
  public SchemaWriter(Dialect dialect) {
    this.dialect = dialect;
  }

  /// The statements that make the tables, in an order in which each finds what it refers to.
  public List<Statement> create(List<? extends Shape<?>> shapes) {
    List<Statement> statements = new ArrayList<>();
    for (Shape<?> shape : inOrder(shapes)) {
      shape.key(); // says so if there is none
      statements.add(statement(table(shape), "create table " + shape));
      for (Column column : shape.columns()) {
        if (column.unique() && column.role() != Column.Role.KEY) {
          statements.add(index(shape, Map.of(column, false), true));
        }
      }
      for (Shape.Index index : shape.indexes()) {
        statements.add(index(shape, index.columns(), index.unique()));
      }
      Column createdAt = shape.with(Column.Role.CREATED_AT);
      Column key = shape.with(Column.Role.KEY);
      if (createdAt != null && key != null && !leads(shape, createdAt)) {
        Map<Column, Boolean> newestFirst = new LinkedHashMap<>();
        newestFirst.put(createdAt, true);
        newestFirst.put(key, false);
        statements.add(index(shape, newestFirst, false)); // serves the order of every plain query
      }
      for (Column column : shape.columns()) {
        if (column.references() != null && !leads(shape, column)) {
          // without it every purge of the other side reads this whole table
          statements.add(index(shape, Map.of(column, false), false));
        }
      }
    }
    return statements;
  }

  private static boolean leads(Shape<?> shape, Column column) {
    return (column.unique() && shape.with(Column.Role.DELETED_AT) == null)
        || shape.indexes().stream()
            .anyMatch(index -> index.columns().keySet().iterator().next() == column);
  }

  private static List<Shape<?>> inOrder(List<? extends Shape<?>> shapes) {
    Map<Class<?>, Shape<?>> waiting = new LinkedHashMap<>();
    shapes.forEach(shape -> waiting.put(shape.type(), shape));
    List<Shape<?>> ordered = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Shape<?> next =
          waiting.values().stream()
              .filter(shape -> free(shape, waiting))
              .findFirst()
              // a circle: engines that check late, such as SQLite, take any order
              .orElseGet(() -> waiting.values().iterator().next());
      waiting.remove(next.type());
      ordered.add(next);
    }
    return ordered;
  }

  private static boolean free(Shape<?> shape, Map<Class<?>, Shape<?>> waiting) {
    return shape.columns().stream()
        .map(Column::references)
        .noneMatch(other -> other != null && other != shape.type() && waiting.containsKey(other));
  }

  private String table(Shape<?> shape) {
    List<String> lines = new ArrayList<>();
    for (Column column : shape.columns()) {
      lines.add(column(shape, column));
    }
    Column deletionId = shape.deletionId();
    if (deletionId != null && !shape.columns().contains(deletionId)) {
      lines.add(dialect.quote(deletionId.name()) + " " + dialect.typeName(deletionId.type()));
    }
    for (Column column : shape.columns()) {
      Class<?> other = column.references();
      if (other != null) {
        lines.add(foreignKey(shape, column, Shapes.of(other)));
      }
    }
    return "create table if not exists %s (\n  %s\n)"
        .formatted(dialect.quote(shape.table()), String.join(",\n  ", lines));
  }

  private String column(Shape<?> shape, Column column) {
    String name = dialect.quote(column.name());
    if (column == shape.with(Column.Role.KEY)) {
      return ShapeSql.generated(column)
          ? name + " " + dialect.generatedKey(column.type())
          : name + " " + dialect.typeName(column.type()) + " not null primary key";
    }
    String check = dialect.check(name, column.type());
    return name
        + " "
        + dialect.typeName(column.type())
        + (column.nullable() ? "" : " not null")
        + (check.isEmpty() ? "" : " check (" + check + ")")
        + (column.check().isEmpty() ? "" : " check (" + column.check() + ")");
  }

  private String foreignKey(Shape<?> shape, Column column, Shape<?> other) {
    Column key = other.key();
    if (key.type() != column.type()) {
      throw new MappingException(
          "%s.%s is marked @%s(%s.class), whose key is %s, not %s."
              .formatted(
                  shape.type().getSimpleName(),
                  column.property(),
                  References.class.getSimpleName(),
                  other.type().getSimpleName(),
                  key.type(),
                  column.type()));
    }
    return "foreign key (%s) references %s (%s)"
        .formatted(
            dialect.quote(column.name()), dialect.quote(other.table()), dialect.quote(key.name()));
  }

  private Statement index(Shape<?> shape, Map<Column, Boolean> columns, boolean unique) {
    List<String> parts = new ArrayList<>();
    StringBuilder name = new StringBuilder(shape.table());
    columns.forEach((column, descending) -> {
      name.append('_').append(column.name());
      parts.add(dialect.quote(column.name()) + (descending ? " desc" : ""));
    });
    name.append(unique ? "_key" : "_idx");
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    String live =
        unique && deletedAt != null ? " where " + dialect.quote(deletedAt.name()) + " is null" : "";
    return statement(
        "create %sindex if not exists %s on %s (%s)%s"
            .formatted(
                unique ? "unique " : "",
                dialect.quote(shortened(name.toString())),
                dialect.quote(shape.table()),
                String.join(", ", parts),
                live),
        "create an index of " + shape);
  }

  // names beyond 63 characters are cut silently by PostgreSQL; a hash keeps them apart
  private static String shortened(String name) {
    return name.length() <= 63
        ? name
        : name.substring(0, 54) + "_" + Integer.toHexString(name.hashCode());
  }

  private static Statement statement(String sql, String what) {
    return new Statement(sql, List.of(), what);
  }
}
