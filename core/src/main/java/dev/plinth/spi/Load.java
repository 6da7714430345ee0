package dev.plinth.spi;

import java.util.List;

/// Where many rows go, for the engine's fastest way.
///
/// @param table the table's name, unquoted
/// @param columns the columns that each row has values for, in order
/// @param insert the statement that inserts one of them
public record Load(String table, List<Column> columns, Statement insert) {

  /// How many rows of a batch are sent at a time.
  public static final int BATCH = 1000;
}
