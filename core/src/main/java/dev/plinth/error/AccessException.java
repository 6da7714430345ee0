package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The current actor may not do this: a row policy is against it, or no actor was named.
///
/// Nothing of the call was kept. Code: `ACCESS_DENIED`.
public final class AccessException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public AccessException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public AccessException(String message, @Nullable Throwable cause) {
    super("ACCESS_DENIED", message, cause);
  }
}
