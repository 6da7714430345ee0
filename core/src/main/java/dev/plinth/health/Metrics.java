package dev.plinth.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a database has done since it was opened or last reset; a snapshot.
///
/// Immutable.
///
/// @param calls how many calls ended, failed ones included
/// @param errors how many of them failed
/// @param slow how many took longer than the `slowStatement` setting
/// @param total the time of all of them together
/// @param retries how often something was run again
/// @param slowest the last 100 slow ones, oldest first
public record Metrics(
    long calls, long errors, long slow, Duration total, long retries, List<Slow> slowest) {

  /// One slow call.
  ///
  /// @param at when it ended
  /// @param what what it did: `select users`
  /// @param duration how long it took
  public record Slow(Instant at, String what, Duration duration) {}

  /// The mean time of a call; zero if there was none.
  public Duration average() {
    return calls == 0 ? Duration.ZERO : total.dividedBy(calls);
  }
}
