package dev.plinth.spi;

import dev.plinth.config.Isolation;
import org.jspecify.annotations.Nullable;

/// How a transaction begins.
///
/// @param readOnly whether it only reads
/// @param isolation what it sees of others, where the engine lets it choose
/// @param deadline when it must be over; null for no limit
public record Begin(boolean readOnly, Isolation isolation, @Nullable Deadline deadline) {

  /// One write of the layer's own: rows are locked as they are read.
  public static final Begin WRITE = new Begin(false, Isolation.READ_COMMITTED, null);

  /// Reads that see one moment.
  public static final Begin READ = new Begin(true, Isolation.SNAPSHOT, null);
}
