package dev.plinth.config;

/// How new what is read must be.
public enum Freshness {
  /// Everything that was committed before.
  CURRENT,
  /// A replica's state, which may be a little older.
  STALE_OK
}
