package dev.plinth;

import dev.plinth.error.UnsupportedException;
import dev.plinth.migration.Version;

/// A migration in Java, for what SQL cannot say: hand it to [Migrations#with(Migration...)].
///
/// All of it runs in one transaction with the note that it was run: repositories and `db.sql` join
/// it by themselves. It may be run again after a conflict, so what it does outside the database must
/// bear that.
public interface Migration {

  /// Its version.
  Version version();

  /// What it does, in a few words.
  String description();

  /// Does it.
  void up(Database db);

  /// Undoes it.
  ///
  /// @throws UnsupportedException unless overridden
  default void down(Database db) {
    throw new UnsupportedException("%s %s cannot be undone.".formatted(version(), description()));
  }

  /// Whether [#down] undoes it.
  default boolean reversible() {
    return false;
  }

  /// Looks whether it did what it should, in the same transaction; throws if it did not.
  default void validate(Database db) {}
}
