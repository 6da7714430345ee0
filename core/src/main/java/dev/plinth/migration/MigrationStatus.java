package dev.plinth.migration;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How one migration stands.
///
/// @param version its version; null for one that is run again whenever it has changed
/// @param description what it does
/// @param state how it stands
/// @param at when it was run; null if it was not
/// @param by in whose name it was run; null if it was not
/// @param took how long it ran; null if it did not
public record MigrationStatus(
    @Nullable Version version,
    String description,
    State state,
    @Nullable Instant at,
    @Nullable String by,
    @Nullable Duration took) {

  /// How a migration stands.
  public enum State {
    /// It is at hand, and was not run.
    PENDING,
    /// It was run, and is at hand as it was then.
    APPLIED,
    /// It belongs to what was there before the first migration.
    BASELINE,
    /// It was begun outside a transaction, and broke off; the next run goes on with it.
    BROKEN_OFF,
    /// It was run, but is another one now.
    EDITED,
    /// It was run, but is not at hand.
    MISSING,
    /// It was not run, though a later one was.
    OUT_OF_ORDER
  }

  /// The version, or `R` for what is repeated, and the description.
  @Override
  public String toString() {
    return (version == null ? "R" : version) + " " + description + ": " + state;
  }
}
