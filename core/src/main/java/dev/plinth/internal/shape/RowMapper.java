package dev.plinth.internal.shape;

import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes rows of tables that have no record.
final class RowMapper implements Shape.Mapper<Row> {

  private final List<Column> columns;

  RowMapper(List<Column> columns) {
    this.columns = columns;
  }

  @Override
  public Row read(Cells cells) {
    Map<String, @Nullable Object> values = LinkedHashMap.newLinkedHashMap(columns.size());
    for (Column column : columns) {
      values.put(column.name(), column.decode(cells.value(column.position(), column.type())));
    }
    return new Row(values);
  }

  @Override
  public Row build(@Nullable Object[] values) {
    return read(new ArrayCells(values));
  }

  @Override
  public @Nullable Object[] write(Row row) {
    List<String> names = columns.stream().map(Column::name).toList();
    for (String name : row.values().keySet()) {
      if (!names.contains(name)) {
        throw new ValidationException(
            "The table has no column '%s'. %s".formatted(name, Suggestion.among(names, name)));
      }
    }
    @Nullable Object[] values = new Object[columns.size()];
    for (Column column : columns) {
      values[column.position()] = column.encode(row.values().get(column.name()));
    }
    return values;
  }
}
