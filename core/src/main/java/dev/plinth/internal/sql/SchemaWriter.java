package dev.plinth.internal.sql;

import dev.plinth.entity.References;
import dev.plinth.error.MappingException;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.FullTextDialect;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tables, checks, foreign keys and indexes as a record declares them.
///
/// Every statement says `if not exists`, so that running it again changes nothing.
public final class SchemaWriter {

  /// A statement that makes something.
  ///
  /// @param table the table that it belongs to
  /// @param relation the table or index that it makes; null for anything else
  public record Part(String table, @Nullable String relation, Statement statement) {}

  private final Dialect dialect;
  private final @Nullable Function<Shape<?>, Column> place;

  /// A writer of this dialect.
  ///
  /// @param place the column that spreads a shape's rows, and so stands in front of every key; null
  ///     where none does
  public SchemaWriter(Dialect dialect, @Nullable Function<Shape<?>, Column> place) {
    this.dialect = dialect;
    this.place = place;
  }

  private @Nullable Column place(Shape<?> shape) {
    return place == null || shape.isOwn() ? null : place.apply(shape);
  }

  /// The statements that make the tables, in an order in which each finds what it refers to.
  public List<Part> create(List<? extends Shape<?>> shapes) {
    List<Part> statements = new ArrayList<>();
    List<Part> references = new ArrayList<>();
    List<Shape<?>> ordered = inOrder(shapes);
    for (Shape<?> shape : ordered) {
      shape.key(); // says so if there is none
      Set<Class<?>> later =
          ordered.subList(ordered.indexOf(shape) + 1, ordered.size()).stream()
              .map(Shape::type)
              .collect(Collectors.toSet());
      Column numbered = shape.key();
      String numbering =
          ShapeSql.generated(numbered) ? dialect.numbering(shape.table(), numbered.name()) : null;
      if (numbering != null) {
        statements.add(
            new Part(shape.table(), null, statement(numbering, "number the rows of " + shape)));
      }
      statements.add(
          new Part(
              shape.table(),
              shape.table(),
              statement(table(shape, later, references), "create table " + shape)));
      indexes(shape).forEach(index -> statements.add(index(shape, index)));
      for (FullTextDialect.Made made : FullTextSql.create(dialect, shape)) {
        statements.add(
            new Part(
                shape.table(), made.relation(), statement(made.sql(), "index words of " + shape)));
      }
    }
    statements.addAll(references);
    return statements;
  }

  private List<Shape.Index> indexes(Shape<?> shape) {
    List<Shape.Index> indexes = new ArrayList<>();
    for (Column column : shape.columns()) {
      if (column.unique() && column.role() != Column.Role.KEY) {
        indexes.add(new Shape.Index(Map.of(column, false), true));
      }
    }
    for (Shape.Index index : shape.indexes()) {
      if (!containing(index) || dialect.containing() != null) {
        indexes.add(index);
      }
    }
    Column createdAt = shape.with(Column.Role.CREATED_AT);
    Column key = shape.with(Column.Role.KEY);
    if (createdAt != null && key != null && !leads(shape, createdAt) && dialect.ordersByIndex()) {
      Map<Column, Boolean> newestFirst = new LinkedHashMap<>();
      newestFirst.put(createdAt, true);
      newestFirst.put(key, false);
      // serves the order of every plain query
      indexes.add(new Shape.Index(newestFirst, false));
    }
    for (Column column : shape.columns()) {
      if (column.references() != null && !leads(shape, column)) {
        // without it every purge of the other side reads this whole table
        indexes.add(new Shape.Index(Map.of(column, false), false));
      }
    }
    return indexes;
  }

  /// The query that makes others who change the schema wait; null where there is no need.
  public @Nullable Statement lock() {
    String lock = dialect.schemaLock();
    return lock == null ? null : statement(lock, "lock the schema");
  }

