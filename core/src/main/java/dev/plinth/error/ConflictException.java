package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// Another transaction was in the way, and the database undid this one.
///
/// A deadlock, a serialization failure, a lock that was not given in time, two writers of one row.
/// Nothing of the transaction was kept. The layer has run it again as often as the retry policy
/// allows; running it once more later is safe. Code: `CONFLICT`.
public final class ConflictException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public ConflictException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public ConflictException(String message, @Nullable Throwable cause) {
    super("CONFLICT", message, cause);
  }
}
