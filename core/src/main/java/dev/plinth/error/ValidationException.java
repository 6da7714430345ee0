package dev.plinth.error;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An argument or a record's value is not acceptable; nothing was sent to the database.
///
/// Code: `VALIDATION_ERROR`.
public final class ValidationException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// One thing that is wrong.
  ///
  /// @param property the property it is about; empty for one about the whole
  /// @param message what is wrong, for people
  public record Violation(String property, String message) implements java.io.Serializable {}

  @SuppressWarnings("serial") // List.copyOf gives a serializable list
  private final List<Violation> violations;

  /// One wrong argument.
  public ValidationException(String message) {
    this(message, (Throwable) null);
  }

  /// One wrong argument and what led to it.
  public ValidationException(String message, @Nullable Throwable cause) {
    super("VALIDATION_ERROR", message, cause);
    this.violations = List.of(new Violation("", message));
  }

  /// Values of a record that break its rules.
  public ValidationException(String subject, List<Violation> violations) {
    super("VALIDATION_ERROR", subject + ": " + describe(violations), null);
    this.violations = List.copyOf(violations);
  }

  /// Everything that is wrong, at least one.
  public List<Violation> violations() {
    return violations;
  }

  private static String describe(List<Violation> violations) {
    return violations.stream()
        .map(v -> v.property().isEmpty() ? v.message() : v.property() + " " + v.message())
        .collect(Collectors.joining("; "));
  }
}
