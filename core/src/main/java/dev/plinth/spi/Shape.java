package dev.plinth.spi;

import dev.plinth.entity.Property;
import dev.plinth.error.MappingException;
import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a table's rows look like and how they become records and back; made once per record type.
///
/// Immutable, thread-safe.
///
/// @param <T> the record, or `Row` for a table without one
public final class Shape<T> {

  /// How rows become records and back.
  public interface Mapper<T> {
    /// The record of the row under the cursor, whose cells stand in the shape's order.
    T read(Cells cells);

    /// The canonical values of a record, in the shape's order.
    @Nullable Object[] write(T entity);

    /// The record of canonical values in the shape's order.
    T build(@Nullable Object[] values);
  }

  /// An index of the table.
  ///
  /// @param columns the columns in order, each true for descending
  /// @param unique whether live rows differ in them
  public record Index(Map<Column, Boolean> columns, boolean unique) {}

  private final Class<T> type;
  private final String table;
  private final List<Column> columns;
  private final List<Index> indexes;
  private final boolean audited;
  private final Mapper<T> mapper;
  private final List<Column> searchable;
  private final List<Column> fullText;
  private volatile @Nullable Shape<@Nullable Object[]> raw;
  private final @Nullable Column deletionId;
  private final Map<String, Column> byName = new HashMap<>();
  private final @Nullable Column[] byRole = new Column[Column.Role.values().length];

  /// A shape of its parts.
  public Shape(
      Class<T> type,
      String table,
      List<Column> columns,
      List<Index> indexes,
      boolean audited,
      Mapper<T> mapper) {
    this(type, table, columns, indexes, audited, mapper, List.of(), List.of());
  }

  private Shape(
      Class<T> type,
      String table,
      List<Column> columns,
      List<Index> indexes,
      boolean audited,
      Mapper<T> mapper,
      List<Column> searchable,
      List<Column> fullText) {
    this.searchable = List.copyOf(searchable);
    this.fullText = List.copyOf(fullText);
    this.type = type;
    this.table = table;
    this.columns = List.copyOf(columns);
    this.indexes = List.copyOf(indexes);
    this.audited = audited;
    this.mapper = mapper;
    for (Column column : columns) {
      byName.put(column.name(), column);
      byRole[column.role().ordinal()] = column;
    }
    for (Column column : columns) {
      byName.put(column.property(), column); // where both exist, the record's own name wins
    }
    this.deletionId =
        with(Column.Role.DELETED_AT) == null
            ? null
            : byName.computeIfAbsent(Column.DELETION_ID, name -> Column.deletionId());
  }

  /// The same shape with these indexes.
  public Shape<T> withIndexes(List<Index> indexes) {
    return new Shape<>(type, table, columns, indexes, audited, mapper, searchable, fullText);
  }

  /// The same shape that looks into these columns for pieces of text, and into those for words.
  public Shape<T> withSearch(List<Column> searchable, List<Column> fullText) {
    return new Shape<>(type, table, columns, indexes, audited, mapper, searchable, fullText);
  }

  /// The record's type.
  public Class<T> type() {
    return type;
  }

  /// The table's name.
  public String table() {
    return table;
  }

  /// Whether the table is the layer's own, such as the audit log.
  public boolean isOwn() {
    return table.startsWith("plinth_");
  }

  /// The columns in the record's order.
  public List<Column> columns() {
    return columns;
  }

  /// The indexes besides those of unique columns and the key.
  public List<Index> indexes() {
    return indexes;
  }

  /// The columns that a search looks into if it names none.
  public List<Column> searchable() {
    return searchable;
  }

  /// The columns whose words a full-text search finds.
  public List<Column> fullText() {
    return fullText;
  }

  /// Whether writes leave audit rows.
  public boolean audited() {
    return audited;
  }

