package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A wait or a statement took longer than its limit, and was given up.
///
/// Waiting for a connection, for another writer's lock, or for a statement. Nothing was written by
/// what timed out. Code: `TIMEOUT`.
public final class TimeoutException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public TimeoutException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public TimeoutException(String message, @Nullable Throwable cause) {
    super("TIMEOUT", message, cause);
  }
}
