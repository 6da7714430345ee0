package dev.plinth.internal.sql;

import dev.plinth.spi.Statement;
import org.jspecify.annotations.Nullable;

/// A statement with the values for one run of it.
///
/// @param statement what to run
/// @param arguments canonical values in the order of the parameters
/// @param related whether what it gives depends on rows of other tables as well
public record Prepared(Statement statement, @Nullable Object[] arguments, boolean related) {

  /// A statement on one table.
  public Prepared(Statement statement, @Nullable Object[] arguments) {
    this(statement, arguments, false);
  }
}
