package dev.plinth.internal.shape;

import dev.plinth.entity.Property;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;

/// Checks that a record is a choice of a table's columns.
public final class Projection {

  private Projection() {}

  /// The projection, if every column of it is one of the table's.
  ///
  /// @throws MappingException if one is not, or has another type
  public static <P> Shape<P> of(Shape<?> source, Shape<P> projection) {
    for (Column column : projection.columns()) {
      stored(source, projection.type(), column);
    }
    return projection;
  }

  /// The table's column that a record's component is read from.
  static Column stored(Shape<?> source, Class<?> record, Column column) {
    Column stored;
    try {
      stored = source.column(Property.Name.of(column.name()));
    } catch (ValidationException e) {
      throw new MappingException(
          "%s.%s: %s".formatted(record.getSimpleName(), column.property(), e.getMessage()), e);
    }
    if (stored.type() != column.type()) {
      throw new MappingException(
          "%s.%s is stored as %s in %s, but read as %s."
              .formatted(
                  record.getSimpleName(), column.property(), stored.type(), source, column.type()));
    }
    return stored;
  }
}
