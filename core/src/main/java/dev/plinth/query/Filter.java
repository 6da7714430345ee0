package dev.plinth.query;

import dev.plinth.entity.Property;
import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A condition on rows, as data.
///
/// Start with [#field(Property)]: `field(User::role).is(Role.ADMIN).and(field("email").isNotNull())`.
/// Names are checked against the record when the filter is used; values are always bound, never
/// written into SQL. A filter is two-valued: a row meets it or does not, so [#not(Filter)] turns
/// every row that does not meet a filter into one that does, nulls included. Immutable,
/// thread-safe.
public sealed interface Filter {

  /// A comparison of a column with a value that is not null.
  record Comparison(Property.Name property, Operator operator, Object value) implements Filter {
    /// Without the value, which may be secret.
    @Override
    public String toString() {
      return property + " " + operator + " ?";
    }
  }

  /// How [Comparison] compares. `IS_NOT` counts null as different.
  enum Operator {
    /// Equal.
    IS,
    /// Different, or null.
    IS_NOT,
    /// Below.
    LESS,
    /// Below or equal.
    AT_MOST,
    /// Above.
    GREATER,
    /// Above or equal.
    AT_LEAST
  }

  /// Membership in a list, which may be empty and may hold null.
  record In(Property.Name property, List<? extends @Nullable Object> values) implements Filter {
    /// Without the values, which may be secret.
    @Override
    public String toString() {
      return property + " IN " + values.size() + " values";
    }
  }

  /// Membership of several columns together in a list of rows, none of whose values is null.
  record InRows(List<Property.Name> properties, List<? extends List<?>> rows) implements Filter {
    /// Without the values, which may be secret.
    @Override
    public String toString() {
      return properties + " IN " + rows.size() + " rows";
    }
  }

  /// A case-sensitive match of a text column.
  record Match(Property.Name property, Match.Kind kind, String text) implements Filter {
    /// How the text is read.
    public enum Kind {
      /// The column begins with the text.
      STARTS_WITH,
      /// The column ends with the text.
      ENDS_WITH,
      /// The text stands somewhere in the column.
      CONTAINS,
      /// The text is a pattern: `%` any characters, `_` one character, `\` makes the next literal.
      LIKE
    }

    /// Without the text, which may be secret.
    @Override
    public String toString() {
      return property + " " + kind + " ?";
    }
  }

  /// The column holds no value.
  record IsNull(Property.Name property) implements Filter {}

  /// The text stands in one of the columns, upper and lower case alike.
  ///
  /// @param properties which columns; those that are declared for it if empty
  record Search(List<Property.Name> properties, String text) implements Filter {
    /// Without the text, which may be secret.
    @Override
    public String toString() {
      return "SEARCH " + properties + " ?";
    }
  }

  /// The words of a text stand in the columns that are declared for it.
  record FullText(String text) implements Filter {
    /// Without the text, which may be secret.
    @Override
    public String toString() {
      return "FULL TEXT ?";
    }
  }

  /// A comparison of what stands somewhere in a JSON column.
  ///
  /// @param path where: keys of objects, numbers of elements; empty for the whole document
  /// @param value what it is compared with; the key's name for `HAS_KEY`
  record Json(Property.Name property, List<String> path, Json.Kind kind, @Nullable Object value)
      implements Filter {
    /// How it is compared.
    public enum Kind {
      /// It equals the value.
      IS,
      /// It contains the value, as JSONB's `@>` says.
      CONTAINS,
      /// It is an object that has the key.
      HAS_KEY
    }

    /// Without the value, which may be secret.
    @Override
    public String toString() {
      return property + " " + path + " " + kind + " ?";
    }
  }

  /// The row refers, by `@References`, to a live row of another record that meets a filter.
  record RefersTo(Property.Name property, Class<?> record, Filter filter) implements Filter {}

