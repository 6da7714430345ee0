package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.ValidationException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One key of a sort order, as data.
///
/// Rows without a value come last in both directions unless [#withNullsFirst()] says otherwise; that is
/// the same on every engine. Every order ends in the record's key, so it is always total. Immutable,
/// thread-safe.
///
/// @param property the component or column to sort by
/// @param direction up or down
/// @param nullsFirst whether rows without a value come before all others
public record Order(Property.Name property, Direction direction, boolean nullsFirst) {

  /// Up or down.
  public enum Direction {
    /// From the smallest to the largest.
    ASCENDING,
    /// From the largest to the smallest.
    DESCENDING;

    /// The other direction.
    public Direction reversed() {
      return this == ASCENDING ? DESCENDING : ASCENDING;
    }
  }

  /// From the smallest to the largest.
  public static <T> Order ascending(Property<T, ? extends @Nullable Object> property) {
    return new Order(property.name(), Direction.ASCENDING, false);
  }

  /// From the smallest to the largest, by the component's or column's name.
  public static Order ascending(String name) {
    return new Order(Property.Name.of(name), Direction.ASCENDING, false);
  }

  /// From the largest to the smallest.
  public static <T> Order descending(Property<T, ? extends @Nullable Object> property) {
    return new Order(property.name(), Direction.DESCENDING, false);
  }

  /// From the largest to the smallest, by the component's or column's name.
  public static Order descending(String name) {
    return new Order(Property.Name.of(name), Direction.DESCENDING, false);
  }

  /// An order from text that came from outside: a name, and `asc` or `desc` in either case.
  ///
  /// The name is checked against the record when the order is used.
  ///
  /// @throws ValidationException for any other direction
  public static Order of(String name, String direction) {
    return switch (direction.strip().toLowerCase(Locale.ROOT)) {
      case "asc", "ascending" -> ascending(name);
      case "desc", "descending" -> descending(name);
      default ->
          throw new ValidationException(
              "The direction of an order is 'asc' or 'desc', not '" + direction + "'.");
    };
  }

  /// The same with rows that hold no value before all others.
  public Order withNullsFirst() {
    return new Order(property, direction, true);
  }

  /// The same with rows that hold no value after all others; the default.
  public Order withNullsLast() {
    return new Order(property, direction, false);
  }

  /// The exact opposite, nulls included.
  public Order reversed() {
    return new Order(property, direction.reversed(), !nullsFirst);
  }
}
