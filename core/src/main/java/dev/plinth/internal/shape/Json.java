package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.error.ValidationException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// Values as JSON text and back.
public final class Json {

  /// The one mapper: what it writes is what every engine stores.
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule("plinth")
                  .addSerializer(Double.class, new Finite<>())
                  .addSerializer(Float.class, new Finite<>()))
          .build();

  private Json() {}

  /// The JSON of a value.
  ///
  /// @param where the column, for messages
  static String write(Object value, String where) {
    String json;
    try {
      json = MAPPER.writeValueAsString(value);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new ValidationException(
          where + " cannot be written as JSON: " + reason(e), e);
    }
    if (holdsNul(json)) {
      throw new ValidationException(where + " holds a NUL character, which no text may.");
    }
    return json;
  }

  /// A reader for values of a type.
  static ObjectReader reader(Type type) {
    JavaType javaType = MAPPER.constructType(type);
    return MAPPER.readerFor(javaType);
  }

  /// The value of JSON text.
  static @Nullable Object read(ObjectReader reader, String json, String where) {
    try {
      return reader.readValue(json);
    } catch (JacksonException e) {
      throw new DataException(where + " holds JSON that cannot be read: " + reason(e), e);
    }
  }

  // Jackson's own messages quote the source, which may be secret
  private static String reason(Exception e) {
    return String.valueOf(
        e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage());
  }

  private static boolean holdsNul(String json) {
    int at = json.indexOf("\\u0000");
    while (at >= 0) {
      int backslashes = 0;
      while (at - 1 - backslashes >= 0 && json.charAt(at - 1 - backslashes) == '\\') {
        backslashes++;
      }
      if (backslashes % 2 == 0) { // otherwise the backslash itself is escaped
        return true;
      }
      at = json.indexOf("\\u0000", at + 1);
    }
    return false;
  }

  private static final class Finite<N extends Number> extends ValueSerializer<N> {
    @Override
    public void serialize(N value, JsonGenerator json, SerializationContext context) {
      if (!Double.isFinite(value.doubleValue())) {
        throw new IllegalArgumentException(value + " is no JSON number");
      }
      if (value instanceof Float) {
        json.writeNumber(value.floatValue());
      } else {
        json.writeNumber(value.doubleValue());
      }
    }
  }
}
