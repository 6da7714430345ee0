package dev.plinth.bench;

import java.nio.file.Path;
import java.util.Locale;

/// The engines on which the contenders can meet.
public enum Engine {
  /// SQLite in a file.
  SQLITE;

  String url(Path file) {
    return this + ":" + file;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
