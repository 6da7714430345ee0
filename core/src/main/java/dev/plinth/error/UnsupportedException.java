package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The engine or the record cannot do what was asked; the message names both.
///
/// Thrown before anything was sent. Code: `UNSUPPORTED`.
public final class UnsupportedException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public UnsupportedException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public UnsupportedException(String message, @Nullable Throwable cause) {
    super("UNSUPPORTED", message, cause);
  }
}
