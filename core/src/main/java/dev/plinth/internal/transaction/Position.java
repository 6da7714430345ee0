package dev.plinth.internal.transaction;

import dev.plinth.error.ValidationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// How far a store's log was when somebody last wrote, for reads that must see it; thread-safe.
public final class Position {

  /// Behind all others: a write whose position nobody told, so that no replica is known to have it.
  private static final String UNKNOWN = "unknown";

  private static final Pattern TOLD = Pattern.compile("|[0-9A-F]{16}|" + UNKNOWN);

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

  /// Moves on to a position that came from outside.
  ///
  /// @throws ValidationException if it is none
  public void tell(String told) {
    if (!TOLD.matcher(told).matches()) {
      throw new ValidationException(
          "A read position is a text that position() of another reading gave.");
    }
    advance(told);
  }

  /// Notes a write of which nobody knows how far the log was.
  void lose() {
    advance(UNKNOWN);
  }

  /// The position as a session said it; empty before the first write.
  public String text() {
    return text.get();
  }
}