  /// The query for the names of the tables and indexes there are, each with that of its table.
  public Statement relations() {
    return statement(dialect.relations(), "look what is there");
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
              // a circle: any order will do, and some references are added later
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

  private String table(Shape<?> shape, Set<Class<?>> later, List<Part> references) {
    List<String> lines = new ArrayList<>();
    for (Column column : shape.columns()) {
      lines.add(column(shape, column));
    }
    Column deletionId = shape.deletionId();
    if (deletionId != null && !shape.columns().contains(deletionId)) {
      lines.add(dialect.quote(deletionId.name()) + " " + dialect.typeName(deletionId));
    }
    Column place = place(shape);
    if (place != null) {
      lines.add(
          "primary key (%s, %s)"
              .formatted(dialect.quote(place.name()), dialect.quote(shape.key().name())));
    }
    for (Column column : shape.columns()) {
      Class<?> other = column.references();
      if (other != null) {
        String clause = foreignKey(shape, column, Shapes.of(other)); // says what is wrong with it
        if (!dialect.foreignKeys()) {
          continue;
        }
        String name = shortened(shape.table() + "_" + column.name() + "_fkey");
        String added =
            later.contains(other) ? dialect.addForeignKey(shape.table(), name, clause) : null;
        if (added == null) {
          lines.add(clause);
        } else {
          references.add(
              new Part(
                  shape.table(),
                  null,
                  statement(added, "let " + shape + " refer to " + Shapes.of(other))));
        }
      }
    }
    return "create table if not exists %s (\n  %s\n)"
        .formatted(dialect.quote(shape.table()), String.join(",\n  ", lines));
  }

  private String column(Shape<?> shape, Column column) {
    String name = dialect.quote(column.name());
    if (column == shape.with(Column.Role.KEY)) {
      return ShapeSql.generated(column)
          ? name + " " + dialect.generatedKey(shape.table(), column.name(), column.type())
          : name
              + " "
              + dialect.typeName(column)
              + " not null"
              + (place(shape) == null ? " primary key" : "");
    }
    String check = dialect.check(name, column.type());
    return name
        + " "
        + dialect.typeName(column)
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
    Column here = place(shape);
    Column there = place(other);
    return "foreign key (%s%s) references %s (%s%s)"
        .formatted(
            here == null ? "" : dialect.quote(here.name()) + ", ",
            dialect.quote(column.name()),
            dialect.quote(other.table()),
            there == null ? "" : dialect.quote(there.name()) + ", ",
            dialect.quote(key.name()));
  }

  private static boolean containing(Shape.Index index) {
    return index.columns().keySet().stream()
        .anyMatch(column -> column.type() == ColumnType.JSON || column.type() == ColumnType.ARRAY);
  }

  private static String name(Shape<?> shape, Shape.Index index) {
    String columns =
        index.columns().keySet().stream().map(Column::name).collect(Collectors.joining("_"));
    return shortened(shape.table() + "_" + columns + (index.unique() ? "_key" : "_idx"));
  }

  private Part index(Shape<?> shape, Shape.Index index) {
    List<String> parts = new ArrayList<>();
    Column place = place(shape);
    if (index.unique() && place != null && !index.columns().containsKey(place)) {
      parts.add(dialect.quote(place.name()));
    }
    index
        .columns()
        .forEach((column, descending) ->
            parts.add(dialect.quote(column.name()) + (descending ? " desc" : "")));
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    String on =
        index.unique() && deletedAt != null
            ? dialect.uniqueAmongLive(parts, dialect.quote(deletedAt.name()))
            : (containing(index) ? dialect.containing() + " " : "")
                + "("
                + String.join(", ", parts)
                + ")";
    String relation = name(shape, index);
    String sql =
        "create %sindex if not exists %s on %s %s"
            .formatted(
                index.unique() ? "unique " : "",
                dialect.quote(relation),
                dialect.quote(shape.table()),
                on);
    return new Part(shape.table(), relation, statement(sql, "create an index of " + shape));
  }

  // names beyond 63 bytes are cut silently by PostgreSQL; a hash keeps them apart
  static String shortened(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length <= 63) {
      return name;
    }
    String front = name;
    while (front.getBytes(StandardCharsets.UTF_8).length > 54) {
      front = front.substring(0, front.offsetByCodePoints(front.length(), -1));
    }
    return front + "_" + Integer.toHexString(name.hashCode());
  }

  private static Statement statement(String sql, String what) {
    return new Statement(sql, List.of(), what);
  }
}
