package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// A setting, URL or variable is wrong; the message names it.
///
/// Thrown at start, before any connection is made. Code: `CONFIGURATION_ERROR`.
public final class ConfigurationException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public ConfigurationException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super("CONFIGURATION_ERROR", message, cause);
  }
}
