package dev.plinth.bench;

import java.nio.file.Path;
import java.util.Locale;

/// The engines on which the contenders can meet.
///
/// Another engine is another value here: the compiler then asks where its stores lie and what an
/// expert writes by hand for it. One in a file, as DuckDB, lies in a folder like SQLite.
public enum Engine {
  /// SQLite in a file.
  SQLITE,
  /// A PostgreSQL server.
  POSTGRESQL;

  /// Whether a server keeps the stores, and not a folder.
  boolean served() {
    return this == POSTGRESQL;
  }

  /// A place for stores.
  ///
  /// @param where the folder or the server's URL
  Place place(String where) {
    return switch (this) {
      case SQLITE -> new FolderPlace(toString(), Path.of(where));
      case POSTGRESQL -> new PostgresPlace(where);
    };
  }

  /// What an expert writes by hand.
  Contender byHand(String url) {
    return switch (this) {
      case SQLITE -> new SqliteContender(Path.of(url.substring(url.indexOf(':') + 1)));
      case POSTGRESQL -> new PostgresContender(url);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
