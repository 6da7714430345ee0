package dev.plinth.internal.transaction;

/// Remembers which keyed transactions are done.
public interface Keys {

  /// Writes a key in the running transaction.
  ///
  /// It waits for a transaction that is about to write the same.
  ///
  /// @return whether it was not there
  boolean claim(Scope scope, String key);
}
