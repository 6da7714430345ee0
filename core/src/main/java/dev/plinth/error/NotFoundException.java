package dev.plinth.error;

/// No live row has the key.
///
/// Code: `NOT_FOUND`.
public final class NotFoundException extends DatabaseException {

  private static final long serialVersionUID = 1;

  private final String table;

  /// No row of this table has what was asked for.
  public NotFoundException(String table, String message) {
    super("NOT_FOUND", message, null);
    this.table = table;
  }

  /// The table that was searched.
  public String table() {
    return table;
  }
}
