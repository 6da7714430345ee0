package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A wait or a statement took longer than its limit, and was given up.
///
/// Waiting for a connection, for another writer's lock, or for a statement. Nothing was written by
/// what timed out. Code: `TIMEOUT`.
public final class TimeoutException extends DatabaseException {

  private static final long serialVersionUID = 1;

  private final boolean ofStatement;

  /// An error with a message for people.
  public TimeoutException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public TimeoutException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  /// An error with a message for people and what led to it.
  ///
  /// @param ofStatement whether a running statement was stopped
  public TimeoutException(String message, @Nullable Throwable cause, boolean ofStatement) {
    super("TIMEOUT", message, cause);
    this.ofStatement = ofStatement;
  }

  /// Whether a running statement was stopped; otherwise a wait was given up before it ran.
  public boolean ofStatement() {
    return ofStatement;
  }
}
