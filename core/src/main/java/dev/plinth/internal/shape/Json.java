package dev.plinth.internal.shape;

import dev.plinth.error.DataException;
import dev.plinth.error.ValidationException;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.POJONode;
import tools.jackson.databind.util.RawValue;

/// Values as JSON text and back.
public final class Json {

  /// The one mapper: what it writes is what every engine stores.
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
          .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
          .build();

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.json");

  private static final ObjectReader ITEMS =
      MAPPER.readerForListOf(Object.class).with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private Json() {}

  /// The JSON of a value, which may be null.
  ///
  /// @param where the column, for messages
  public static String text(@Nullable Object value, String where) {
    return value == null ? "null" : write(value, where);
  }

  /// The JSON of a value.
  ///
  /// @param where the column, for messages
  static String write(Object value, String where) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new FiniteGenerator(MAPPER.createGenerator(text))) {
      MAPPER.writeValue(json, value);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new ValidationException(
          where
              + " cannot be written as JSON: "
              + reason(e)
              + (reason(e).contains("not public")
                  ? ". In a named module, open the package to tools.jackson.databind as well"
                  : ""),
          e);
    }
    String json = text.toString();
    Values.checkText(json, where);
    if (holdsNul(json)) {
      throw new ValidationException(where + " holds a NUL character, which no text may.");
    }
    return json;
  }

  /// A list of canonical values as JSON: numbers and booleans as they are, all else as its text.
  public static String array(List<?> values) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = MAPPER.createGenerator(text)) {
      json.writeStartArray();
      for (Object value : values) {
        writePlain(json, value);
      }
      json.writeEndArray();
    }
    return text.toString();
  }

  /// Writes a canonical value that is no list: numbers and booleans as they are, all else as its text.
  public static void writePlain(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Boolean flag -> json.writeBoolean(flag);
      case Short number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      default -> json.writeString(Canonical.text(value)); // decimals too: JSON's are not exact
    }
  }

  /// The elements of a JSON array of plain values.
  ///
  /// @throws IllegalArgumentException if it is none
  public static List<@Nullable Object> items(String json) {
    try {
      return ITEMS.readValue(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no JSON array"); // without the cause, which quotes it
    }
  }

  /// A reader for values of a type.
  static ObjectReader reader(Type type) {
    JavaType javaType = MAPPER.constructType(type);
    ObjectReader reader = MAPPER.readerFor(javaType);
    return isUntyped(javaType)
        ? reader.with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        : reader;
  }

  // maps and lists of whatever JSON holds
  private static boolean isUntyped(JavaType type) {
    return type.isJavaLangObject() || (type.isContainerType() && isUntyped(type.getContentType()));
  }

  /// The value of JSON text.
  static @Nullable Object read(ObjectReader reader, String json, String where) {
    try {
      Object value = reader.readValue(json);
      return reader.isEnabled(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          ? JsonNumbers.natural(value)
          : value;
    } catch (JacksonException e) {
      // neither the message nor the cause: both repeat values, which may be secret
      TokenStreamLocation at = e.getLocation(); // null where it is nested too deep
      throw new DataException(
          where
              + " holds JSON that does not fit its type"
              + (at == null
                  ? "."
                  : " (line %d, column %d).".formatted(at.getLineNr(), at.getColumnNr())));
    }
  }

  /// The value of JSON text, or the text as it stands, in a node that writes it so.
  static @Nullable Object readLeniently(ObjectReader reader, String text, String where) {
    try {
      return read(reader, text, where);
    } catch (DataException e) {
      LOG.warn("{} It is read as it stands.", e.getMessage());
      return new POJONode(new RawValue(text));
    }
  }

  /// Whether a text is JSON.
  public static boolean isJson(String text) {
    try (JsonParser json = MAPPER.createParser(text)) {
      if (json.nextToken() == null) {
        return false;
      }
      json.skipChildren();
      return json.nextToken() == null;
    } catch (JacksonException e) {
      return false;
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

  /// Refuses numbers that JSON has not; Jackson would write them as text.
  private static final class FiniteGenerator extends JsonGeneratorDelegate {

    FiniteGenerator(JsonGenerator json) {
      super(json, false); // whatever it writes comes by here, arrays and trees included
    }

    @Override
    public JsonGenerator writeNumber(double number) {
      check(number);
      return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(float number) {
      check(number);
      return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeArray(double[] numbers, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        check(numbers[i]);
      }
      return super.writeArray(numbers, offset, length);
    }

    private static void check(double number) {
      if (!Double.isFinite(number)) {
        throw new IllegalArgumentException(number + " is no JSON number");
      }
    }
  }
}
