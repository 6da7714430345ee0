package dev.plinth.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [Query] asks for, as data: this is what the pipeline's steps see and rewrite.
///
/// Immutable.
///
/// @param filter which rows
/// @param orders in which order; the record's default order if empty
/// @param limit how many rows at the most; null for all
/// @param offset how many rows to pass over first
/// @param deleted whether deleted rows count
/// @param cursor the row to start from, null for the start
/// @param backward whether the rows before the cursor are asked for
public record Selection(
    Filter filter,
    List<Order> orders,
    @Nullable Long limit,
    long offset,
    Deleted deleted,
    @Nullable Cursor cursor,
    boolean backward) {

  /// Whether soft-deleted rows are seen.
  public enum Deleted {
    /// Only live rows: the default.
    EXCLUDED,
    /// Live and deleted rows.
    INCLUDED,
    /// Only deleted rows.
    ONLY
  }

  /// Every live row in the default order.
  public static final Selection ALL =
      new Selection(Filter.all(), List.of(), null, 0, Deleted.EXCLUDED, null, false);

  /// Every live row which meets the filter.
  public static Selection of(Filter filter) {
    return ALL.withFilter(filter);
  }

  /// The same with another filter.
  public Selection withFilter(Filter filter) {
    return new Selection(filter, orders, limit, offset, deleted, cursor, backward);
  }

  /// The same, with one more condition.
  public Selection and(Filter more) {
    return withFilter(
        filter instanceof Filter.And(var parts) && parts.isEmpty() ? more : filter.and(more));
  }

  /// The same in another order.
  public Selection withOrders(List<Order> orders) {
    return new Selection(filter, List.copyOf(orders), limit, offset, deleted, cursor, backward);
  }

  /// The same with another limit.
  public Selection withLimit(@Nullable Long limit) {
    return new Selection(filter, orders, limit, offset, deleted, cursor, backward);
  }

  /// The same with another offset.
  public Selection withOffset(long offset) {
    return new Selection(filter, orders, limit, offset, deleted, cursor, backward);
  }

  /// The same with another view of deleted rows.
  public Selection withDeleted(Deleted deleted) {
    return new Selection(filter, orders, limit, offset, deleted, cursor, backward);
  }

  /// The same from another start.
  public Selection withCursor(@Nullable Cursor cursor, boolean backward) {
    return new Selection(filter, orders, limit, offset, deleted, cursor, backward);
  }
}
