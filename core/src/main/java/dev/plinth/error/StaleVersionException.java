package dev.plinth.error;

/// Somebody else wrote the row since it was read.
///
/// Nothing was changed. Read the row again, apply the change to what is there now, and write once
/// more. Code: `STALE_VERSION`.
public final class StaleVersionException extends DatabaseException {

  private static final long serialVersionUID = 1;

  private final String table;
  private final long expected;
  private final long found;

  /// The row's version is not the one that the writer had read.
  public StaleVersionException(String table, String message, long expected, long found) {
    super("STALE_VERSION", message, null);
    this.table = table;
    this.expected = expected;
    this.found = found;
  }

  /// The table of the row.
  public String table() {
    return table;
  }

  /// The version that the writer had read.
  public long expected() {
    return expected;
  }

  /// The version that is stored.
  public long found() {
    return found;
  }
}
