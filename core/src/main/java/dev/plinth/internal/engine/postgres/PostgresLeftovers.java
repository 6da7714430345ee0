package dev.plinth.internal.engine.postgres;

import dev.plinth.error.UnsupportedException;
import dev.plinth.spi.Statement;
import java.util.List;
import java.util.regex.Pattern;

/// What hand-written SQL may leave with a connection, and how it is taken away.
final class PostgresLeftovers {

  private static final List<Statement> CLEAN =
      List.of(control("discard all"), PostgresSource.USUAL);
  private static final List<Statement> IN_TRANSACTION =
      List.of(
          control("reset all"),
          control("reset role"),
          PostgresSource.UTC,
          control("discard temp"),
          control("do $$ begin perform pg_advisory_unlock_all(); end $$"));

  // kept by the server's connection through every end of a transaction
  private static final Pattern LOCK = Pattern.compile("(?i)pg_(try_)?advisory_(?!xact)");

  private final boolean pooled;
  private boolean soiled;

  /// Nothing yet.
  ///
  /// @param pooled whether behind the connection are others, one for each transaction
  PostgresLeftovers(boolean pooled) {
    this.pooled = pooled;
  }

  private static Statement control(String sql) {
    return new Statement(sql, List.of(), "clean the connection");
  }

  /// Notes what is going to run.
  ///
  /// @throws UnsupportedException if it would leave something with a connection that nobody has again
  void note(Statement statement, boolean inTransaction) {
    if (statement.lasting() && pooled && (!inTransaction || LOCK.matcher(statement.sql()).find())) {
      throw new UnsupportedException(
          "Could not "
              + statement.what()
              + ": behind a pooler in transaction mode nothing stays with a connection. Do it in a transaction (locks by pg_advisory_xact_lock), or use a URL that goes to the server directly.");
    }
    soiled |= statement.lasting();
  }

  /// What cleans a connection while it is still the transaction's.
  List<Statement> beforeCommit() {
    return pooled ? taken(IN_TRANSACTION) : List.of();
  }

  /// What cleans a connection before somebody else gets it.
  List<Statement> afterwards() {
    return pooled ? List.of() : taken(CLEAN);
  }

  private List<Statement> taken(List<Statement> statements) {
    if (!soiled) {
      return List.of();
    }
    soiled = false;
    return statements;
  }
}
