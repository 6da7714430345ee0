package dev.plinth.internal.sql;

import dev.plinth.entity.Property;
import dev.plinth.entity.Searchable;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Codec;
import dev.plinth.internal.shape.Json;
import dev.plinth.internal.shape.References;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.query.Filter;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Filters as SQL conditions.
final class FilterWriter {

  private static final int DEEPEST = 400;

  private final Dialect dialect;

  FilterWriter(Dialect dialect) {
    this.dialect = dialect;
  }

  void write(Filter filter, Shape<?> shape, SqlText sql) {
    write(filter, new Source(shape, 0), sql, 0);
  }

  /// The table whose rows a condition is about.
  ///
  /// @param level 0 for the statement's own, whose columns need no prefix
  private record Source(Shape<?> shape, int level) {
    String alias() {
      return "plinth_" + level;
    }
  }

  private String name(Source from, Column column) {
    String name = dialect.quote(column.name());
    return from.level() == 0 ? name : from.alias() + "." + name;
  }

  // inside another table's condition
  private String outer(Source from, Column column) {
    return from.level() == 0
        ? dialect.quote(from.shape().table()) + "." + dialect.quote(column.name())
        : name(from, column);
  }

  private void write(Filter filter, Source from, SqlText sql, int depth) {
    Shape<?> shape = from.shape();
    if (depth > DEEPEST) {
      throw new ValidationException("The filter is nested deeper than " + DEEPEST + " levels.");
    }
    switch (filter) {
      case Filter.And(var parts) -> join(parts, " and ", "1 = 1", from, sql, depth);
      case Filter.Or(var parts) -> join(parts, " or ", "1 = 0", from, sql, depth);
      case Filter.Not(Filter.IsNull(var name)) ->
          sql.add(name(from, shape.column(name))).add(" is not null");
      case Filter.Not(var part) -> {
        // "is not true" takes unknown for false, so that a filter and its opposite share all rows
        sql.add("(");
        write(part, from, sql, depth + 1);
        sql.add(") is not true");
      }
      case Filter.IsNull(var name) -> sql.add(name(from, shape.column(name))).add(" is null");
      case Filter.Comparison(var name, var operator, var value) ->
          compare(from, shape.column(name), operator, value, sql);
      case Filter.In(var name, var values) -> in(from, shape.column(name), values, sql);
      case Filter.InRows(var names, var rows) -> in(names, rows, shape, sql);
      case Filter.Match(var name, var kind, var text) -> {
        Column column = text(shape.column(name), "matched");
        sql.add(
            dialect.match(name(from, column), kind, text),
            ColumnType.TEXT,
            dialect.matchArgument(kind, checked(column.property(), text)));
      }
      case Filter.Json json -> json(from, shape.column(json.property()), json, sql);
      case Filter.FullText search -> sql.add(FullTextSql.condition(dialect, shape, search));
      case Filter.Search(var names, var text) -> {
        String folded = dialect.folded(checked("search", text));
        List<Column> columns = searched(shape, names);
        sql.add("(");
        for (int i = 0; i < columns.size(); i++) {
          Column column = text(columns.get(i), "searched");
          sql.add(i == 0 ? "" : " or ")
              .add(dialect.containsFolded(name(from, column)), ColumnType.TEXT, folded);
        }
        sql.add(")");
      }
      case Filter.RefersTo(var name, var record, var part) -> {
        Shape<?> other = Shapes.of(record);
        related(from, References.column(shape, name, other), other, other.key(), part, sql, depth);
      }
      case Filter.Has(var record, var name, var part) -> {
        Shape<?> other = Shapes.of(record);
        related(from, shape.key(), other, References.column(other, name, shape), part, sql, depth);
      }
    }
  }

  // a row of another table meets a condition, and is tied to this one; no row comes twice of it
  private void related(
      Source from,
      Column here,
      Shape<?> other,
      Column there,
      Filter filter,
      SqlText sql,
      int depth) {
    Source inner = new Source(other, from.level() + 1);
    String tied = name(inner, there);
    boolean exists = dialect.asksByExists();
    sql.related()
        .add(exists ? "exists (select 1" : name(from, here) + " in (select " + tied)
        .add(" from " + dialect.quote(other.table()) + " as " + inner.alias() + " where ")
        .add(exists ? tied + " = " + outer(from, here) + " and " : "");
    Column deletedAt = other.with(Column.Role.DELETED_AT);
    sql.add(deletedAt == null ? "" : name(inner, deletedAt) + " is null and ");
    write(filter, inner, sql, depth + 1);
    sql.add(")");
  }

