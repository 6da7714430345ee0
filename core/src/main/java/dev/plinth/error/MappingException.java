package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A record or class cannot be mapped; the message names the component and what to do.
///
/// Code: `MAPPING_ERROR`.
public final class MappingException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public MappingException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public MappingException(String message, @Nullable Throwable cause) {
    super("MAPPING_ERROR", message, cause);
  }
}
