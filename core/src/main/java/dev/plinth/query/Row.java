package dev.plinth.query;

import dev.plinth.error.DataException;
import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row without a record: column names and values, in the table's order.
///
/// Immutable; thread-safe as far as its values are.
///
/// @param values the values by column name; null where a column holds none
public record Row(Map<String, @Nullable Object> values) {

  /// A row of a copy of the values.
  public Row {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// The value of a column; null where it holds none.
  ///
  /// @throws ValidationException if there is no such column; it offers the nearest name
  public @Nullable Object get(String column) {
    if (!values.containsKey(column)) {
      throw new ValidationException(
          "The row has no column '" + column + "'. " + Suggestion.among(values.keySet(), column));
    }
    return values.get(column);
  }

  /// The value of a column as text; null where it holds none.
  public @Nullable String text(String column) {
    Object value = get(column);
    return value == null ? null : value.toString();
  }

  /// The value of a column as a whole number.
  ///
  /// @throws DataException if it holds none or something else
  public long number(String column) {
    if (get(column) instanceof Number number) {
      return number.longValue();
    }
    throw new DataException("Column '" + column + "' holds no number.");
  }
}
