package dev.plinth.query;

import java.util.List;
import java.util.Optional;

/// Some rows of an ordered result, with the ways on and back.
///
/// Reading by cursor costs the same at every depth, and rows that come or go meanwhile neither
/// repeat nor hide others. Immutable.
///
/// @param items the rows
/// @param next where to go on; empty at the end
/// @param previous where to go back; empty at the start
public record Slice<T>(List<T> items, Optional<Cursor> next, Optional<Cursor> previous) {

  /// A slice of an immutable copy of the rows.
  public Slice {
    items = List.copyOf(items);
  }
}
