package dev.plinth.spi;

import dev.plinth.query.Changes;
import dev.plinth.query.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be done, as data: the pipeline's steps look at it and rewrite it.
///
/// Values are canonical and stand in the shape's column order. An operation is its step's alone:
/// arrays in it may be filled in on the way, by `Stamp`, before anything is sent.
public sealed interface Operation {

  /// Which table.
  Shape<?> shape();

  /// A verb for messages and metrics.
  String verb();

  /// Operations that only read.
  sealed interface Read extends Operation {}

  /// Operations that change rows.
  sealed interface Write extends Operation {
    /// Whether the engine does it in one statement, so that it is all or nothing by itself.
    boolean atomic();
  }

  /// A row by its key.
  record Find(Shape<?> shape, Object key, Selection.Deleted deleted) implements Read {
    @Override
    public String verb() {
      return "find";
    }
  }

  /// Rows by a selection, read into a shape of the same table.
  ///
  /// @param keyed whether each row's sort values are wanted as well, to make cursors of
  /// @param locked whether nobody else may change the rows until the transaction ends
  record Select(Shape<?> shape, Shape<?> into, Selection selection, boolean keyed, boolean locked)
      implements Read {
    @Override
    public String verb() {
      return "select";
    }
  }

  /// As [Select], row by row.
  record Stream(Shape<?> shape, Shape<?> into, Selection selection) implements Read {
    @Override
    public String verb() {
      return "stream";
    }
  }

  /// How many rows a selection has.
  record Count(Shape<?> shape, Selection selection) implements Read {
    @Override
    public String verb() {
      return "count";
    }
  }

  /// Whether a selection has a row.
  record Exists(Shape<?> shape, Selection selection) implements Read {
    @Override
    public String verb() {
      return "exists";
    }
  }

  /// How the engine would run a selection.
  record Explain(Shape<?> shape, Selection selection) implements Read {
    @Override
    public String verb() {
      return "explain";
    }
  }

  /// New rows.
  ///
  /// @param given the columns that have values; the others get what the table says. Null for all
  record Insert(Shape<?> shape, List<@Nullable Object[]> rows, @Nullable List<Column> given)
      implements Write {
    /// New rows whose columns all have values.
    public Insert(Shape<?> shape, List<@Nullable Object[]> rows) {
      this(shape, rows, null);
    }

    @Override
    public String verb() {
      return "insert";
    }

    @Override
    public boolean atomic() {
      return rows.size() <= 1;
    }
  }

  /// A new row, or changes to the live row that is equal in the conflict columns.
  ///
  /// @param row the values if it is new
  /// @param conflict the key, or columns that are unique together
  /// @param set the changes if it is there
  record Save(Shape<?> shape, @Nullable Object[] row, List<Column> conflict, List<Assignment> set)
      implements Write {
    @Override
    public String verb() {
      return "save";
    }

    @Override
    public boolean atomic() {
      return true;
    }
  }

  /// New rows, or what they say written over the live ones that are equal in the conflict columns.
  ///
  /// @param conflict the key, or columns that are unique together
  /// @param overwrite whether a row that is there is written over; otherwise it is let be
  /// @param within the column that spreads the rows, one of those of conflict; null where none does
  record SaveRows(
      Shape<?> shape,
      List<@Nullable Object[]> rows,
      List<Column> conflict,
      boolean overwrite,
      @Nullable Column within)
      implements Write {
    /// Rows that lie together.
    public SaveRows(
        Shape<?> shape, List<@Nullable Object[]> rows, List<Column> conflict, boolean overwrite) {
      this(shape, rows, conflict, overwrite, null);
    }

    @Override
    public String verb() {
      return "save";
    }

    @Override
    public boolean atomic() {
      return false;
    }
  }

  /// Changes to rows that are named by key, each with its own values.
  record UpdateRows(Shape<?> shape, List<RowUpdate> rows) implements Write {
    @Override
    public String verb() {
      return "update";
    }

    @Override
    public boolean atomic() {
      return rows.size() <= 1;
    }
  }

  /// The same changes to every selected row.
  ///
  /// @param returning whether the changed rows are wanted, not just their number
  record UpdateWhere(Shape<?> shape, Selection selection, List<Assignment> set, boolean returning)
      implements Write {
    @Override
    public String verb() {
      return "update";
    }

    @Override
    public boolean atomic() {
      return true;
    }
  }

  /// The end of every selected row: soft where the shape has a deletion time, unless `physical`.
  ///
  /// @param returning whether the rows are wanted, not just their number
  record Delete(Shape<?> shape, Selection selection, boolean physical, boolean returning)
      implements Write {
    @Override
    public String verb() {
      return physical ? "purge" : "delete";
    }

    @Override
    public boolean atomic() {
      return true;
    }
  }

  /// The return of every selected deleted row.
  record Restore(Shape<?> shape, Selection selection, boolean returning) implements Write {
    @Override
    public String verb() {
      return "restore";
    }

    @Override
    public boolean atomic() {
      return true;
    }
  }

  /// One column's new value.
  ///
  /// @param column the column
  /// @param kind whether the value replaces the stored one, or goes into it
  /// @param value canonical; null clears
  record Assignment(Column column, Changes.Change.Kind kind, @Nullable Object value) {

    /// A value that replaces the stored one.
    public Assignment(Column column, @Nullable Object value) {
      this(column, Changes.Change.Kind.SET, value);
    }

    /// Whether the value replaces the stored one.
    public boolean sets() {
      return kind == Changes.Change.Kind.SET;
    }
  }

  /// One row's changes.
  ///
  /// @param key the row's key, canonical
  /// @param version the version it must have; null for any
  /// @param within what it must hold in the column that spreads the rows; null where none does
  /// @param set the new values
  /// @param whole what the caller holds of the whole row, canonical; null if they are single values
  record RowUpdate(
      Object key,
      @Nullable Object version,
      @Nullable Assignment within,
      List<Assignment> set,
      @Nullable Object @Nullable [] whole) {

    /// One row's changes, wherever it lies.
    public RowUpdate(
        Object key,
        @Nullable Object version,
        List<Assignment> set,
        @Nullable Object @Nullable [] whole) {
      this(key, version, null, set, whole);
    }

    /// The same with other new values.
    public RowUpdate with(List<Assignment> others) {
      return new RowUpdate(key, version, within, others, whole);
    }
  }
}
