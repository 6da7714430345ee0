package dev.plinth.internal.pipeline;

import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses, before it is sent, what an engine that spreads rows by a column could not do, and names
/// that column where it would have to be named.
///
/// A row's place follows from the column, so a write must know it, and never changes it. Reads may
/// ask all places.
public final class Distribute implements Step {

  private final String name;

  /// A step for rows that are spread by the column of this name.
  public Distribute(String name) {
    this.name = name;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Shape<?> shape = call.operation().shape();
    if (shape.isOwn()) {
      return next.apply(call);
    }
    return switch (call.operation()) {
      case Operation.Read _ -> next.apply(call);
      case Operation.Insert insert -> {
        Column place = place(shape);
        insert.rows().forEach(row -> given(shape, row[place.position()]));
        yield next.apply(call);
      }
      case Operation.Save save -> next.apply(call.with(placed(save)));
      case Operation.SaveRows save -> next.apply(call.with(placed(save)));
      case Operation.UpdateRows update -> next.apply(call.with(placed(update)));
      case Operation.UpdateWhere update -> {
        Column place = place(shape);
        if (sets(update.set(), place)) {
          throw refused(shape, "it cannot be changed: delete the row and create it anew");
        }
        named(shape, place, update.selection());
        yield next.apply(call);
      }
      case Operation.Delete delete -> {
        named(shape, place(shape), delete.selection());
        yield next.apply(call);
      }
      case Operation.Restore restore -> {
        named(shape, place(shape), restore.selection());
        yield next.apply(call);
      }
    };
  }

  /// The column of a shape, which every table must have, with a key that the database does not number.
  public Column place(Shape<?> shape) {
    Column key = shape.key();
    if (ShapeSql.generated(key)) {
      throw refused(
          shape,
          "its key is numbered by the database, but must be made by the layer or the caller: use a UUID");
    }
    if (key.type() != ColumnType.UUID) {
      throw refused(
          shape, "its key must be a UUID: any other could come twice, in rows that lie apart");
    }
    for (Column column : shape.columns()) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    throw refused(shape, "the table has no such column");
  }

  private Operation.Save placed(Operation.Save save) {
    Shape<?> shape = save.shape();
    Column place = place(shape);
    Object value = given(shape, save.row()[place.position()]);
    return new Operation.Save(
        shape, save.row(), with(place, save.conflict()), without(shape, place, value, save.set()));
  }

  private Operation.SaveRows placed(Operation.SaveRows save) {
    Shape<?> shape = save.shape();
    Column place = place(shape);
    save.rows().forEach(row -> given(shape, row[place.position()]));
    return new Operation.SaveRows(
        shape, save.rows(), with(place, save.conflict()), save.overwrite(), place);
  }

  private static List<Column> with(Column place, List<Column> conflict) {
    List<Column> columns = new ArrayList<>(conflict);
    if (!columns.contains(place)) {
      columns.addFirst(place);
    }
    return columns;
  }

  private Operation.UpdateRows placed(Operation.UpdateRows update) {
    Shape<?> shape = update.shape();
    Column place = place(shape);
    List<RowUpdate> rows = new ArrayList<>(update.rows().size());
    Object first = null;
    for (RowUpdate row : update.rows()) {
      Object value = given(shape, held(shape, place, row));
      if (first == null) {
        first = value;
      } else if (!first.equals(value)) {
        throw refused(shape, "one call updates rows of one value of it: call once for each");
      }
      rows.add(
          new RowUpdate(
              row.key(),
              row.version(),
              new Assignment(place, value),
              without(shape, place, value, row.set()),
              row.whole()));
    }
    return new Operation.UpdateRows(shape, rows);
  }

  private @Nullable Object held(Shape<?> shape, Column place, RowUpdate row) {
    @Nullable Object[] whole = row.whole();
    if (whole == null) {
      throw refused(
          shape,
          "the key alone does not say where the row lies: use where(…) with it, and update(…) there");
    }
    return whole[place.position()];
  }

  private List<Assignment> without(
      Shape<?> shape, Column place, Object value, List<Assignment> set) {
    List<Assignment> others = new ArrayList<>(set);
    for (Assignment one : set) {
      if (one.column() == place) {
        if (!value.equals(one.value())) {
          throw refused(shape, "it cannot be changed: delete the row and create it anew");
        }
        others.remove(one);
      }
    }
    return others;
  }

  private static boolean sets(List<Assignment> set, Column column) {
    return set.stream().anyMatch(one -> one.column() == column);
  }

  private Object given(Shape<?> shape, @Nullable Object value) {
    if (value == null) {
      throw refused(shape, "a row must have a value in it");
    }
    return value;
  }

  private void named(Shape<?> shape, Column place, Selection selection) {
    if (!names(shape, place, selection.filter())) {
      throw refused(
          shape, "a write must say which value of it the rows have: add a condition with is(…)");
    }
  }

  private static boolean names(Shape<?> shape, Column place, Filter filter) {
    return switch (filter) {
      case Filter.And(var parts) -> parts.stream().anyMatch(part -> names(shape, place, part));
      case Filter.Comparison(var property, var operator, var _) ->
          operator == Filter.Operator.IS && shape.column(property) == place;
      default -> false;
    };
  }

  private UnsupportedException refused(Shape<?> shape, String rule) {
    return new UnsupportedException(
        "%s spreads the rows of %s (setting 'distribution'), and %s.".formatted(name, shape, rule));
  }
}
