package dev.plinth.internal.policy;

import dev.plinth.entity.Property;
import dev.plinth.query.Filter;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names in a filter: a policy speaks of a record, but holds for all who read its table.
final class Names {

  private Names() {}

  /// The same filter by the names of columns, with canonical values, so that other records and
  /// tables without one understand it.
  static Filter inColumns(Filter filter, Shape<?> shape) {
    return switch (filter) {
      case Filter.And(var parts) -> new Filter.And(inColumns(parts, shape));
      case Filter.Or(var parts) -> new Filter.Or(inColumns(parts, shape));
      case Filter.Not(var part) -> new Filter.Not(inColumns(part, shape));
      case Filter.Comparison(var name, var operator, var value) -> {
        Column column = shape.column(name);
        Object canonical = canonical(column, value);
        yield new Filter.Comparison(of(column), operator, canonical == null ? value : canonical);
      }
      case Filter.In(var name, var values) -> {
        Column column = shape.column(name);
        List<@Nullable Object> canonical = new ArrayList<>(values.size());
        values.forEach(value -> canonical.add(canonical(column, value)));
        yield new Filter.In(of(column), canonical);
      }
      case Filter.InRows(var names, var rows) ->
          new Filter.InRows(names.stream().map(name -> of(shape.column(name))).toList(), rows);
      case Filter.Match(var name, var kind, var text) ->
          new Filter.Match(of(shape.column(name)), kind, text);
      case Filter.IsNull(var name) -> new Filter.IsNull(of(shape.column(name)));
      case Filter.Search(var names, var text) ->
          new Filter.Search(names.stream().map(name -> of(shape.column(name))).toList(), text);
      case Filter.Json(var name, var path, var kind, var value) ->
          new Filter.Json(of(shape.column(name)), path, kind, value);
      case Filter.FullText own -> own;
      case Filter.RefersTo(var name, var record, var part) ->
          new Filter.RefersTo(of(shape.column(name)), record, part);
      case Filter.Has own -> own;
    };
  }

  private static List<Filter> inColumns(List<Filter> parts, Shape<?> shape) {
    return parts.stream().map(part -> inColumns(part, shape)).toList();
  }

  private static @Nullable Object canonical(Column column, @Nullable Object value) {
    boolean plain = column.type() != ColumnType.JSON && column.type() != ColumnType.ARRAY;
    return plain ? column.encode(value) : value;
  }

  private static Property.Name of(Column column) {
    return Property.Name.of(column.name());
  }

  /// The columns that a filter looks at.
  static Set<Column> columns(Filter filter, Shape<?> shape) {
    Set<Column> columns = new HashSet<>();
    collect(filter, shape, columns);
    return columns;
  }

  private static void collect(Filter filter, Shape<?> shape, Set<Column> columns) {
    switch (filter) {
      case Filter.And(var parts) -> parts.forEach(part -> collect(part, shape, columns));
      case Filter.Or(var parts) -> parts.forEach(part -> collect(part, shape, columns));
      case Filter.Not(var part) -> collect(part, shape, columns);
      case Filter.Comparison own -> columns.add(shape.column(own.property()));
      case Filter.In own -> columns.add(shape.column(own.property()));
      case Filter.InRows own -> own.properties().forEach(name -> columns.add(shape.column(name)));
      case Filter.Match own -> columns.add(shape.column(own.property()));
      case Filter.IsNull own -> columns.add(shape.column(own.property()));
      case Filter.Search own -> own.properties().forEach(name -> columns.add(shape.column(name)));
      case Filter.Json own -> columns.add(shape.column(own.property()));
      case Filter.FullText _ -> columns.addAll(shape.fullText());
      case Filter.RefersTo own -> columns.add(shape.column(own.property()));
      case Filter.Has _ -> columns.add(shape.key());
    }
  }
}
