package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;

/// Checks that a record is a choice of a table's columns.
final class Projection {

  private Projection() {}

  static <P> Shape<P> of(Shape<?> source, Shape<P> projection) {
    for (Column column : projection.columns()) {
      Column stored;
      try {
        stored = source.column(Property.Name.of(column.name()));
      } catch (ValidationException e) {
        throw new MappingException(
            "%s.%s: %s"
                .formatted(projection.type().getSimpleName(), column.property(), e.getMessage()),
            e);
      }
      if (stored.type() != column.type()) {
        throw new MappingException(
            "%s.%s is stored as %s in %s, but read as %s."
                .formatted(
                    projection.type().getSimpleName(),
                    column.property(),
                    stored.type(),
                    source,
                    column.type()));
      }
    }
    return projection;
  }
}
