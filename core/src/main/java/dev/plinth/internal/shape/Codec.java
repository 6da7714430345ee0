package dev.plinth.internal.shape;

import dev.plinth.entity.Id;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.ColumnType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/// How one Java type is stored: its column type, and the way there and back.
///
/// @param type how it is stored
/// @param element how what an array holds is stored; null for whatever is none, and where it is unknown
/// @param encoder from any acceptable Java value to the canonical one
/// @param decoder from the canonical value to the record's
public record Codec(
    ColumnType type,
    @Nullable ColumnType element,
    UnaryOperator<Object> encoder,
    Function<Object, @Nullable Object> decoder) {

  private Codec(
      ColumnType type, UnaryOperator<Object> encoder, Function<Object, @Nullable Object> decoder) {
    this(type, null, encoder, decoder);
  }

  private static final Map<Class<?>, ColumnType> PLAIN =
      Map.ofEntries(
          Map.entry(String.class, ColumnType.TEXT),
          Map.entry(short.class, ColumnType.SHORT),
          Map.entry(Short.class, ColumnType.SHORT),
          Map.entry(int.class, ColumnType.INTEGER),
          Map.entry(Integer.class, ColumnType.INTEGER),
          Map.entry(long.class, ColumnType.LONG),
          Map.entry(Long.class, ColumnType.LONG),
          Map.entry(float.class, ColumnType.FLOAT),
          Map.entry(Float.class, ColumnType.FLOAT),
          Map.entry(double.class, ColumnType.DOUBLE),
          Map.entry(Double.class, ColumnType.DOUBLE),
          Map.entry(boolean.class, ColumnType.BOOLEAN),
          Map.entry(Boolean.class, ColumnType.BOOLEAN),
          Map.entry(BigDecimal.class, ColumnType.DECIMAL),
          Map.entry(UUID.class, ColumnType.UUID),
          Map.entry(Instant.class, ColumnType.INSTANT),
          Map.entry(LocalDate.class, ColumnType.DATE),
          Map.entry(LocalTime.class, ColumnType.TIME),
          Map.entry(LocalDateTime.class, ColumnType.DATE_TIME),
          Map.entry(Duration.class, ColumnType.DURATION),
          Map.entry(byte[].class, ColumnType.BYTES));

  // times are left out: drivers read arrays of them through the machine's time zone
  private static final Set<ColumnType> ELEMENTS =
      EnumSet.of(
          ColumnType.TEXT,
          ColumnType.SHORT,
          ColumnType.INTEGER,
          ColumnType.LONG,
          ColumnType.FLOAT,
          ColumnType.DOUBLE,
          ColumnType.BOOLEAN,
          ColumnType.DECIMAL,
          ColumnType.UUID);

  private static final Map<Class<?>, String> ADVICE =
      Map.of(
          OffsetDateTime.class, "use Instant: a stored time is a point in time, in UTC",
          ZonedDateTime.class, "use Instant, and a text column for the zone if you need it",
          java.util.Date.class, "use Instant",
          char.class, "use String",
          Character.class, "use String",
          byte.class, "use short or int",
          Byte.class, "use short or int",
          Optional.class, "use the plain type, which may be null",
          Object.class, "name a type, or mark it @Json");

  /// The codec of a component's type.
  ///
  /// @param where the component, for messages
  /// @param json whether it is marked as JSON
  /// @param secret whether no message may repeat a value
  /// @throws MappingException if no engine could store it; the message says what to do
  public static Codec of(Type type, Class<?> raw, boolean json, boolean secret, String where) {
    if (json
        || Map.class.isAssignableFrom(raw)
        || Collection.class.isAssignableFrom(raw)
        || JsonNode.class.isAssignableFrom(raw)) {
      return json(type, where);
    }
    ColumnType plain = PLAIN.get(raw);
    if (plain != null) {
      return plain(plain, where);
    }
    if (raw.isEnum()) {
      return enumeration(raw, secret, where);
    }
    if (raw == BigInteger.class) {
      UnaryOperator<Object> encoder = encoder(ColumnType.DECIMAL, where);
      return new Codec(ColumnType.DECIMAL, encoder, value -> whole((BigDecimal) value, where));
    }
    String advice =
        isEntity(raw)
            ? "store its key, marked @References(" + raw.getSimpleName() + ".class)"
            : ADVICE.getOrDefault(
                raw, "mark it @Json to store it as JSON, or use one of the plain types");
    throw new MappingException(
        where
            + " has the type "
            + type.getTypeName()
            + ", which no column can hold: "
            + advice
            + ".");
  }

  private static BigInteger whole(BigDecimal value, String where) {
    try {
      return value.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new DataException(where + ": the stored number is not a whole one.");
    }
  }

  /// The codec of a list that is stored as an array.
  ///
  /// @throws MappingException if it is no list, or one of values that arrays do not hold
  public static Codec array(Type type, boolean secret, String where) {
    if (type instanceof ParameterizedType list
        && (list.getRawType() == List.class || list.getRawType() == Collection.class)
        && list.getActualTypeArguments()[0] instanceof Class<?> raw) {
      Codec element = of(raw, raw, false, secret, where);
      if (ELEMENTS.contains(element.type())) {
        return new Codec(
            ColumnType.ARRAY,
            element.type(),
            value -> each(value, one -> element.encoder().apply(one), where),
            value -> each(value, one -> element.stored(one, where), where));
      }
    }
    throw new MappingException(
        "%s has the type %s, which is no list of text, enums, numbers, booleans or UUIDs: store it as JSON, without 'array'."
            .formatted(where, type.getTypeName()));
  }

  // an adopted column may hold numbers of another size, and JSON has texts for what it has no type
  // for
  private @Nullable Object stored(Object value, String where) {
    try {
      Object read =
          value instanceof String text && type != ColumnType.TEXT
              ? Canonical.parse(text, type)
              : value;
      return decoder.apply(encoder.apply(read));
    } catch (ValidationException | IllegalArgumentException e) {
      // without the cause, whose message repeats the text, which may be secret
      throw new DataException(
          where + " holds a list with something in it that is no " + type + ".");
    }
  }

  private static List<@Nullable Object> each(
      Object values, Function<Object, @Nullable Object> change, String where) {
    List<@Nullable Object> changed = new ArrayList<>();
    for (Object value : Values.instance(values, Collection.class, where)) {
      changed.add(value == null ? null : change.apply(value));
    }
    return Collections.unmodifiableList(changed);
  }

  // whose elements the layer knows only by their values
  private static Codec array(String where) {
    Function<Object, @Nullable Object> encoder =
        value -> {
          ColumnType type = typeOf(value);
          return type == null || !ELEMENTS.contains(type)
              ? Values.text(value, where)
              : encoder(type, where).apply(value);
        };
    return new Codec(
        ColumnType.ARRAY, value -> each(value, encoder, where), canonical -> canonical);
  }

  private static boolean isEntity(Class<?> raw) {
    return raw.isRecord()
        && Arrays.stream(raw.getRecordComponents())
            .anyMatch(component -> component.isAnnotationPresent(Id.class));
  }

  /// The codec of a stored type without a record.
  public static Codec plain(ColumnType type, String where) {
    if (type == ColumnType.JSON) {
      return json(Object.class, where);
    }
    if (type == ColumnType.ARRAY) {
      return array(where);
    }
    return new Codec(type, encoder(type, where), canonical -> canonical);
  }

  /// The column type of a value that is bound without a column.
  public static @Nullable ColumnType typeOf(Object value) {
    if (value instanceof Map || value instanceof Collection || value instanceof JsonNode) {
      return ColumnType.JSON;
    }
    if (value instanceof Enum || value instanceof CharSequence) {
      return ColumnType.TEXT;
    }
    return value instanceof BigInteger ? ColumnType.DECIMAL : PLAIN.get(value.getClass());
  }

  private static Codec json(Type type, String where) {
    ObjectReader reader = Json.reader(boxed(type));
    return new Codec(
        ColumnType.JSON,
        value -> Json.write(value, where),
        text -> Json.read(reader, (String) text, where));
  }

  /// The codec of JSON that keeps stored text which is none as it stands.
  ///
  /// @throws MappingException if the type has no place for such a text
  public static Codec lenient(Class<?> raw, String where) {
    if (raw != JsonNode.class) {
      throw new MappingException(
          "%s is marked @Json(lenient = true), but %s has no place for a text that is no JSON: use JsonNode."
              .formatted(where, raw.getSimpleName()));
    }
    ObjectReader reader = Json.reader(raw);
    return new Codec(
        ColumnType.JSON,
        value -> Json.write(value, where),
        text -> Json.readLeniently(reader, (String) text, where));
  }

  private static Type boxed(Type type) {
    // raw collections read as what JSON holds
    return type instanceof Class<?> || type instanceof ParameterizedType ? type : Object.class;
  }

  private static Codec enumeration(Class<?> raw, boolean secret, String where) {
    Map<String, Object> constants = new HashMap<>();
    for (Object constant : raw.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
    List<String> names = constants.keySet().stream().sorted().toList();
    return new Codec(
        ColumnType.TEXT,
        value -> {
          if (raw.isInstance(value)) {
            return ((Enum<?>) value).name();
          }
          String name = value.toString();
          if (value instanceof Enum || !constants.containsKey(name)) {
            throw new ValidationException(
                "%s has no value '%s'. %s"
                    .formatted(where, secret ? "***" : name, Suggestion.among(names, name)));
          }
          return name;
        },
        text -> {
          Object constant = constants.get(text);
          if (constant == null) {
            throw new DataException(
                "%s: the stored value '%s' is no %s. There are: %s."
                    .formatted(
                        where,
                        secret ? "***" : text,
                        raw.getSimpleName(),
                        String.join(", ", names)));
          }
          return constant;
        });
  }

  private static UnaryOperator<Object> encoder(ColumnType type, String where) {
    return switch (type) {
      case TEXT -> value -> Values.text(value, where);
      case SHORT ->
          value ->
              value instanceof Short
                  ? value
                  : (short) Values.whole(value, Short.MIN_VALUE, Short.MAX_VALUE, where);
      case INTEGER ->
          value ->
              value instanceof Integer
                  ? value
                  : (int) Values.whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, where);
      case LONG ->
          value ->
              value instanceof Long
                  ? value
                  : (Object) Values.whole(value, Long.MIN_VALUE, Long.MAX_VALUE, where);
      case FLOAT -> value -> (float) Values.finite(value, where);
      case DOUBLE -> value -> Values.finite(value, where);
      case BOOLEAN -> value -> Values.instance(value, Boolean.class, where);
      case DECIMAL -> value -> Values.decimal(value, where);
      case UUID -> value -> value instanceof UUID ? value : Values.parsed(value, type, where);
      case INSTANT -> value -> Values.instant(value, where);
      case DATE -> value -> Values.date(value, where);
      case TIME -> value -> Values.time(value, where);
      case DATE_TIME -> value -> Values.dateTime(value, where);
      case DURATION -> value -> Values.duration(value, where);
      case BYTES -> value -> Values.instance(value, byte[].class, where).clone();
      case JSON -> value -> Json.write(value, where);
      case ARRAY -> array(where).encoder();
    };
  }
}
