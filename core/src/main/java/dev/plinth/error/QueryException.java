package dev.plinth.error;

import org.jspecify.annotations.Nullable;

/// The database refused a statement: a syntax error, an unknown table or column.
///
/// Code: `QUERY_ERROR`.
public final class QueryException extends DatabaseException {

  private static final long serialVersionUID = 1;

  /// An error with a message for people.
  public QueryException(String message) {
    this(message, null);
  }

  /// An error with a message for people and what led to it.
  public QueryException(String message, @Nullable Throwable cause) {
    super("QUERY_ERROR", message, cause);
  }
}