  /// A live row of another record meets a filter, and refers to this one by its property.
  record Has(Class<?> record, Property.Name property, Filter filter) implements Filter {}

  /// All of the parts hold; true without parts.
  record And(List<Filter> parts) implements Filter {}

  /// One of the parts holds; false without parts.
  record Or(List<Filter> parts) implements Filter {}

  /// The part does not hold.
  record Not(Filter part) implements Filter {}

  /// Every row.
  static Filter all() {
    return new And(List.of());
  }

  /// No row.
  static Filter none() {
    return new Or(List.of());
  }

  /// A component, to be compared: `field(User::email)`.
  static <T, V extends @Nullable Object> Field<V> field(Property<T, V> property) {
    return new Field<>(property.name());
  }

  /// A component or column by its name, which is checked against the record.
  static Field<Object> field(String name) {
    return new Field<>(Property.Name.of(name));
  }

  /// Rows that equal all given values; null means that the column holds none.
  ///
  /// A name that the record does not have is an error, so a typo never widens the result.
  static Filter matching(Map<String, ? extends @Nullable Object> values) {
    List<Filter> parts = new ArrayList<>();
    values.forEach((name, value) -> parts.add(Field.equal(Property.Name.of(name), value)));
    return new And(List.copyOf(parts));
  }

  /// All of the filters hold.
  static Filter and(Filter... parts) {
    return new And(present(parts));
  }

  private static List<Filter> present(@Nullable Filter... parts) {
    for (Filter part : parts) {
      if (part == null) {
        throw new ValidationException("A filter cannot be null; leave it out instead.");
      }
    }
    return List.of(parts);
  }

  private static List<Filter> joined(List<Filter> first, Filter last) {
    List<Filter> parts = new ArrayList<>(first.size() + 1);
    parts.addAll(first);
    parts.addAll(present(last));
    return List.copyOf(parts);
  }

  /// One of the filters holds.
  static Filter or(Filter... parts) {
    return new Or(present(parts));
  }

  /// The filter does not hold.
  static Filter not(Filter part) {
    return new Not(present(part).getFirst());
  }

  /// The text stands in one of the components, upper and lower case alike on every engine.
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  static <T> Filter search(String text, Property<T, ?>... properties) {
    return search(text, Arrays.stream(properties).<Property.Name>map(Property::name).toList());
  }

  /// As [#search(String, Property...)], by names.
  static Filter search(String text, Collection<Property.Name> properties) {
    if (properties.isEmpty()) {
      throw new ValidationException("A search needs at least one property to look into.");
    }
    return new Search(List.copyOf(properties), text);
  }

  /// Rows that another record's live rows, or some of them, refer to by `@References`.
  ///
  /// `has(Payment.class, Payment::userId, field(Payment::cents).greater(100))`. Nobody comes twice,
  /// however many refer to him; [#not(Filter)] finds whom none refers to.
  static <T> Filter has(
      Class<T> record, Property<T, ? extends @Nullable Object> property, Filter filter) {
    return new Has(record, property.name(), present(filter).getFirst());
  }

  /// The text stands in one of the components marked `@Searchable`, upper and lower case alike.
  static Filter search(String text) {
    return new Search(List.of(), text);
  }

  /// All the words stand in the components marked `@FullText`: `quick "brown fox" -lazy pre*`.
  ///
  /// A phrase in quotes stands together, a word with a minus must not be there, one with a star is the
  /// beginning of one; everything else parts words. Without a word to look for no row meets it.
  static Filter fullText(String text) {
    return new FullText(text);
  }

  /// Both hold.
  default Filter and(Filter other) {
    return new And(this instanceof And(var parts) ? joined(parts, other) : present(this, other));
  }

  /// At least one holds.
  default Filter or(Filter other) {
    return new Or(this instanceof Or(var parts) ? joined(parts, other) : present(this, other));
  }

  /// The text with `%`, `_` and `\` made literal, for use inside a `like` pattern.
  static String escapeLike(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
