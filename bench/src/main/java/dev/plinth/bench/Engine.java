package dev.plinth.bench;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/// The engines on which the contenders can meet.
///
/// Another engine is another value here: the compiler then asks where its stores lie and what an
/// expert writes by hand for it.
public enum Engine {
  /// SQLite in a file.
  SQLITE,
  /// A PostgreSQL server.
  POSTGRESQL,
  /// DuckDB in a file.
  DUCKDB;

  /// Whether a server keeps the stores, and not a folder.
  boolean served() {
    return this == POSTGRESQL;
  }

  /// Whether the memory of a process that streams is the work of who streams.
  ///
  /// DuckDB keeps the blocks that it reads, up to a limit that has nothing to do with the stream.
  boolean keepsNothing() {
    return this != DUCKDB;
  }

  /// A place for stores.
  ///
  /// @param where the folder or the server's URL
  Place place(String where) {
    return switch (this) {
      case SQLITE, DUCKDB -> new FolderPlace(toString(), Path.of(where));
      case POSTGRESQL -> new PostgresPlace(where);
    };
  }

  /// What an expert writes by hand.
  Contender byHand(String store) throws SQLException {
    return switch (this) {
      case SQLITE -> new SqliteContender(store);
      case POSTGRESQL -> new PostgresContender(store);
      case DUCKDB -> new DuckDbContender(store);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
