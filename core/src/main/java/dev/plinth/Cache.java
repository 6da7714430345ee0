package dev.plinth;

import dev.plinth.error.ValidationException;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.spi.Shape;

/// What is kept in memory of records marked [Cached], in this process; thread-safe.
///
/// Writes through the database void it by themselves. What others write past the layer they do not
/// announce: after that, or to measure, throw it away here.
public final class Cache {

  /// How it is used; a snapshot.
  ///
  /// @param hits how many reads were answered from memory
  /// @param misses how many were not, but could be kept
  /// @param entries how much is kept, what holds no more included
  public record Statistics(long hits, long misses, long entries) {}

  private final Caches caches;

  Cache(Caches caches) {
    this.caches = caches;
  }

  /// Throws away what is kept of the row with a key, and the answers to queries of its table.
  public void invalidate(Class<?> record, Object key) {
    Shape<?> shape = Shapes.of(record);
    Object canonical = shape.key().encode(key);
    if (canonical == null) {
      throw new ValidationException("A key of " + shape + " cannot be null.");
    }
    caches.forget(shape.table(), canonical);
  }

  /// Throws away what is kept of a record's table.
  public void invalidate(Class<?> record) {
    caches.changed(Shapes.of(record).table());
  }

  /// Throws away all that is kept.
  public void invalidateAll() {
    caches.changed("");
  }

  /// How it was used since the database was opened.
  public Statistics statistics() {
    return new Statistics(caches.hits(), caches.misses(), caches.size());
  }
}
