package dev.plinth.spi;

/// The writes of other processes to the same store, as far as whoever keeps copies must know.
///
/// Thread-safe.
public interface Elsewhere extends AutoCloseable {

  /// Whether everything has been told that others had committed up to a moment ago.
  ///
  /// How long that moment is, the engine says. It is asked before every use of a copy, so it answers
  /// at once, or nearly so.
  boolean isTold();

  /// Tells others that the session's transaction writes to a table, if and when it commits; it does
  /// nothing where they find out by themselves.
  default void announce(String table, Session session) {}

  /// Ends the telling.
  @Override
  void close();
}
