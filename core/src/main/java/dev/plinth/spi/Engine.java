package dev.plinth.spi;

import java.util.List;
import java.util.Optional;
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

  /// Borrows a session for reading, waiting in line for it.
  ///
  /// @throws dev.plinth.error.TimeoutException if none came free within the limit
  Session read();

  /// Borrows a session for writing, waiting in line for it.
  ///
  /// @throws dev.plinth.error.TimeoutException if none came free within the limit
  Session write();

  /// The tables and views, by name.
  List<String> tables(Session session);

  /// The columns of a table, in order; empty if there is no such table.
  List<CatalogColumn> columns(Session session, String table);

  /// Closes every connection; sessions that are out are closed when they come back.
  @Override
  void close();
}
