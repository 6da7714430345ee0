package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A stored value does not fit the record that reads it.
///
/// Thrown on reading, naming table, column and what was found. Code: `DATA_ERROR`.
public final class DataException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public DataException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public DataException(String message, @Nullable Throwable cause) {
    super("DATA_ERROR", message, cause);
  }
}
