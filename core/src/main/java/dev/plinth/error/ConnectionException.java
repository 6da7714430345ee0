package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The store cannot be reached, the connection was lost, or the database was closed.
///
/// Nothing was written by what failed so. Code: `CONNECTION_ERROR`.
public final class ConnectionException extends DatabaseException {

  private static final long serialVersionUID = 1;

  private final boolean passing;

  /// An error with a message for people.
  public ConnectionException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public ConnectionException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  /// An error with a message for people and what led to it.
  ///
  /// @param passing whether it may be over soon by itself, so that trying again is sensible
  public ConnectionException(String message, @Nullable Throwable cause, boolean passing) {
    super("CONNECTION_ERROR", message, cause);
    this.passing = passing;
  }

  /// Whether it may be over soon by itself: a server that starts, fails over, or is full.
  public boolean passing() {
    return passing;
  }
}
