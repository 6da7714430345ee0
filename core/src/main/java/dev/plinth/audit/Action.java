package dev.plinth.audit;

/// What happened to a row.
public enum Action {
  /// It came into being.
  CREATE,
  /// Some of its values changed.
  UPDATE,
  /// It was hidden, and can be restored.
  SOFT_DELETE,
  /// It was removed for good.
  DELETE,
  /// It was brought back.
  RESTORE
}
