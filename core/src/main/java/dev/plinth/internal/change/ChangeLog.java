package dev.plinth.internal.change;

import dev.plinth.error.DataException;
import dev.plinth.error.ValidationException;
import dev.plinth.spi.Column;
import dev.plinth.spi.CommitOrder;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The audit log, read piece by piece in an order that keeps the changes of each row in theirs.
///
/// Thread-safe.
interface ChangeLog {

  /// How many rows are read at a time, and so how many a subscriber has waiting.
  int PIECE = 100;

  /// Some rows, and the position from which to go on.
  record Piece(List<Logged> rows, String end) {}

  /// The log of an engine.
  ///
  /// @param inTransaction does something in a transaction of its own
  static ChangeLog of(Engine engine, Consumer<Consumer<Session>> inTransaction) {
    CommitOrder order = engine.dialect().commitOrder(Logged.LOG.table());
    return order == null ? new NumberedLog(engine) : new SnapshotLog(engine, order, inTransaction);
  }

  /// Sees to it that it can be followed.
  default void prepare() {}

  /// The position of this moment, or one that is checked.
  ///
  /// @param from null for now, empty for the beginning
  /// @throws ValidationException if it is no position
  /// @throws DataException if it lies behind the end
  String start(@Nullable String from);

  /// The next rows of a table behind a position.
  Piece next(String position, String table);

  /// The query for the next rows, whose parameters are a number, and those of [#concerns].
  static String select(Dialect dialect, String condition) {
    List<String> names =
        Logged.LOG.columns().stream().map(Column::name).map(dialect::quote).toList();
    return "select %s from %s where %s > ? and %s order by %s limit %d"
        .formatted(
            String.join(", ", names),
            dialect.quote(Logged.LOG.table()),
            dialect.quote("id"),
            concerns(dialect, condition),
            dialect.quote("id"),
            PIECE);
  }

  /// The condition that a row is of a table, which is the first parameter, and meets another one.
  ///
  /// No engine sees through it, and each takes it to be met often. So it goes through the log by
  /// number, and not through all rows of a table, or through the whole log to sort it.
  static String concerns(Dialect dialect, String condition) {
    return "coalesce(%s = ? and %s, false)".formatted(dialect.quote("resource_type"), condition);
  }

  /// What is said of a position that nobody gave.
  static ValidationException noPosition() {
    return new ValidationException(
        "That is no position of a change here: take what Change.position() gives.");
  }

  /// What is said of a position in the future.
  static DataException ahead(String more) {
    return new DataException(
        "The position lies behind the end of the log: it is of another database, or of a later state than this one was restored to. Begin anew."
            + more);
  }
}
