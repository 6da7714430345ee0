package dev.plinth.internal.transaction;

import java.util.concurrent.atomic.AtomicReference;

/// How far a store's log was when somebody last wrote, for reads that must see it; thread-safe.
public final class Position {

  private final boolean replicas;
  private final AtomicReference<String> text = new AtomicReference<>("");

  /// No position yet.
  ///
  /// @param replicas whether replicas may be read at all
  public Position(boolean replicas) {
    this.replicas = replicas;
  }

  /// Whether replicas may be read at all.
  boolean replicas() {
    return replicas;
  }

  /// Moves on; never back, whichever of several writers comes last.
  public void advance(String later) {
    text.accumulateAndGet(later, (a, b) -> a.compareTo(b) >= 0 ? a : b);
  }

  /// The position as a session said it; empty before the first write.
  public String text() {
    return text.get();
  }
}
