package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A migration cannot be run, or failed.
///
/// It names the migration and the statement; the cause is the database's error. Migrations before it
/// stay applied, nothing of the one that failed does, unless it says so. Code: `MIGRATION_ERROR`.
public final class MigrationException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public MigrationException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public MigrationException(String message, @Nullable Throwable cause) {
    super("MIGRATION_ERROR", message, cause);
  }
}
