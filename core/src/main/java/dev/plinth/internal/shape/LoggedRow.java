package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Shape;
import java.io.StringWriter;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Rows that the audit log has as JSON, made into records again.
///
/// A secret text is the log's mask. Other secrets are null, or zero where a record has no null: what
/// they were, nobody is told.
public final class LoggedRow {

  private static final String MASK = "***";

  private LoggedRow() {}

  /// The record of a logged row.
  ///
  /// Columns that the record lacks are passed over, and what the log lacks is null.
  ///
  /// @throws DataException if it does not fit the record
  public static <T> T read(Shape<T> shape, String logged) {
    @Nullable Object[] values = new Object[shape.columns().size()];
    for (Column column : shape.columns()) {
      if (column.secret()) {
        values[column.position()] = unknown(column.javaType());
      }
    }
    try (JsonParser json = Json.MAPPER.createParser(logged)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        Column column = column(shape, name);
        if (column == null) {
          json.skipChildren();
        } else if (column.secret()) {
          values[column.position()] = secret(column, json);
        } else {
          values[column.position()] = value(column, json);
        }
      }
    } catch (JacksonException e) { // without the cause, which quotes the text
      throw new DataException("A logged row of " + shape + " is no JSON object.");
    }
    return shape.read(new ArrayCells(values));
  }

  private static @Nullable Column column(Shape<?> shape, String name) {
    for (Column column : shape.columns()) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    return null;
  }

  private static @Nullable Object secret(Column column, JsonParser json) {
    boolean missing = json.currentToken() == JsonToken.VALUE_NULL;
    String text = json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : MASK;
    json.skipChildren();
    if (missing || column.javaType() != String.class) {
      return unknown(column.javaType());
    }
    return text.startsWith(MASK) ? text : MASK; // it was no secret yet
  }

  private static @Nullable Object unknown(Class<?> type) {
    if (!type.isPrimitive()) {
      return null;
    }
    return type == boolean.class ? (Object) false : 0;
  }

  private static @Nullable Object value(Column column, JsonParser json) {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (column.type() != ColumnType.JSON && column.type() != ColumnType.ARRAY) {
      if (token.isStructStart() || (column.type() == ColumnType.BOOLEAN && !token.isBoolean())) {
        throw misfit(column);
      }
      return parsed(column, json.getString());
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator copy = Json.MAPPER.createGenerator(text)) {
      copy.copyCurrentStructureExact(json);
    }
    return parsed(column, text.toString());
  }

  private static Object parsed(Column column, String text) {
    try {
      return Canonical.parse(text, column.type());
    } catch (DateTimeException | IllegalArgumentException e) {
      throw misfit(column); // without the cause, whose message repeats the text
    }
  }

  private static DataException misfit(Column column) {
    return new DataException(
        "Column '%s' was logged with something that is no %s."
            .formatted(column.name(), column.type()));
  }
}
