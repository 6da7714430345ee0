package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A transaction was used against its rules.
///
/// Such as committing what is marked for rollback, writing in a read-only transaction, or using it
/// from another thread. Code: `TRANSACTION_ERROR`.
public final class TransactionException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public TransactionException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public TransactionException(String message, @Nullable Throwable cause) {
    super("TRANSACTION_ERROR", message, cause);
  }
}
