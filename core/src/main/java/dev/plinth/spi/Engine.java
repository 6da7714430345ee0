package dev.plinth.spi;

import dev.plinth.health.PoolHealth;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An opened store: gives sessions, knows its dialect and its catalogue.
///
/// Thread-safe.
public interface Engine extends AutoCloseable {

  /// A column as the catalogue has it.
  ///
  /// @param name the column's name
  /// @param type how it is stored; null where the declared type tells nothing
  /// @param nullable whether it may hold no value
  /// @param key whether it is part of the primary key
  record CatalogColumn(String name, @Nullable ColumnType type, boolean nullable, boolean key) {}

  /// The engine's name: `sqlite`.
  String name();

  /// Where the data lies, for people; never a password.
  String location();

  /// The file that holds the data, if it is one.
  Optional<String> file();

  /// How this engine's SQL differs.
  Dialect dialect();

  /// What the engine can do.
  Set<Capability> capabilities();

  /// The patience of whoever has no limit of his own.
  Duration PATIENT = Duration.ofDays(1000);

  /// Borrows a session for reading, waiting in line for it as long as the setting allows.
  default Session read() {
    return read(PATIENT);
  }

  /// Borrows a session for reading, waiting in line for it.
  ///
  /// @param patience how long at the most, if the setting allows more
  /// @throws dev.plinth.error.TimeoutException if none came free within the limit
  Session read(Duration patience);

  /// As [#read()], from any copy of the store that has all up to a position.
  ///
  /// @param patience how long to wait in line at the most, if the setting allows more
  /// @param position what [Session#position()] said after a commit; empty for any state
  default Session readStale(String position, Duration patience) {
    return read(patience);
  }

  /// Borrows a session for writing, waiting in line for it as long as the setting allows.
  default Session write() {
    return write(PATIENT);
  }

  /// Borrows a session for writing, waiting in line for it.
  ///
  /// @param patience how long at the most, if the setting allows more
  /// @throws dev.plinth.error.TimeoutException if none came free within the limit
  Session write(Duration patience);

  /// As [#write(Duration)], for work that is over soon and may be run again.
  ///
  /// It may share its commit with others. What it did is durable when the session has been closed;
  /// that throws a [dev.plinth.error.ConflictException] if nothing of it was kept.
  default Session share(Duration patience) {
    return write(patience);
  }

  /// The tables and views, by name.
  List<String> tables(Session session);

  /// The columns of a table, in order; empty if there is no such table.
  List<CatalogColumn> columns(Session session, String table);

  /// The connections at this moment.
  PoolHealth pool();

  /// Why the schema must not be changed step by step through these connections, for people; null if
  /// it may be.
  default @Nullable String unfitForMigrations() {
    return null;
  }

  /// What is not as it should be, for people; empty if all is well.
  default List<String> complaints() {
    return List.of();
  }

  /// Begins to tell what other processes write; null where nobody else can.
  ///
  /// @param written gets the name of a table, or an empty text for any of them
  default @Nullable Elsewhere elsewhere(Consumer<String> written) {
    return null;
  }

  /// Closes every connection; sessions that are out are closed when they come back.
  @Override
  void close();
}