  private static List<Column> searched(Shape<?> shape, List<Property.Name> names) {
    if (!names.isEmpty()) {
      return names.stream().map(shape::column).toList();
    }
    if (shape.searchable().isEmpty()) {
      throw new ValidationException(
          "%s declares nothing to search in: mark components with @%s, or name them."
              .formatted(shape, Searchable.class.getSimpleName()));
    }
    return shape.searchable();
  }

  private void join(
      List<Filter> parts, String word, String empty, Source from, SqlText sql, int depth) {
    if (parts.isEmpty()) {
      sql.add(empty);
    } else if (parts.size() == 1) {
      write(parts.getFirst(), from, sql, depth + 1);
    } else { // halved, because engines limit the depth of an expression, and a list would be as
      // deep
      int half = parts.size() / 2;
      sql.add("(");
      join(parts.subList(0, half), word, empty, from, sql, depth);
      sql.add(word);
      join(parts.subList(half, parts.size()), word, empty, from, sql, depth);
      sql.add(")");
    }
  }

  private void compare(
      Source from, Column column, Filter.Operator operator, Object value, SqlText sql) {
    comparable(column);
    Object canonical = column.encode(value);
    String name = dialect.comparable(name(from, column), column.type());
    String given = dialect.comparable("?", column.type());
    String condition =
        switch (operator) {
          case IS -> name + " = " + given;
          case IS_NOT -> dialect.isDistinct(name, given);
          case LESS -> name + " < " + given;
          case AT_MOST -> name + " <= " + given;
          case GREATER -> name + " > " + given;
          case AT_LEAST -> name + " >= " + given;
        };
    sql.add(condition, column.type(), canonical);
  }

  private void json(Source from, Column column, Filter.Json json, SqlText sql) {
    String name = name(from, column);
    if (column.type() == ColumnType.ARRAY
        && json.kind() == Filter.Json.Kind.CONTAINS
        && json.path().isEmpty()) {
      List<?> items = json.value() instanceof List<?> list ? list : Arrays.asList(json.value());
      sql.add(dialect.holds(name, (List<?>) column.encoder().apply(items)));
      return;
    }
    if (column.type() != ColumnType.JSON) {
      throw new ValidationException(
          "'%s' holds %s, not JSON.".formatted(column.property(), column.type()));
    }
    String value =
        json.kind() == Filter.Json.Kind.HAS_KEY
            ? checked(column.property(), String.valueOf(json.value()))
            : Json.text(json.value(), column.property());
    sql.add(dialect.json(name, json.kind(), json.path(), value));
  }

  private void in(
      Source from, Column column, List<? extends @Nullable Object> values, SqlText sql) {
    comparable(column);
    List<Object> canonical = new ArrayList<>(values.size());
    boolean orNull = false;
    for (Object value : values) {
      if (value == null) {
        orNull = true;
      } else {
        canonical.add(column.encoder().apply(value));
      }
    }
    String name = name(from, column);
    if (canonical.isEmpty()) {
      sql.add(orNull ? name + " is null" : "1 = 0");
      return;
    }
    sql.add(orNull ? "(" + name + " is null or " : "")
        .add(
            dialect.inList(dialect.comparable(name, column.type()), column.type()),
            ColumnType.TEXT,
            dialect.listArgument(canonical, column.type()))
        .add(orNull ? ")" : "");
  }

  private void in(
      List<Property.Name> names, List<? extends List<?>> rows, Shape<?> shape, SqlText sql) {
    List<Column> columns = names.stream().map(shape::column).toList();
    columns.forEach(FilterWriter::comparable);
    List<List<Object>> canonical = new ArrayList<>(rows.size());
    for (List<?> row : rows) {
      List<Object> values = new ArrayList<>(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        values.add(columns.get(i).encoder().apply(row.get(i)));
      }
      canonical.add(values);
    }
    sql.add(
        dialect.inRows(
            columns.stream().map(column -> dialect.quote(column.name())).toList(),
            columns.stream().map(Column::type).toList(),
            canonical));
  }

  private static void comparable(Column column) {
    if (column.type() == ColumnType.JSON || column.type() == ColumnType.ARRAY) {
      throw new UnsupportedException(
          "'%s' holds %s, which has no order and no plain equality."
              .formatted(column.property(), column.type()));
    }
  }

  static String checked(String where, String text) {
    return (String) Codec.plain(ColumnType.TEXT, where).encoder().apply(text);
  }

  private static Column text(Column column, String verb) {
    if (column.type() != ColumnType.TEXT) {
      throw new ValidationException(
          "'%s' holds %s; only text can be %s.".formatted(column.property(), column.type(), verb));
    }
    return column;
  }
}
