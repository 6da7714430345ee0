package dev.plinth.internal.shape;

import dev.plinth.entity.Property;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.List;

/// Which columns of one table hold keys of another, as `@References` says.
public final class References {

  private References() {}

  /// The columns that hold keys of another record's table.
  static List<Column> between(Shape<?> from, Shape<?> to) {
    List<Column> columns = new ArrayList<>();
    for (Column column : from.columns()) {
      if (leads(column, to)) {
        columns.add(column);
      }
    }
    return columns;
  }

  /// The column of a property that holds keys of another record's table.
  ///
  /// @throws ValidationException if the property is no reference to that record
  public static Column column(Shape<?> from, Property.Name name, Shape<?> to) {
    Column column = from.column(name);
    if (!leads(column, to)) {
      throw new ValidationException(
          "%s.%s is no reference to %s: %s."
              .formatted(
                  from,
                  column.property(),
                  to,
                  column.references() == null
                      ? "it has no @References"
                      : "its @References names " + column.references().getSimpleName()));
    }
    return checked(from, column, to.key());
  }

  private static boolean leads(Column column, Shape<?> to) {
    Class<?> other = column.references();
    return other != null && (other == to.type() || Shapes.of(other).table().equals(to.table()));
  }

  // what is no key's type cannot be equal to one
  static Column checked(Shape<?> from, Column column, Column key) {
    if (column.type() != key.type() && !(whole(column.type()) && whole(key.type()))) {
      throw new MappingException(
          "%s.%s holds %s, but the key to which it refers is %s."
              .formatted(from, column.property(), column.type(), key.type()));
    }
    return column;
  }

  private static boolean whole(ColumnType type) {
    return type == ColumnType.LONG || type == ColumnType.INTEGER || type == ColumnType.SHORT;
  }
}
