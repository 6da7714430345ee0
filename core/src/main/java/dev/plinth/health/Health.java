package dev.plinth.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Whether a database can be worked with, judged by single checks; a snapshot.
///
/// Immutable.
///
/// @param status the worst of the checks
/// @param engine the engine that is active: `postgresql`; under a fallback, that of the fallback
/// @param location where the data is that is read and written now; never a password
/// @param checks what was looked at
/// @param at when
public record Health(
    Status status, String engine, String location, List<Check> checks, Instant at) {

  /// How it is.
  public enum Status {
    /// All is well.
    HEALTHY,
    /// It works, but not as it should.
    DEGRADED,
    /// It does not work.
    DOWN
  }

  /// One thing that was looked at.
  ///
  /// @param name what: `connection`, `performance`, `pool`, `fallback`
  /// @param status how it is
  /// @param detail what was found, in words
  public record Check(String name, Status status, String detail) {}

  /// How long the performance check's question may take, exclusively.
  public static final Duration QUICK = Duration.ofSeconds(1);

  /// A health of its checks.
  public static Health of(String engine, String location, List<Check> checks, Instant at) {
    Status worst = Status.HEALTHY;
    for (Check check : checks) {
      worst = check.status().compareTo(worst) > 0 ? check.status() : worst;
    }
    return new Health(worst, engine, location, List.copyOf(checks), at);
  }
}
