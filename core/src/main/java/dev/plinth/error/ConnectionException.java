package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The store cannot be reached, or the database was closed.
///
/// Code: `CONNECTION_ERROR`.
public final class ConnectionException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public ConnectionException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public ConnectionException(String message, @Nullable Throwable cause) {
    super("CONNECTION_ERROR", message, cause);
  }
}
