package dev.plinth.internal.engine;

import dev.plinth.error.ConnectionException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Spares a server that is ill, and callers the wait for it.
///
/// When half of the last calls failed by the server's fault, further calls are refused at once. After
/// a while, a quarter of a second first and a second later on, one is let through; if it succeeds, so
/// are all. Only what the server is to blame for
/// counts: never a broken constraint, never a full pool. Thread-safe.
public final class Breaker {

  private static final int WINDOW = 20;
  private static final int LEAST = 10;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofSeconds(1); // a failover must not take longer

  private final String name;
  private final CircuitBreaker breaker;

  /// A closed breaker.
  ///
  /// @param name what is behind it, for messages
  public Breaker(String name, Clock clock) {
    this.name = name;
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(WINDOW)
                .minimumNumberOfCalls(LEAST)
                .failureRateThreshold(50)
                .waitIntervalFunctionInOpenState(
                    IntervalFunction.ofExponentialBackoff(FIRST_PAUSE, 2, PAUSE))
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(clock)
                .build());
  }

  /// Refuses at once whoever would wait in line only to be refused behind it.
  ///
  /// @throws ConnectionException if it is open
  public void check() {
    if (isOpen()) {
      enter(); // the pause may be over
      spared();
    }
  }

  /// Asks to be let through; every call that is ends with [#succeeded], [#failed] or [#spared].
  ///
  /// @throws ConnectionException if it is open
  public void enter() {
    if (!breaker.tryAcquirePermission()) {
      throw new ConnectionException(
          "Calls to %s are refused, since too many of the last ones failed. One is tried within %d ms."
              .formatted(name, PAUSE.toMillis()),
          null,
          true);
    }
  }

  /// The call did what it should.
  public void succeeded() {
    breaker.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  /// The call failed by the server's fault.
  public void failed(Throwable fault) {
    breaker.onError(0, TimeUnit.NANOSECONDS, fault);
  }

  /// The call never reached the server, and says nothing about it.
  public void spared() {
    breaker.releasePermission();
  }

  /// Whether one call is let through to see how the server is.
  public boolean isTrying() {
    return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
  }

  /// Whether calls are refused now.
  public boolean isOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }
}
