package dev.plinth.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of an [Operation], as data.
public sealed interface Outcome {

  /// A row, or null if there is none.
  record Found(@Nullable Object entity) implements Outcome {}

  /// Rows that were read.
  ///
  /// @param keys each row's sort values; empty if they were not asked for
  record Rows(List<Object> entities, List<List<@Nullable Object>> keys) implements Outcome {}

  /// Rows that are still to be read; the receiver closes the stream.
  record Streamed(java.util.stream.Stream<Object> entities) implements Outcome {}

  /// Rows that were changed.
  ///
  /// @param count how many
  /// @param entities the rows after the change (before it, for a physical delete), in the
  ///     operation's order; empty if they were not asked for
  /// @param overwrote whether a row to be saved is known to have been there already
  record Changed(long count, List<Object> entities, boolean overwrote) implements Outcome {
    /// Rows that were changed, by no save.
    public Changed(long count, List<Object> entities) {
      this(count, entities, false);
    }
  }

  /// Rows that were saved.
  ///
  /// @param entities for each given row the one that is stored now, in order; without those that
  ///     were let be, if rows that are there are let be
  /// @param ignored how many of the given rows were let be
  record Saved(List<Object> entities, long created, long updated, long ignored)
      implements Outcome {}

  /// A number.
  record Counted(long count) implements Outcome {}

  /// A text.
  record Explained(String text) implements Outcome {}
}
