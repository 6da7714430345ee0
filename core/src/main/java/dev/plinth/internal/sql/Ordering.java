package dev.plinth.internal.sql;

import dev.plinth.entity.Property;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole order of a selection: what was asked for, ended by the key.
///
/// @param keys the sort keys, each column once
public record Ordering(List<Key> keys) {

  /// One sort key.
  ///
  /// @param column what to sort by
  /// @param descending whether from large to small
  /// @param nullsFirst whether rows without a value come first
  public record Key(Column column, boolean descending, boolean nullsFirst) {

    Key reversed() {
      return new Key(column, !descending, !nullsFirst);
    }
  }

  /// The order of a selection; newest first where none is given.
  public static Ordering of(Shape<?> shape, List<Order> orders) {
    List<Key> keys = new ArrayList<>();
    for (Order order : orders) {
      append(
          keys,
          new Key(
              shape.column(order.property()),
              order.direction() == Order.Direction.DESCENDING,
              order.nullsFirst()));
    }
    Column createdAt = shape.with(Column.Role.CREATED_AT);
    if (orders.isEmpty() && createdAt != null) {
      append(keys, new Key(createdAt, true, false));
    }
    Column key = shape.with(Column.Role.KEY);
    if (key != null) {
      append(keys, new Key(key, false, false));
    }
    return new Ordering(keys);
  }

  private static void append(List<Key> keys, Key key) {
    if (keys.stream().noneMatch(earlier -> earlier.column() == key.column())) {
      keys.add(key);
    }
  }

  /// The exact opposite.
  public Ordering reversed() {
    return new Ordering(keys.stream().map(Key::reversed).toList());
  }

  /// The rows behind the one with these values, in this order.
  ///
  /// The usual expansion of a lexicographic comparison: equal in the first keys and behind in the
  /// next. Null has its place in the order, before or behind every value.
  public Filter behind(List<@Nullable Object> values) {
    List<Filter> alternatives = new ArrayList<>();
    List<Filter> equal = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Key key = keys.get(i);
      Property.Name name = Property.Name.of(key.column().name());
      Object value = values.get(i);
      Filter behind = behind(key, name, value);
      if (behind != null) {
        List<Filter> parts = new ArrayList<>(equal);
        parts.add(behind);
        alternatives.add(new Filter.And(parts));
      }
      equal.add(
          value == null
              ? new Filter.IsNull(name)
              : new Filter.Comparison(name, Filter.Operator.IS, value));
    }
    Filter exact = new Filter.Or(alternatives);
    Filter bound = bound(keys.getFirst(), values.getFirst());
    return bound == null ? exact : new Filter.And(List.of(bound, exact));
  }

  private static @Nullable Filter behind(Key key, Property.Name name, @Nullable Object value) {
    Filter isNull = new Filter.IsNull(name);
    if (value == null) {
      return key.nullsFirst() ? new Filter.Not(isNull) : null;
    }
    Filter beyond =
        new Filter.Comparison(
            name, key.descending() ? Filter.Operator.LESS : Filter.Operator.GREATER, value);
    return key.nullsFirst() || !key.column().nullable()
        ? beyond
        : new Filter.Or(List.of(beyond, isNull));
  }

  // implied by the exact condition, but unlike it a range that an index can start from
  private static @Nullable Filter bound(Key key, @Nullable Object value) {
    if (value == null || key.column().nullable()) {
      return null;
    }
    return new Filter.Comparison(
        Property.Name.of(key.column().name()),
        key.descending() ? Filter.Operator.AT_MOST : Filter.Operator.AT_LEAST,
        value);
  }
}
