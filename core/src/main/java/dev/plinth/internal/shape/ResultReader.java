package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.error.Suggestion;
import dev.plinth.query.Row;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads the rows of any statement, whose columns are known only when it has run.
///
/// @param <R> what a row is read into
@FunctionalInterface
public interface ResultReader<R> {

  /// What reads the rows of a result with these columns.
  Function<Cells, R> of(List<String> names);

  /// Rows as they come.
  static ResultReader<Row> rows() {
    return names -> {
      if (names.stream().distinct().count() < names.size()) {
        throw new DataException(
            "Two columns of the result have the same name: give one another with 'as'. " + names);
      }
      return cells -> {
        Map<String, @Nullable Object> values = LinkedHashMap.newLinkedHashMap(names.size());
        for (int i = 0; i < names.size(); i++) {
          values.put(names.get(i), cells.any(i));
        }
        return new Row(values);
      };
    };
  }

  /// Records by column name; plain values by the first column.
  static <R> ResultReader<R> of(Class<R> type) {
    if (type == Row.class || type == Map.class) {
      throw new MappingException("For rows without a record use rows().");
    }
    return isPlain(type) ? scalars(type) : records(Shapes.of(type));
  }

  private static boolean isPlain(Class<?> type) {
    return type.isEnum()
        || type.isPrimitive()
        || type.getPackageName().startsWith("java.")
        || type == byte[].class;
  }

  @SuppressWarnings("unchecked") // the codec decodes to the type
  private static <R> ResultReader<R> scalars(Class<R> type) {
    Codec codec = Codec.of(type, type, false, false, "The result");
    return names ->
        cells -> {
          Object stored = cells.value(0, codec.type());
          Object value = stored == null ? null : codec.decoder().apply(stored);
          if (value == null) {
            throw new DataException(
                "The result '%s' holds no value; read rows() to see nulls."
                    .formatted(names.getFirst()));
          }
          return (R) value;
        };
  }

  private static <R> ResultReader<R> records(Shape<R> shape) {
    return names -> {
      int[] positions = new int[shape.columns().size()];
      for (Column column : shape.columns()) {
        int at = names.indexOf(column.name());
        at = at < 0 ? names.indexOf(column.property()) : at;
        if (at < 0) {
          throw new MappingException(
              "%s.%s: the statement gives no column '%s'. %s"
                  .formatted(
                      shape.type().getSimpleName(),
                      column.property(),
                      column.name(),
                      Suggestion.among(names, column.name())));
        }
        positions[column.position()] = at;
      }
      boolean straight = true;
      for (int i = 0; i < positions.length; i++) {
        straight &= positions[i] == i;
      }
      return straight ? shape::read : cells -> shape.read(new MovedCells(cells, positions));
    };
  }
}
