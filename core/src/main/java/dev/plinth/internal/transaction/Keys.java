package dev.plinth.internal.transaction;

import java.util.UUID;

/// Remembers which keyed transactions are done.
public interface Keys {

  /// Who has written a key.
  enum Claim {
    /// Nobody before this transaction.
    NEW,
    /// An earlier attempt of the same run.
    OWN,
    /// Somebody else.
    OTHER
  }

  /// Makes what the keys are kept in, in a transaction of its own.
  void prepare(Transactions transactions);

  /// Writes a key in the running transaction.
  ///
  /// It waits for a transaction that is about to write the same.
  ///
  /// @param run whose attempt it is
  /// Where the key is there already, the transaction that finds it writes something as well.
  Claim claim(Scope scope, String key, UUID run);
}
