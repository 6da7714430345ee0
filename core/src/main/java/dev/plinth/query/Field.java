package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A component about to be compared; made by `Filter.field(User::email)`.
///
/// Comparisons of text are case-sensitive on every engine; for people's searches use
/// [Filter#search]. Immutable, thread-safe.
///
/// @param <V> the component's type
public final class Field<V extends @Nullable Object> {

  private final Property.Name name;

  Field(Property.Name name) {
    this.name = name;
  }

  /// Equal to the value; null means that the column holds none.
  public Filter is(@Nullable V value) {
    return equal(name, value);
  }

  /// Different from the value. A row without a value is different from every value.
  public Filter isNot(@Nullable V value) {
    return value == null ? isNotNull() : compare(Filter.Operator.IS_NOT, value);
  }

  /// One of the values; no row if there are none.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final Filter in(V... values) {
    return in(Arrays.asList(values));
  }

  /// One of the values; no row if there are none. A null among them stands for "holds no value".
  public Filter in(Collection<? extends V> values) {
    return new Filter.In(name, Collections.unmodifiableList(new ArrayList<>(values)));
  }

  /// None of the values; every row if there are none.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public final Filter notIn(V... values) {
    return notIn(Arrays.asList(values));
  }

  /// None of the values; every row if there are none.
  public Filter notIn(Collection<? extends V> values) {
    return new Filter.Not(in(values));
  }

  /// Below the value.
  public Filter less(V value) {
    return compare(Filter.Operator.LESS, value);
  }

  /// Below the value or equal to it.
  public Filter atMost(V value) {
    return compare(Filter.Operator.AT_MOST, value);
  }

  /// Above the value.
  public Filter greater(V value) {
    return compare(Filter.Operator.GREATER, value);
  }

  /// Above the value or equal to it.
  public Filter atLeast(V value) {
    return compare(Filter.Operator.AT_LEAST, value);
  }

  /// Earlier than the value: [#less] for times.
  public Filter before(V value) {
    return less(value);
  }

  /// Later than the value: [#greater] for times.
  public Filter after(V value) {
    return greater(value);
  }

  /// From the first to the last value, both included.
  public Filter between(V first, V last) {
    return atLeast(first).and(atMost(last));
  }

  /// The text begins so; `%` and `_` mean themselves.
  public Filter startsWith(String text) {
    return new Filter.Match(name, Filter.Match.Kind.STARTS_WITH, text);
  }

  /// The text ends so; `%` and `_` mean themselves.
  public Filter endsWith(String text) {
    return new Filter.Match(name, Filter.Match.Kind.ENDS_WITH, text);
  }

  /// The text stands somewhere in the column; `%` and `_` mean themselves.
  public Filter contains(String text) {
    return new Filter.Match(name, Filter.Match.Kind.CONTAINS, text);
  }

  /// The whole column matches a pattern: `%` any characters, `_` one, `\` makes the next literal.
  public Filter like(String pattern) {
    return new Filter.Match(name, Filter.Match.Kind.LIKE, pattern);
  }

  /// The list holds all of the values, in whatever order; for arrays, and for JSON.
  public Filter hasItems(Object... values) {
    for (Object value : values) {
      if (value == null) {
        throw new ValidationException("'" + name + "': no list is asked for null.");
      }
    }
    return new Filter.Json(name, List.of(), Filter.Json.Kind.CONTAINS, Arrays.asList(values));
  }

  /// A place in a JSON column: the whole document, or what stands behind keys and numbers of elements.
  public JsonField json(String... path) {
    return new JsonField(name, Arrays.asList(path));
  }

  /// The column holds no value.
  public Filter isNull() {
    return new Filter.IsNull(name);
  }

  /// The column holds a value.
  public Filter isNotNull() {
    return new Filter.Not(new Filter.IsNull(name));
  }

  /// Holds, by `@References`, the key of a live row of another record that meets the filter;
  /// [Filter#all()] for whichever live row.
  public Filter refersTo(Class<?> record, Filter filter) {
    if (filter == null) {
      throw new ValidationException("A filter cannot be null; Filter.all() lets every row pass.");
    }
    return new Filter.RefersTo(name, record, filter);
  }

  private Filter compare(Filter.Operator operator, @Nullable V value) {
    if (value == null) {
      throw new ValidationException(
          "Nothing is above or below null: compare '" + name + "' with a value, or use isNull().");
    }
    return new Filter.Comparison(name, operator, value);
  }

  static Filter equal(Property.Name name, @Nullable Object value) {
    return value == null
        ? new Filter.IsNull(name)
        : new Filter.Comparison(name, Filter.Operator.IS, value);
  }
}
