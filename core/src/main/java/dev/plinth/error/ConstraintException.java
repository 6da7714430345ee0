package dev.plinth.error;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The database refused a row because it breaks a constraint.
///
/// Nothing of the operation was kept. Never worth a retry with the same values. Codes: `UNIQUE`,
/// `FOREIGN_KEY`, `NOT_NULL`, `CHECK`.
public final class ConstraintException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// What kind of rule was broken.
  public enum Kind {
    /// Another (live) row has the same values.
    UNIQUE,
    /// The row refers to one that is not there, or is referred to itself.
    FOREIGN_KEY,
    /// A column that needs a value got none.
    NOT_NULL,
    /// A condition of the table does not hold.
    CHECK;

    /// What is wrong, in words for a message.
    ///
    /// @param columns the columns concerned; empty where the database does not tell
    /// @param constraint the constraint, where the database tells
    public String words(List<String> columns, @Nullable String constraint) {
      String names = columns.isEmpty() ? "" : " (" + String.join(", ", columns) + ")";
      return switch (this) {
        case UNIQUE ->
            "another row has the same value"
                + (columns.size() > 1 ? "s" : "")
                + (names.isEmpty() && constraint != null ? " (" + constraint + ")" : names)
                + ".";
        case NOT_NULL -> "a value is missing" + names + ".";
        case FOREIGN_KEY ->
            "a row it refers to is not there, or it is itself referred to by another row.";
        case CHECK ->
            "a condition does not hold" + (constraint == null ? "" : ": " + constraint) + ".";
      };
    }
  }

  private final Kind kind;
  private final @Nullable String table;

  @SuppressWarnings("serial") // List.copyOf gives a serializable list
  private final List<String> columns;

  private final @Nullable String constraint;

  /// A broken rule, with what the database tells about it.
  ///
  /// @param columns the columns concerned; empty where the database does not say
  public ConstraintException(
      Kind kind,
      @Nullable String table,
      List<String> columns,
      @Nullable String constraint,
      String message,
      @Nullable Throwable cause) {
    super(kind.name(), message, cause);
    this.kind = kind;
    this.table = table;
    this.columns = List.copyOf(columns);
    this.constraint = constraint;
  }

  /// What kind of rule was broken.
  public Kind kind() {
    return kind;
  }

  /// The table, where the database tells.
  public Optional<String> table() {
    return Optional.ofNullable(table);
  }

  /// The columns concerned, in the constraint's order; empty where the database does not tell.
  public List<String> columns() {
    return columns;
  }

  /// The constraint's name, where the database tells.
  public Optional<String> constraint() {
    return Optional.ofNullable(constraint);
  }
}
