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
/// @param repeated reads that were asked anew for each row of another, by call site
public record Metrics(
    long calls,
    long errors,
    long slow,
    Duration total,
    long retries,
    List<Slow> slowest,
    List<Repeated> repeated) {

  /// One slow call.
  ///
  /// @param at when it ended
  /// @param what what it did: `select users`
  /// @param duration how long it took
  /// @param site the line that asked for it: `com.shop.Orders.list(Orders.java:42)`; empty if unknown
  /// @param sql the statement, without values; empty where it is not a single one
  public record Slow(Instant at, String what, Duration duration, String site, String sql) {}

  /// A read that was asked anew for each row of another: N+1.
  ///
  /// @param what what was asked again and again: `find users`
  /// @param before the table whose rows it was asked for
  /// @param site the line that asks
  /// @param times how often that happened, loops and not rounds
  public record Repeated(String what, String before, String site, long times) {}

  /// The mean time of a call; zero if there was none.
  public Duration average() {
    return calls == 0 ? Duration.ZERO : total.dividedBy(calls);
  }
}
