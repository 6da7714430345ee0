package dev.plinth.bench;

/// A command line that cannot be understood; its message says why.
final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
