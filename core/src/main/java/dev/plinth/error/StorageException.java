package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The store is ill: disk full, an I/O error, a corrupt or read-only file.
///
/// Nothing of the statement was kept; a transaction in which it happens is rolled back. Code:
/// `STORAGE_ERROR`.
public final class StorageException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public StorageException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public StorageException(String message, @Nullable Throwable cause) {
    super("STORAGE_ERROR", message, cause);
  }
}
