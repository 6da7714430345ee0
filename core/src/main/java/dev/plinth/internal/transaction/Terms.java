package dev.plinth.internal.transaction;

import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.spi.Begin;
import org.jspecify.annotations.Nullable;

/// How an outermost transaction is run.
///
/// @param begin how it begins
/// @param retries how often it is run
/// @param key what makes its effect happen once, however often it is asked for; null for nothing
public record Terms(Begin begin, RetryPolicy retries, @Nullable String key) {

  /// Writes of the layer's own.
  public static final Terms WRITE = new Terms(Begin.WRITE, RetryPolicy.STANDARD, null);

  /// Reads that belong together.
  public static final Terms READ = new Terms(Begin.READ, RetryPolicy.STANDARD, null);

  /// Whether its commit may be that of others as well, which it waits for, and which may fail.
  boolean sharing() {
    return begin.deadline() == null && retries.attempts() > 1;
  }

  Isolation isolation() {
    return begin.isolation();
  }
}
