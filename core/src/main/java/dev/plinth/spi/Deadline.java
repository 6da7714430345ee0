package dev.plinth.spi;

import java.time.Duration;

/// The moment at which something must be over.
///
/// @param nanos that moment, as [System#nanoTime()] will say it
public record Deadline(long nanos) {

  private static final Duration LONGEST = Duration.ofDays(24);

  /// The moment that is so far from now.
  public static Deadline in(Duration time) {
    // as good as any longer time, and drivers count milliseconds in 32 bits
    Duration most = time.compareTo(LONGEST) < 0 ? time : LONGEST;
    return new Deadline(System.nanoTime() + most.toNanos());
  }

  /// How much time is left; negative when it is over.
  public Duration left() {
    return Duration.ofNanos(nanos - System.nanoTime());
  }

  /// Whether it is over.
  public boolean isOver() {
    return nanos - System.nanoTime() <= 0;
  }
}
