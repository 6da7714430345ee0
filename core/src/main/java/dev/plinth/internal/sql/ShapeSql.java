package dev.plinth.internal.sql;

import dev.plinth.query.Selection;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  private final Map<UpdateText, KeyUpdate> updates = new ConcurrentHashMap<>();
  private final Map<UpdateText, Optional<ManyUpdate>> manyUpdates = new ConcurrentHashMap<>();
  private final Statement insert;
  private final @Nullable Statement insertGeneratingKey;
  private final @Nullable Statement insertLeavingKey;
  private final @Nullable Statement reserveKeys;
  private final @Nullable Statement advanceKeys;

  /// An update by key, and what it leaves alone.
  ///
  /// @param statement the statement
  /// @param others the columns whose values it checks, in the order of its last parameters
  public record KeyUpdate(Statement statement, List<Column> others) {}

  /// An update of many rows at once.
  ///
  /// @param look a query for the keys of those that it will change, by the lists behind what is set;
  ///     null where the update itself gives them
  /// @param update the statement
  public record ManyUpdate(@Nullable Statement look, Statement update) {}

  /// What decides the text of an update by key: which columns are set and which added to, in the
  /// order in which every caller gives them, that of the shape.
  private record UpdateText(BitSet columns, boolean versioned, boolean within, boolean knowing) {
    /// Null where the text depends on values as well.
    static @Nullable UpdateText of(RowUpdate row, int columns, boolean knowing) {
      BitSet set = new BitSet(2 * columns);
      for (Assignment one : row.set()) {
        switch (one.kind()) {
          case SET -> set.set(2 * one.column().position());
          case ADD -> set.set(2 * one.column().position() + 1);
          case MERGE, MERGE_PATCH -> {
            return null;
          }
        }
      }
      return new UpdateText(set, row.version() != null, row.within() != null, knowing);
    }
  }

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
      this.reserveKeys = onKeys(dialect.reserveKeys(shape.table(), key.name()));
      this.advanceKeys = onKeys(dialect.advanceKeys(shape.table(), key.name()));
    } else {
      this.insertGeneratingKey = null;
      this.insertLeavingKey = null;
      this.reserveKeys = null;
      this.advanceKeys = null;
    }
    if (key != null) {
      for (Selection.Deleted deleted : Selection.Deleted.values()) {
        finds.put(deleted, find(key, deleted));
      }
    }
  }

  private @Nullable Statement onKeys(@Nullable String sql) {
    return sql == null
        ? null
        : new Statement(sql, List.of(ColumnType.LONG), "number rows of " + shape);
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
    return condition("", deleted);
  }

  private String condition(String owner, Selection.Deleted deleted) {
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    if (deletedAt == null || deleted == Selection.Deleted.INCLUDED) {
      return "";
    }
    return " and "
        + owner
        + dialect.quote(deletedAt.name())
        + (deleted == Selection.Deleted.EXCLUDED ? " is null" : " is not null");
  }

  /// The keys of the live rows among those that one list names; until the transaction ends they stay.
  public Statement live() {
    Column key = shape.key();
    String name = dialect.quote(key.name());
    String among = dialect.inList(dialect.comparable(name, key.type()), key.type());
    return new Statement(
        "select %s from %s where %s%s%s"
            .formatted(
                name, table, among, condition(Selection.Deleted.EXCLUDED), dialect.forShare()),
        List.of(ColumnType.TEXT),
        "look what is there of " + shape);
  }

  /// A new row with all its values.
  public Statement insert() {
    return insert;
  }

  /// A new row whose key the database numbers and gives back.
  public Statement insertGeneratingKey() {
    return insertGeneratingKey == null ? insert : insertGeneratingKey;
  }

  /// A query that takes numbers for so many keys; null where a row is numbered as it is inserted.
  public @Nullable Statement reserveKeys() {
    return reserveKeys;
  }

  /// A query that keeps a given key from being numbered later; null where the engine sees to it.
  public @Nullable Statement advanceKeys() {
    return advanceKeys;
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
  /// @param knowing whether the columns that it leaves alone must hold what the caller believes;
  ///     otherwise it gives the row as it is then
  public KeyUpdate update(RowUpdate row, boolean knowing) {
    UpdateText text = UpdateText.of(row, shape.columns().size(), knowing);
    KeyUpdate update = text == null ? null : updates.get(text);
    if (update == null) {
      update = new KeyUpdate(write(row, knowing), knowing ? others(row) : List.of());
      if (text != null) {
        updates.put(text, update);
      }
    }
    return update;
  }

  /// As [#update], knowing, for many rows at once. Null where a batch is the faster way.
  ///
  /// Its parameters are lists, in the order of those of [#update].
  ///
  /// @param row one of the rows, which set the same columns
  public @Nullable ManyUpdate updateMany(RowUpdate row) {
    if (row.set().stream()
        .anyMatch(one -> !one.sets() && one.column().role() != Column.Role.VERSION)) {
      return null;
    }
    return manyUpdates
        .computeIfAbsent(
            UpdateText.of(row, shape.columns().size(), true),
            text -> Optional.ofNullable(writeMany(row)))
        .orElse(null);
  }

  private @Nullable ManyUpdate writeMany(RowUpdate row) {
    List<Assignment> set = row.set();
    List<Column> known = named(row);
    int named = known.size();
    known.addAll(others(row));
    List<Column> given = new ArrayList<>();
    set.forEach(one -> given.add(one.column()));
    given.addAll(known);
    String rows = dialect.rowsOf(types(given));
    String knownRows = dialect.rowsOf(types(known));
    if (rows == null || knownRows == null) {
      return null;
    }
    List<String> assignments = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      String name = dialect.quote(set.get(i).column().name());
      assignments.add(
          name + " = " + (!set.get(i).sets() ? "stored." + name + " + " : "") + "given.c" + i);
    }
    String update =
        "update %s as stored set %s from %s as given(%s) where %s"
            .formatted(
                table,
                String.join(", ", assignments),
                rows,
                listNames(given.size()),
                known(known, named, set.size()));
    String key = "stored." + dialect.quote(shape.key().name());
    if (dialect.returnsUpdated()) {
      return new ManyUpdate(null, ofLists(update + " returning " + key, given));
    }
    String look =
        "select %s from %s as stored, %s as given(%s) where %s"
            .formatted(key, table, knownRows, listNames(known.size()), known(known, named, 0));
    return new ManyUpdate(ofLists(look, known), ofLists(update, given));
  }

  // what names a row is never null, and stands first
  private String known(List<Column> known, int named, int first) {
    StringBuilder conditions = new StringBuilder();
    for (int i = 0; i < known.size(); i++) {
      conditions.append(i == 0 ? "" : " and ");
      conditions.append("stored.").append(dialect.quote(known.get(i).name()));
      conditions.append(i < named ? " = " : " is not distinct from ");
      conditions.append("given.c").append(first + i);
    }
    return conditions.append(condition("stored.", Selection.Deleted.EXCLUDED)).toString();
  }

  private static String listNames(int lists) {
    return IntStream.range(0, lists).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
  }

  private static List<ColumnType> types(List<Column> columns) {
    return columns.stream().map(Column::type).toList();
  }

  private Statement ofLists(String sql, List<Column> columns) {
    return new Statement(
        sql, columns.stream().map(_ -> ColumnType.TEXT).toList(), "update " + shape);
  }

  // the columns that an update by key neither sets nor names the row by
  private List<Column> others(RowUpdate row) {
    List<Column> others = new ArrayList<>(shape.columns());
    others.removeAll(named(row));
    row.set().forEach(assignment -> others.remove(assignment.column()));
    return others;
  }

  // the version is set as well as named by, if it is there
  private List<Column> named(RowUpdate row) {
    List<Column> named = new ArrayList<>(3);
    named.add(shape.key());
    if (row.within() != null) {
      named.add(row.within().column());
    }
    if (row.version() != null) {
      named.add(Objects.requireNonNull(shape.with(Column.Role.VERSION)));
    }
    return named;
  }

  /// What a column is set to, with one parameter for the value.
  static String assigned(Dialect dialect, String name, Assignment one) {
    return switch (one.kind()) {
      case SET -> "?";
      case ADD -> sum(dialect, name, one.column());
      case MERGE -> dialect.merged(name);
      case MERGE_PATCH -> dialect.patched(name, (String) Objects.requireNonNull(one.value()));
    };
  }

  private static String sum(Dialect dialect, String name, Column column) {
    return column.role() == Column.Role.VERSION // counts by one, so it never comes to its end
        ? name + " + ?"
        : dialect.sum(name, column.type());
  }

  private Statement write(RowUpdate row, boolean knowing) {
    List<ColumnType> types = new ArrayList<>();
    String assignments =
        row.set().stream()
            .map(one -> {
              String name = dialect.quote(one.column().name());
              types.add(one.column().type());
              return name + " = " + assigned(dialect, name, one);
            })
            .collect(Collectors.joining(", "));
    StringBuilder checked = new StringBuilder();
    for (Column column : named(row)) {
      types.add(column.type());
      checked.append(checked.isEmpty() ? "" : " and ");
      checked.append(dialect.quote(column.name())).append(" = ?");
    }
    if (knowing) {
      for (Column other : others(row)) {
        types.add(other.type());
        checked.append(" and ").append(dialect.isSame(dialect.quote(other.name())));
      }
    }
    return new Statement(
        "update %s set %s where %s%s%s"
            .formatted(
                table,
                assignments,
                checked,
                condition(Selection.Deleted.EXCLUDED),
                knowing ? "" : " returning " + columnList),
        List.copyOf(types),
        "update " + shape);
  }
}
