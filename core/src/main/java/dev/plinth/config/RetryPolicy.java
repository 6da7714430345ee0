package dev.plinth.config;

import dev.plinth.error.ValidationException;
import java.time.Duration;

/// How often work is run again, and after which pauses, when trying again may help.
///
/// Conflicts (a deadlock, a serialization failure, a lock not given in time) pause a random part of
/// their pause; a server that is away pauses exactly that long. Each pause is twice as long at the
/// most as the one before, up to 30 seconds. Nothing else is ever run again, but a read that was stopped by its time
/// limit, once and at once.
///
/// @param attempts how often the work is run at the most, the first time included
/// @param conflictPause the longest first pause after a conflict
/// @param connectionPause the first pause after a lost connection
public record RetryPolicy(int attempts, Duration conflictPause, Duration connectionPause) {

  /// Three attempts, with pauses up to 50 ms, or of half a second.
  public static final RetryPolicy STANDARD =
      new RetryPolicy(3, Duration.ofMillis(50), Duration.ofMillis(500));

  /// One attempt.
  public static final RetryPolicy NONE = STANDARD.withAttempts(1);

  /// A policy.
  ///
  /// @throws ValidationException for less than one attempt, or a negative pause
  public RetryPolicy {
    if (attempts < 1 || conflictPause.isNegative() || connectionPause.isNegative()) {
      throw new ValidationException(
          "A retry policy has one attempt at least, and no negative pause.");
    }
  }

  /// The same with another number of attempts.
  public RetryPolicy withAttempts(int attempts) {
    return new RetryPolicy(attempts, conflictPause, connectionPause);
  }

  /// The same with other pauses.
  public RetryPolicy withPauses(Duration conflictPause, Duration connectionPause) {
    return new RetryPolicy(attempts, conflictPause, connectionPause);
  }
}
