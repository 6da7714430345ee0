package dev.plinth.internal.migrate;

import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A migration that was run: a row of the history.
///
/// It is audited like any other row, so that the log keeps what is rolled back and repaired.
///
/// @param id the order in which they were run
/// @param name its version, or `R` and the description of what is repeated
/// @param checksum what it was then; null for Java and the baseline
/// @param down the SQL that undoes it, for the day when the file is gone; null if there is none
/// @param lossy whether that loses data
/// @param remaining how many of its statements are still to be run; more than 0 if it broke off
/// @param millis how long it ran
@Table(Applied.TABLE)
public record Applied(
    @Id long id,
    @Unique String name,
    String description,
    Kind kind,
    @Nullable String checksum,
    @Nullable String down,
    boolean lossy,
    int remaining,
    Instant at,
    String actor,
    long millis) {

  /// The history's table.
  public static final String TABLE = "plinth_migration";

  /// Where it came from.
  public enum Kind {
    /// A file.
    SQL,
    /// A class.
    JAVA,
    /// Nowhere: what was there before.
    BASELINE
  }
}
