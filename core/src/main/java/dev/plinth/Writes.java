package dev.plinth;

import dev.plinth.entity.Property;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.JsonMerge;
import dev.plinth.query.Changes;
import dev.plinth.query.Filter;
import dev.plinth.query.Query;
import dev.plinth.spi.Column;
import dev.plinth.spi.Column.Role;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns records and changes into what the pipeline understands.
final class Writes<T> {

  private static final Set<Role> PLAIN = EnumSet.of(Role.VALUE);

  private static final Comparator<Assignment> IN_ORDER =
      Comparator.comparingInt(assignment -> assignment.column().position());

  private final Shape<T> shape;

  Writes(Shape<T> shape) {
    this.shape = shape;
  }

  /// The key's column.
  Column key() {
    return shape.key();
  }

  Object key(@Nullable Object id) {
    Object key = shape.key().encode(id);
    if (key == null) {
      throw new ValidationException("A key of " + shape + " cannot be null.");
    }
    return key;
  }

  /// The canonical values of a new row of which only some are given.
  @Nullable Object[] row(Changes<T> given) {
    @Nullable Object[] values = new Object[shape.columns().size()];
    for (Column column : shape.columns()) {
      values[column.position()] = zero(column);
    }
    Set<Column> seen = new HashSet<>();
    for (Changes.Change change : given.list()) {
      Column column = own(shape.column(change.property()));
      if (!seen.add(column)) {
        throw twice(column);
      }
      Object value = value(column, change);
      values[column.position()] =
          change.kind() == Changes.Change.Kind.MERGE_PATCH && value instanceof String patch
              ? JsonMerge.patched("{}", patch)
              : value;
      if (values[column.position()] == null) {
        values[column.position()] = zero(column);
      }
    }
    return shape.write(shape.build(values)); // the record's constructor may fill in defaults
  }

  private static ValidationException twice(Column column) {
    return new ValidationException(
        "'%s' is changed twice, under two names.".formatted(column.property()));
  }

  private static @Nullable Object zero(Column column) {
    if (!column.javaType().isPrimitive()) {
      return null;
    }
    return column.encode(column.type() == ColumnType.BOOLEAN ? (Object) false : (Object) 0);
  }

  List<Assignment> assignments(Changes<T> changes) {
    List<Assignment> set = new ArrayList<>(changes.list().size() + 2);
    for (Changes.Change change : changes.list()) {
      Column column = own(shape.column(change.property()));
      switch (column.role()) {
        case VALUE, COUNTER -> {}
        case KEY, VERSION, CREATED_AT, UPDATED_AT, DELETED_AT ->
            throw new ValidationException(
                "'%s' is kept by the layer (%s) and cannot be set."
                    .formatted(column.property(), column.role()));
      }
      checkKind(column, change.kind());
      if (change.value() == null && column.javaType().isPrimitive()) {
        throw new ValidationException(
            "'%s' is a primitive %s; it cannot be set to null."
                .formatted(column.property(), column.javaType()));
      }
      if (set.stream().anyMatch(earlier -> earlier.column() == column)) {
        throw twice(column);
      }
      set.add(new Assignment(column, change.kind(), value(column, change)));
    }
    set.sort(IN_ORDER); // one text, and one prepared statement, for the same columns
    return set;
  }

  private static void checkKind(Column column, Changes.Change.Kind kind) {
    switch (kind) {
      case SET -> {}
      case ADD -> {
        if (!column.type().isNumber()) {
          throw new ValidationException(
              "'%s' is no number; nothing can be added to it.".formatted(column.property()));
        }
      }
      case MERGE, MERGE_PATCH -> {
        if (column.type() != ColumnType.JSON) {
          throw new ValidationException(
              "'%s' holds %s, not JSON; nothing can be merged into it."
                  .formatted(column.property(), column.type()));
        }
      }
    }
  }

  private static @Nullable Object value(Column column, Changes.Change change) {
    boolean merges =
        change.kind() == Changes.Change.Kind.MERGE
            || change.kind() == Changes.Change.Kind.MERGE_PATCH;
    Object value = column.encode(change.value());
    if (merges && !(value instanceof String json && json.startsWith("{"))) {
      throw new ValidationException(
          "'%s': only an object can be merged.".formatted(column.property()));
    }
    return value;
  }

  private Column own(Column column) {
    if (column == shape.deletionId() && !shape.columns().contains(column)) {
      throw new ValidationException("'" + column.name() + "' is kept by the layer.");
    }
    return column;
  }

  Operation.RowUpdate whole(T row) {
    @Nullable Object[] values = shape.write(row);
    return new Operation.RowUpdate(
        key(values), version(values), assignments(values, PLAIN), values);
  }

