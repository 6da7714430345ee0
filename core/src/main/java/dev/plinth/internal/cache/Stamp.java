package dev.plinth.internal.cache;

import dev.plinth.internal.transaction.CommitWindow;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A number that is another after every write, and that tells whether one is on its way.
///
/// The lower bits count the writes on their way, the upper ones those that ever were. Who notes
/// the stamp while it is quiet, and finds it unchanged later, knows that nothing was committed in
/// between. Thread-safe.
final class Stamp implements CommitWindow {

  private static final long ONE = 1L << 16;

  /// How long a server may still take over a commit whose answer was lost.
  private static final long DOUBT_SECONDS = 60;

  private final AtomicLong value = new AtomicLong();

  /// The stamp, or one of several added up.
  long now() {
    return value.get();
  }

  /// Whether no write was on its way when a stamp, or a sum of stamps, was noted.
  static boolean isQuiet(long noted) {
    return (noted & (ONE - 1)) == 0;
  }

  @Override
  public void open() {
    value.addAndGet(ONE + 1);
  }

  @Override
  public void close(boolean known) {
    if (known) {
      value.decrementAndGet();
    } else { // it may happen yet
      CompletableFuture.delayedExecutor(DOUBT_SECONDS, TimeUnit.SECONDS).execute(() -> close(true));
    }
  }

  /// Makes everything void that was noted before.
  void advance() {
    value.addAndGet(ONE);
  }
}
