package dev.plinth.testkit;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that moves when a test says so.
final class Ticking extends Clock implements InstantSource {

  private final AtomicReference<Instant> now;

  Ticking() {
    this(Instant.parse("2026-01-02T03:04:05.678901Z"));
  }

  Ticking(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  /// Moves on, and says where to.
  Instant advance(long amount, TemporalUnit unit) {
    return now.updateAndGet(instant -> instant.plus(amount, unit));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this; // instants have none
  }
}