  Operation.RowUpdate difference(T before, T after) {
    @Nullable Object[] old = shape.write(before);
    @Nullable Object[] wanted = shape.write(after);
    if (!key(old).equals(key(wanted))) {
      throw new ValidationException("The rows before and after have different keys.");
    }
    List<Assignment> set = new ArrayList<>();
    for (Assignment assignment : assignments(wanted, EnumSet.of(Role.VALUE, Role.COUNTER))) {
      if (!Canonical.same(old[assignment.column().position()], assignment.value())) {
        set.add(assignment);
      }
    }
    return new Operation.RowUpdate(key(old), version(old), set, wanted);
  }

  private Object key(@Nullable Object[] values) {
    Object key = values[shape.key().position()];
    if (key == null) {
      throw new ValidationException(
          "%s: a row without a key cannot be updated; create it.".formatted(shape));
    }
    return key;
  }

  private @Nullable Object version(@Nullable Object[] values) {
    Column version = shape.with(Role.VERSION);
    return version == null ? null : values[version.position()];
  }

  private List<Assignment> assignments(@Nullable Object[] values, Set<Role> roles) {
    List<Assignment> set = new ArrayList<>(values.length);
    for (Column column : shape.columns()) {
      if (roles.contains(column.role())) {
        set.add(new Assignment(column, values[column.position()]));
      }
    }
    return set;
  }

  private @Nullable Object[] named(T row, List<Column> conflict) {
    @Nullable Object[] values = shape.write(row);
    for (Column column : conflict) {
      if (values[column.position()] == null && column != shape.key()) {
        throw new ValidationException(
            "'%s' is null, so it cannot tell which row of %s to save into."
                .formatted(column.property(), shape));
      }
    }
    return values;
  }

  Operation.SaveRows saveAll(
      Collection<? extends T> rows, List<Column> conflict, boolean overwrite) {
    List<@Nullable Object[]> values = new ArrayList<>(rows.size());
    for (T row : rows) { // where nothing is written over, null is like no other
      values.add(overwrite ? named(row, conflict) : shape.write(row));
    }
    return new Operation.SaveRows(shape, values, conflict, overwrite);
  }

  Operation.Save save(T row, List<Column> conflict) {
    @Nullable Object[] values = named(row, conflict);
    List<Assignment> set = assignments(values, PLAIN);
    set.removeIf(assignment -> conflict.contains(assignment.column()));
    return new Operation.Save(shape, values, conflict, set);
  }

  /// What changes say beyond the columns that find the row and those that the layer keeps.
  List<Assignment> beyond(List<Column> found, Changes<T> given) {
    Changes<T> plain = Changes.none();
    for (Changes.Change change : given.list()) {
      Column column = own(shape.column(change.property()));
      boolean free = column.role() == Role.VALUE || column.role() == Role.COUNTER;
      if (free && !found.contains(column)) {
        plain = plain.with(change);
      }
    }
    return assignments(plain);
  }

  /// The columns that changes name.
  List<Column> columns(Changes<T> given) {
    return given.list().stream().map(change -> shape.column(change.property())).toList();
  }

  /// The rows that equal what changes say of these columns; empty if they leave one open.
  Optional<Filter> named(List<Column> columns, Changes<T> given) {
    List<Filter> parts = new ArrayList<>();
    for (Changes.Change change : given.list()) {
      Column column = shape.column(change.property());
      if (columns.contains(column) && change.value() != null) {
        parts.add(Filter.field(column.name()).is(change.value()));
      }
    }
    return parts.size() == columns.size() ? Optional.of(new Filter.And(parts)) : Optional.empty();
  }

  /// Says so if a deleted row has the place of a new one.
  void refuseDeleted(Query<T> same) {
    if (shape.with(Role.DELETED_AT) != null && same.onlyDeleted().exists()) {
      throw new NotFoundException(
          shape.table(),
          "The row of %s to be saved is deleted: restore it first.".formatted(shape));
    }
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  final List<Column> columns(Property<T, ?>... properties) {
    if (properties.length == 0) {
      return List.of(shape.key());
    }
    List<Column> columns =
        Arrays.stream(properties).map(property -> shape.column(property.name())).toList();
    boolean unique =
        (columns.size() == 1 && (columns.getFirst().unique() || columns.getFirst() == shape.key()))
            || shape.indexes().stream()
                .anyMatch(index ->
                    index.unique() && index.columns().keySet().equals(Set.copyOf(columns)));
    if (!unique) {
      throw new ValidationException(
          "%s is not unique in %s, so it cannot tell which row to save into. Mark it @Unique."
              .formatted(columns, shape));
    }
    return columns;
  }

  void needsSoftDelete(String what) {
    if (shape.with(Role.DELETED_AT) == null) {
      throw new UnsupportedException(
          "Cannot %s rows of %s: %s has no component marked @DeletedAt, so its deletes are final."
              .formatted(what, shape, shape.type().getSimpleName()));
    }
  }
}
