package dev.plinth.internal.sql;

import dev.plinth.query.Selection;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The statements of one shape whose text never changes, made when first needed.
///
/// Thread-safe.
public final class ShapeSql {

  private final Shape<?> shape;
  private final Dialect dialect;
  private final String table;
  private final String columnList;
  private final Map<Selection.Deleted, Statement> finds = new EnumMap<>(Selection.Deleted.class);
  private final Map<UpdateText, Statement> updates = new ConcurrentHashMap<>();
  private final Statement insert;
  private final @Nullable Statement insertGeneratingKey;
  private final @Nullable Statement insertLeavingKey;

  /// What decides the text of an update by key: which columns are set and which added to, in the
  /// order in which every caller gives them, that of the shape.
  private record UpdateText(BitSet columns, boolean versioned, boolean knowing) {}

  ShapeSql(Shape<?> shape, Dialect dialect) {
    this.shape = shape;
    this.dialect = dialect;
    this.table = dialect.quote(shape.table());
    this.columnList = names(shape.columns());
    Column key = shape.with(Column.Role.KEY);
    this.insert = insert(shape.columns(), "");
    if (key != null && generated(key)) {
      List<Column> others = shape.columns().stream().filter(column -> column != key).toList();
      this.insertGeneratingKey = insert(others, " returning " + dialect.quote(key.name()));
      this.insertLeavingKey = insert(others, "");
    } else {
      this.insertGeneratingKey = null;
      this.insertLeavingKey = null;
    }
    if (key != null) {
      for (Selection.Deleted deleted : Selection.Deleted.values()) {
        finds.put(deleted, find(key, deleted));
      }
    }
  }

  /// Whether the database numbers a key that is not given.
  public static boolean generated(Column key) {
    return key.type() == ColumnType.LONG || key.type() == ColumnType.INTEGER;
  }

  String columnList() {
    return columnList;
  }

  String names(List<Column> columns) {
    return columns.stream().map(c -> dialect.quote(c.name())).collect(Collectors.joining(", "));
  }

  /// A row by its key.
  public Statement find(Selection.Deleted deleted) {
    Statement find = finds.get(deleted);
    return find != null ? find : find(shape.key(), deleted); // says that there is no key
  }

  private Statement find(Column key, Selection.Deleted deleted) {
    return new Statement(
        "select %s from %s where %s = ?%s"
            .formatted(columnList, table, dialect.quote(key.name()), condition(deleted)),
        List.of(key.type()),
        "find in " + shape);
  }

  private String condition(Selection.Deleted deleted) {
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    if (deletedAt == null || deleted == Selection.Deleted.INCLUDED) {
      return "";
    }
    return " and "
        + dialect.quote(deletedAt.name())
        + (deleted == Selection.Deleted.EXCLUDED ? " is null" : " is not null");
  }

  /// A new row with all its values.
  public Statement insert() {
    return insert;
  }

  /// A new row whose key the database numbers and gives back.
  public Statement insertGeneratingKey() {
    return insertGeneratingKey == null ? insert : insertGeneratingKey;
  }

  /// A new row whose key the database numbers and nobody asks for.
  public Statement insertLeavingKey() {
    return insertLeavingKey == null ? insert : insertLeavingKey;
  }

  private Statement insert(List<Column> columns, String returning) {
    return new Statement(
        "insert into %s (%s) values (%s)%s"
            .formatted(
                table,
                names(columns),
                columns.stream().map(column -> "?").collect(Collectors.joining(", ")),
                returning),
        columns.stream().map(Column::type).toList(),
        "insert into " + shape);
  }

  /// Changes to a live row by its key, and by its version where there is one to check.
  ///
  /// @param knowing whether the columns that it leaves alone must hold what the caller believes, given
  ///     in the order of [#others]; otherwise it gives the row as it is then
  public Statement update(List<Assignment> set, boolean versioned, boolean knowing) {
    BitSet columns = new BitSet(2 * shape.columns().size());
    for (Assignment one : set) {
      columns.set(2 * one.column().position() + (one.add() ? 1 : 0));
    }
    UpdateText text = new UpdateText(columns, versioned, knowing);
    Statement update = updates.get(text);
    if (update == null) {
      update = write(set, versioned, knowing);
      updates.put(text, update);
    }
    return update;
  }

  /// The columns that an update by key neither sets nor searches by.
  public List<Column> others(List<Assignment> set) {
    List<Column> others = new ArrayList<>(shape.columns());
    others.remove(shape.key());
    set.forEach(assignment -> others.remove(assignment.column()));
    return others;
  }

  /// The sum of a column and a parameter.
  static String sum(Dialect dialect, String name, Column column) {
    return column.role() == Column.Role.VERSION // counts by one, so it never comes to its end
        ? name + " + ?"
        : dialect.sum(name, column.type());
  }

  private Statement write(List<Assignment> set, boolean versioned, boolean knowing) {
    Column key = shape.key();
    Column version = versioned ? shape.with(Column.Role.VERSION) : null;
    List<ColumnType> types = new ArrayList<>();
    String assignments =
        set.stream()
            .map(one -> {
              String name = dialect.quote(one.column().name());
              types.add(one.column().type());
              return name + " = " + (one.add() ? sum(dialect, name, one.column()) : "?");
            })
            .collect(Collectors.joining(", "));
    types.add(key.type());
    StringBuilder checked = new StringBuilder();
    if (version != null) {
      types.add(version.type());
      checked.append(" and ").append(dialect.quote(version.name())).append(" = ?");
    }
    if (knowing) {
      for (Column other : others(set)) {
        types.add(other.type());
        checked.append(" and ").append(dialect.isSame(dialect.quote(other.name())));
      }
    }
    return new Statement(
        "update %s set %s where %s = ?%s%s%s"
            .formatted(
                table,
                assignments,
                dialect.quote(key.name()),
                checked,
                condition(Selection.Deleted.EXCLUDED),
                knowing ? "" : " returning " + columnList),
        List.copyOf(types),
        "update " + shape);
  }
}
