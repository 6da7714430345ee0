package dev.plinth;

import dev.plinth.error.ConstraintException;
import dev.plinth.query.Changes;
import dev.plinth.query.Filter;
import dev.plinth.spi.Column;
import java.util.List;
import java.util.Optional;

/// Saves single values: looks for the row, and changes it or creates it.
///
/// Not one statement: `on conflict` would want every column that cannot be null to be set.
///
/// @param unique the columns by which the row is looked for
record LookAndSave<T>(Repository<T, ?> rows, Writes<T> writes, List<Column> unique) {

  /// Saves in the running transaction.
  ///
  /// @param named the row that is meant; empty if no values name it
  T save(Changes<T> given, Optional<Filter> named) {
    T stored = named.flatMap(filter -> rows.where(filter).first()).orElse(null);
    if (stored == null) {
      if (named.isPresent() && unique.contains(writes.key())) {
        writes.refuseDeleted(rows.where(named.get()));
      }
      try {
        return rows.create(given);
      } catch (ConstraintException e) {
        stored = meanwhile(named, e);
      }
    }
    return rows.change(stored, writes.beyond(unique, given));
  }

  // the row of another who looked and created at the same time as this one
  private T meanwhile(Optional<Filter> named, ConstraintException refused) {
    if (refused.kind() != ConstraintException.Kind.UNIQUE || named.isEmpty()) {
      throw refused;
    }
    return rows.where(named.get()).first().orElseThrow(() -> refused);
  }
}
