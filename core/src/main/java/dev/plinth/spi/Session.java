package dev.plinth.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A borrowed connection: it runs statements, alone or in a transaction.
///
/// Outside [#begin] every statement is its own transaction. A session belongs to one thread at a
/// time; [#close()] gives it back, rolling back what is still open. Every failure is thrown as one of
/// the kinds in `dev.plinth.error`, classified by the engine.
public interface Session extends AutoCloseable {

  /// Rows as they come from the engine: a cursor over cells.
  interface Rows extends Cells, AutoCloseable {
    /// Moves to the next row; false after the last.
    boolean next();

    /// The names of the columns, in order.
    List<String> names();

    /// Ends the reading; harmless when repeated.
    @Override
    void close();
  }

  /// Runs a statement that gives rows.
  Rows query(Statement statement, @Nullable Object... arguments);

  /// As [#query], for rows that are many: they come as they are read, not all at once.
  ///
  /// Outside a transaction the session is in one of its own until the rows are closed.
  default Rows stream(Statement statement, @Nullable Object... arguments) {
    return query(statement, arguments);
  }

  /// Runs a statement that gives none, and says how many rows it changed.
  long update(Statement statement, @Nullable Object... arguments);

  /// Runs a statement once per row of arguments, and says how many rows each run changed.
  int[] batch(Statement statement, List<@Nullable Object[]> rows);

  /// Whether a table's columns have the very types that the layer gives them, so that values need not be
  /// converted on their way.
  default boolean exact(Load load) {
    return true;
  }

  /// Whether a table's key is numbered by what [Dialect#reserveKeys] takes from.
  default boolean numbers(String table, String key) {
    return true;
  }

  /// Inserts many rows, all or none of them, in a transaction that has been begun.
  default void load(Load load, List<@Nullable Object[]> rows) {
    for (int from = 0; from < rows.size(); from += Load.BATCH) {
      batch(load.insert(), rows.subList(from, Math.min(rows.size(), from + Load.BATCH)));
    }
  }

  /// Begins a transaction; a write transaction takes the engine's write lock where it has one.
  void begin(Begin begin);

  /// Makes the transaction's changes durable and visible; if the commit is shared with others, at
  /// [#close()].
  void commit();

  /// Undoes the transaction's changes; harmless where the engine has rolled back by itself.
  void rollback();

  /// Sets a savepoint; depth 1 is the outermost.
  void savepoint(int depth);

  /// Keeps what was done since the savepoint, as part of what surrounds it.
  void release(int depth);

  /// Undoes what was done since the savepoint, and removes it.
  void rollbackTo(int depth);

  /// How many rows the transaction has changed so far; of use where there are no savepoints, and 0
  /// elsewhere.
  default long changes() {
    return 0;
  }

  /// Whether the engine ended the transaction by itself, so that nothing more may be done in it.
  boolean broken();

  /// Lets what follows run in somebody's name, until the transaction ends; null for nobody's.
  ///
  /// Outside a transaction it begins one, for reading, which [#close()] ends.
  default void assume(@Nullable Identity identity) {}

  /// Where the store's log stands now, for [Engine#readStale]; empty where there are no copies.
  default String position() {
    return "";
  }

  /// Gives the connection back.
  @Override
  void close();
}
