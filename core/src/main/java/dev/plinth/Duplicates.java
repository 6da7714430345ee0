package dev.plinth;

/// What is done about a row to be created that is there already.
public enum Duplicates {
  /// It is let be; of several that are given, the first is created.
  IGNORE,
  /// It is written over, as by `save`; of several that are given, the last decides.
  UPDATE
}
