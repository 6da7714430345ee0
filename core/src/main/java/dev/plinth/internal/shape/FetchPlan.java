package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.query.Order;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record whose components are rows of several tables, and how it is put together.
///
/// Immutable, thread-safe.
///
/// @param type the record
/// @param base the table whose rows were asked for
/// @param rows what is read of it
/// @param edges what is read of others
/// @param parts where each component comes from
/// @param constructor a handle (Object[]) → Object
/// @param <P> the record
public record FetchPlan<P>(
    Class<P> type,
    Shape<?> base,
    Shape<@Nullable Object[]> rows,
    List<Edge> edges,
    List<Part> parts,
    MethodHandle constructor) {

  /// The way from the rows of one table to those of another.
  ///
  /// @param where the component that shows them, for messages
  /// @param here what holds the key on this side: a position in what is read of the base
  /// @param secret whether no message may repeat the key
  /// @param other the other table
  /// @param there its column that holds the same key
  /// @param into what its rows are read into
  /// @param plan what is made of that; null for nothing
  /// @param many whether the component is a list
  /// @param nullable whether it may be null
  public record Edge(
      String where,
      int here,
      boolean secret,
      Shape<?> other,
      Column there,
      Shape<?> into,
      @Nullable FetchPlan<?> plan,
      boolean many,
      boolean nullable) {

    /// The rows of one key after another, each in the record's default order.
    public List<Order> orders() {
      List<Order> orders = new ArrayList<>();
      orders.add(Order.ascending(there.name()));
      Column createdAt = other.with(Column.Role.CREATED_AT);
      if (createdAt != null) {
        orders.add(Order.descending(createdAt.name()));
      }
      return orders;
    }
  }

  /// Where a component comes from.
  sealed interface Part {
    /// The row itself.
    record Itself() implements Part {}

    /// A column of it.
    ///
    /// @param reader a handle (Cells) → Object
    record Value(MethodHandle reader) implements Part {}

    /// What an edge leads to.
    record Related(int edge) implements Part {}
  }

  /// The plan of a record over a table; null if it is no plan, but a choice of columns.
  ///
  /// @throws dev.plinth.error.MappingException if a component is nothing that the table leads to
  public static <P> @Nullable FetchPlan<P> of(Shape<?> base, Class<P> type) {
    return Planner.isPlan(type, new HashSet<>())
        ? new Planner<>(base, type, new HashSet<>()).plan()
        : null;
  }

  /// The record of a row.
  ///
  /// @param row what was read of the base
  /// @param related what each edge leads to
  @SuppressWarnings("unchecked") // the constructor makes instances of P
  public P build(@Nullable Object[] row, @Nullable Object[] related) {
    Cells cells = new ArrayCells(row);
    @Nullable Object[] arguments = new Object[parts.size()];
    try {
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] =
            switch (parts.get(i)) {
              case Part.Itself _ -> base.read(cells);
              case Part.Value(var reader) -> (Object) reader.invokeExact(cells);
              case Part.Related(var edge) -> related[edge];
            };
      }
      return (P) (Object) constructor.invokeExact(arguments);
    } catch (DatabaseException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new DataException(
          "Rows of %s are refused by the constructor of %s: %s"
              .formatted(base, type.getSimpleName(), e.getMessage()),
          e);
    }
  }
}
