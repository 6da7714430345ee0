package dev.plinth.bench;

/// Where the stores of one JVM lie; once it is closed, they are gone.
///
/// Stores are known by their URLs.
interface Place extends AutoCloseable {

  /// A new store without tables.
  String fresh();

  /// Tidies up a store that will be copied, so that nothing is left to be done in the copies.
  void settle(String store);

  /// A copy of a store that nobody has open.
  String copy(String store);

  @Override
  void close();
}
