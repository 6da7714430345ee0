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

  /// Ends the telling.
  @Override
  void close();
}
