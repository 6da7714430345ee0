package dev.plinth.config;

/// How safe an acknowledged commit is.
public enum Durability {
  /// It survives the loss of power; the default.
  FULL,
  /// It survives the end of the process; the loss of power may take the last seconds.
  NORMAL
}
