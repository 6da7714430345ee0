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

  /// Runs a statement that gives none, and says how many rows it changed.
  long update(Statement statement, @Nullable Object... arguments);

  /// Runs a statement once per row of arguments, and says how many rows each run changed.
  int[] batch(Statement statement, List<@Nullable Object[]> rows);

  /// Begins a transaction; a write transaction takes the engine's write lock where it has one.
  void begin(boolean readOnly);

  /// Makes the transaction's changes durable and visible.
  void commit();

  /// Undoes the transaction's changes; harmless where the engine has rolled back by itself.
  void rollback();

  /// Sets a savepoint; depth 1 is the outermost.
  void savepoint(int depth);

  /// Keeps what was done since the savepoint, as part of what surrounds it.
  void release(int depth);

  /// Undoes what was done since the savepoint, and removes it.
  void rollbackTo(int depth);

  /// Whether the engine ended the transaction by itself, so that nothing more may be done in it.
  boolean broken();

  /// Gives the connection back.
  @Override
  void close();
}
