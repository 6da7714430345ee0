package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// What to write into a row, as data; what is not set stays as it is.
///
/// *Unset* differs from *null*: `set(User::phone, null)` clears the phone. Names are checked against
/// the record when the changes are used. Immutable, thread-safe.
///
/// @param <T> the record
public final class Changes<T> {

  private static final ObjectReader JSON =
      JsonMapper.shared()
          .readerForMapOf(Object.class)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

  private static final Changes<?> NONE = new Changes<>(List.of());

  /// One change of one column.
  ///
  /// @param property the component or column
  /// @param kind whether the value replaces or is added
  /// @param value the new value, or what is added
  public record Change(Property.Name property, Kind kind, @Nullable Object value) {
    /// What happens to the column.
    public enum Kind {
      /// The value replaces what is there.
      SET,
      /// The value is added to what is there, by the database, so that no concurrent change is lost.
      ADD,
      /// The keys of a JSON object replace those of the stored one, at its top only.
      MERGE,
      /// A JSON merge patch: objects are merged at every depth, and null removes a key.
      MERGE_PATCH
    }
  }

  private final List<Change> list;

  private Changes(List<Change> list) {
    this.list = list;
  }

  /// No change yet.
  @SuppressWarnings("unchecked") // it holds nothing of any type
  public static <T> Changes<T> none() {
    return (Changes<T>) NONE;
  }

  /// Sets a component; null clears it.
  public <V extends @Nullable Object> Changes<T> set(Property<T, V> property, V value) {
    return with(new Change(property.name(), Change.Kind.SET, value));
  }

  /// Sets a component or column by its name; null clears it.
  public Changes<T> set(String name, @Nullable Object value) {
    return with(new Change(Property.Name.of(name), Change.Kind.SET, value));
  }

  /// What a JSON object from outside says of some components; it can set these and no others.
  ///
  /// `{"firstName": "Ada", "phone": null}` sets the first name and clears the phone. A name beyond those
  /// that are allowed is an error, so that nobody makes himself an administrator by sending one more.
  /// Times, UUIDs and enums are texts in their usual form.
  ///
  /// @param allowed what may be set; names are those of the record
  /// @throws ValidationException if it is no JSON object, or names something else; it never repeats a
  ///     value
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static <T> Changes<T> fromJson(String json, Property<T, ?>... allowed) {
    Map<String, @Nullable Object> values = object(json);
    List<String> names = Arrays.stream(allowed).map(property -> property.name().text()).toList();
    Changes<T> changes = none();
    for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
      if (!names.contains(entry.getKey())) {
        throw new ValidationException(
            "'%.100s' cannot be changed here; what can is %s.".formatted(entry.getKey(), names));
      }
      changes = changes.set(entry.getKey(), entry.getValue());
    }
    return changes;
  }

  private static Map<String, @Nullable Object> object(String json) {
    try {
      Map<String, @Nullable Object> values = JSON.readValue(json);
      if (values != null) {
        return values;
      }
    } catch (JacksonException e) {
      // its message would quote the text
    }
    throw new ValidationException("Changes are needed as a JSON object, each name once.");
  }

  /// Sets all named components or columns.
  public Changes<T> setAll(Map<String, ? extends @Nullable Object> values) {
    Changes<T> result = this;
    for (Map.Entry<String, ? extends @Nullable Object> entry : values.entrySet()) {
      result = result.set(entry.getKey(), entry.getValue());
    }
    return result;
  }

  /// Adds to a number, in the database; null counts as 0.
  public Changes<T> add(Property<T, ? extends @Nullable Number> property, Number delta) {
    return with(new Change(property.name(), Change.Kind.ADD, delta));
  }

  /// Adds to a number by the column's name, in the database; null counts as 0.
  public Changes<T> add(String name, Number delta) {
    return with(new Change(Property.Name.of(name), Change.Kind.ADD, delta));
  }

  /// Sets the keys of a JSON object in the stored one, in the database, so that no concurrent change of
  /// other keys is lost; what is inside a key's value is replaced, not merged.
  ///
  /// A column without a value counts as an empty object. A stored value that is no object is an error.
  public Changes<T> merge(Property<T, ?> property, Object object) {
    return with(new Change(property.name(), Change.Kind.MERGE, object));
  }

  /// As [#merge(Property, Object)], by the column's name.
  public Changes<T> merge(String name, Object object) {
    return with(new Change(Property.Name.of(name), Change.Kind.MERGE, object));
  }

  /// Applies a JSON merge patch (RFC 7396), in the database: objects are merged at every depth, a null
  /// removes its key, anything else replaces what is there.
  public Changes<T> mergePatch(Property<T, ?> property, Object patch) {
    return with(new Change(property.name(), Change.Kind.MERGE_PATCH, patch));
  }

  /// As [#mergePatch(Property, Object)], by the column's name.
  public Changes<T> mergePatch(String name, Object patch) {
    return with(new Change(Property.Name.of(name), Change.Kind.MERGE_PATCH, patch));
  }

  /// The changes in the order in which they were made, each column once.
  public List<Change> list() {
    return list;
  }

  /// Whether nothing is changed.
  public boolean isEmpty() {
    return list.isEmpty();
  }

  /// These changes and one more.
  public Changes<T> with(Change change) {
    List<Change> more = new ArrayList<>(list.size() + 1);
    for (Change earlier : list) {
      if (earlier.property().text().equals(change.property().text())) {
        if (change.kind() != Change.Kind.SET || earlier.kind() != Change.Kind.SET) {
          throw new ValidationException(
              "'"
                  + change.property()
                  + "' is changed twice: set it, add to it or merge into it, once.");
        }
        continue; // the later value wins
      }
      more.add(earlier);
    }
    more.add(change);
    return new Changes<>(List.copyOf(more));
  }

  @Override
  public String toString() {
    return "Changes" + list.stream().map(change -> change.property().text()).toList();
  }
}
