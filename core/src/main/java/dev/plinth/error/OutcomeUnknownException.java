package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A commit was sent, but its answer never came: it may have happened or not.
///
/// Running the work again could do it twice. Find out by reading what it wrote, or give the
/// transaction an idempotency key: then the layer finds out, and the effect happens exactly once.
/// Code: `OUTCOME_UNKNOWN`.
public final class OutcomeUnknownException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public OutcomeUnknownException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public OutcomeUnknownException(String message, @Nullable Throwable cause) {
    super("OUTCOME_UNKNOWN", message, cause);
  }
}
