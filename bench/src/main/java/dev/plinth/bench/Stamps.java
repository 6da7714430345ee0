package dev.plinth.bench;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Keys, versions and times of rows, as an expert gives them by hand.
final class Stamps {

  private final Clock clock = Clock.systemUTC();
  private final TimeOrderedIds ids = new TimeOrderedIds();

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// Microseconds since 1970, which a time of [#now] is whole of.
  static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000L + time.getNano() / 1000;
  }

  static Instant time(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  /// A new row as it will be stored.
  User created(User row, Instant now) {
    return new User(
        row.id() == null ? ids.next(now) : row.id(),
        row.email(),
        row.firstName(),
        row.lastName(),
        row.role(),
        row.status(),
        row.age(),
        row.subscribed(),
        row.bio(),
        1,
        row.createdAt() == null ? now : row.createdAt(),
        row.updatedAt() == null ? now : row.updatedAt());
  }

  /// A new row of the audited table as it will be stored.
  AuditedUser created(AuditedUser row, Instant now) {
    return new AuditedUser(
        row.id() == null ? ids.next(now) : row.id(),
        row.email(),
        row.firstName(),
        row.lastName(),
        row.role(),
        row.status(),
        row.age(),
        row.subscribed(),
        row.bio(),
        1,
        row.createdAt() == null ? now : row.createdAt(),
        row.updatedAt() == null ? now : row.updatedAt());
  }

  /// An updated row as it is stored then, which is known without reading it.
  static User updated(User row, Instant now) {
    return new User(
        row.id(),
        row.email(),
        row.firstName(),
        row.lastName(),
        row.role(),
        row.status(),
        row.age(),
        row.subscribed(),
        row.bio(),
        row.version() + 1,
        row.createdAt(),
        now);
  }
}