  /// The key column.
  ///
  /// @throws MappingException if there is none
  public Column key() {
    Column key = byRole[Column.Role.KEY.ordinal()];
    if (key == null) {
      throw new MappingException(
          type == Row.class
              ? table
                  + " has no single key column, so a row cannot be named by its key. Use a query."
              : type.getSimpleName()
                  + " has no key: mark the component that names a row with @Id.");
    }
    return key;
  }

  /// The column that has the role; null if none has. For roles that at most one column has.
  public @Nullable Column with(Column.Role role) {
    return byRole[role.ordinal()];
  }

  /// The column that says by which deletion a row went; null where rows are not soft-deleted.
  ///
  /// It is a column of the table, not of the record; tables that were not made by the layer may
  /// lack it.
  public @Nullable Column deletionId() {
    return deletionId;
  }

  /// The column of a property, by the record's name or by the database's.
  ///
  /// @throws ValidationException if there is none; it offers the nearest name
  public Column column(Property.Name name) {
    String owner = name.owner();
    if (owner != null && type != Object[].class && !reaches(type, owner)) {
      throw new ValidationException(
          "'" + name + "' is a property of " + owner + ", not of " + type.getName() + ".");
    }
    Column column = byName.get(name.text());
    if (column == null) {
      column = byName.get(name.withoutPrefix());
    }
    if (column == null) {
      throw new ValidationException(
          "%s has no property '%s'. %s"
              .formatted(
                  table,
                  name,
                  Suggestion.among(columns.stream().map(Column::property).toList(), name.text())));
    }
    return column;
  }

  private static boolean reaches(@Nullable Class<?> type, String owner) {
    for (Class<?> up = type; up != null; up = up.getSuperclass()) {
      if (up.getName().equals(owner)) {
        return true;
      }
      for (Class<?> face : up.getInterfaces()) {
        if (reaches(face, owner)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The same rows as plain canonical values, for whoever must not depend on the record's own code.
  @SuppressWarnings("unchecked") // a class object cannot say that its elements may be null
  public Shape<@Nullable Object[]> raw() {
    if (mapper instanceof RawMapper) {
      return (Shape<@Nullable Object[]>) this;
    }
    Shape<@Nullable Object[]> known = raw;
    if (known == null) {
      known = raw(columns);
      raw = known;
    }
    return known;
  }

  /// Some columns of the same rows as plain canonical values, in this order.
  @SuppressWarnings("unchecked") // a class object cannot say that its elements may be null
  public Shape<@Nullable Object[]> raw(List<Column> some) {
    Class<@Nullable Object[]> values = (Class<@Nullable Object[]>) (Class<?>) Object[].class;
    List<Column> placed = new ArrayList<>(some.size());
    some.forEach(column -> placed.add(column.at(placed.size())));
    return new Shape<@Nullable Object[]>(
        values, table, placed, List.of(), audited, new RawMapper(placed), searchable, fullText);
  }

  private record RawMapper(List<Column> columns) implements Mapper<@Nullable Object[]> {
    @Override
    public @Nullable Object[] read(Cells cells) {
      @Nullable Object[] values = new Object[columns.size()];
      for (Column column : columns) {
        values[column.position()] = cells.value(column.position(), column.type());
      }
      return values;
    }

    @Override
    public @Nullable Object[] write(@Nullable Object[] values) {
      return values;
    }

    @Override
    public @Nullable Object[] build(@Nullable Object[] values) {
      return values;
    }
  }

  /// The record of the row under the cursor.
  public T read(Cells cells) {
    return mapper.read(cells);
  }

  /// The canonical values of a record, in the columns' order.
  ///
  /// @throws ValidationException if there is no record, or a value of it cannot be stored
  public @Nullable Object[] write(@Nullable T entity) {
    if (entity == null) {
      throw new ValidationException("A row of " + table + " cannot be null.");
    }
    return mapper.write(entity);
  }

  /// The record of canonical values in the columns' order.
  public T build(@Nullable Object[] values) {
    return mapper.build(values);
  }

  @Override
  public String toString() {
    return table;
  }
}
