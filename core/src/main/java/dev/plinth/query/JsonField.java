package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a JSON column, about to be compared; made by `field(User::settings).json("address")`.
///
/// Values are what Jackson can write. They are compared as PostgreSQL's JSONB compares them, on every
/// engine: `1` equals `1.0`, `"1"` does not, the order of keys does not matter, that of an array does.
/// A column without a value, or without the place, meets no condition. Immutable, thread-safe.
public final class JsonField {

  private final Property.Name name;
  private final List<String> path;

  JsonField(Property.Name name, List<String> path) {
    for (String step : path) {
      if (step == null || step.indexOf('\0') >= 0) {
        throw new ValidationException("A path into JSON has neither null nor NUL characters.");
      }
    }
    this.name = name;
    this.path = List.copyOf(path);
  }

  /// A place further inside: keys of objects, and numbers of elements, which count from 0.
  public JsonField at(String... steps) {
    List<String> longer = new ArrayList<>(path);
    longer.addAll(Arrays.asList(steps));
    return new JsonField(name, longer);
  }

  /// What stands there equals the value; null means JSON's null.
  public Filter is(@Nullable Object value) {
    return new Filter.Json(name, path, Filter.Json.Kind.IS, value);
  }

  /// What stands there contains the value, as JSONB's `@>` says.
  ///
  /// An object contains another if it has all of its keys, with values that contain the other's. An
  /// array contains another if each element of the other is contained in one of its own, in whatever
  /// order and number, and it contains a plain value that is one of its elements. A plain value
  /// contains what equals it.
  public Filter contains(@Nullable Object value) {
    return new Filter.Json(name, path, Filter.Json.Kind.CONTAINS, value);
  }

  /// An object stands there, and has the key, be its value JSON's null.
  public Filter hasKey(String key) {
    return new Filter.Json(name, path, Filter.Json.Kind.HAS_KEY, key);
  }

  /// An object stands there, and has one of the keys.
  public Filter hasAnyKey(String... keys) {
    return new Filter.Or(Arrays.stream(keys).map(this::hasKey).toList());
  }

  /// An object stands there, and has all of the keys.
  public Filter hasKeys(String... keys) {
    return new Filter.And(Arrays.stream(keys).map(this::hasKey).toList());
  }

  /// An array stands there, and the value is one of its elements, or contained in one.
  public Filter hasItem(@Nullable Object value) {
    List<@Nullable Object> one = new ArrayList<>();
    one.add(value);
    return contains(one);
  }
}
