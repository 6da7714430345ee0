package dev.plinth.config;

/// What a transaction sees of others that run at the same time.
///
/// Engines whose writers take turns give every transaction the strictest.
public enum Isolation {
  /// Each statement sees what was committed before it; two transactions can overwrite each other's
  /// changes unless the record has a `@Version`.
  READ_COMMITTED,
  /// The whole transaction sees one moment; who writes a row that another has changed since is
  /// undone and run again.
  SNAPSHOT,
  /// As if transactions ran one after the other; who disturbs that is undone and run again.
  SERIALIZABLE
}
