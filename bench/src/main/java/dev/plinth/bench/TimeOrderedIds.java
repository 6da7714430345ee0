package dev.plinth.bench;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;

/// UUIDs of version 7 as an expert makes them by hand: ascending, and random where it counts.
///
/// Thread-safe, since ids are made by whatever thread inserts.
final class TimeOrderedIds {

  private final SecureRandom random = new SecureRandom();
  private final byte[] bytes = new byte[4096];
  private int used = bytes.length;
  private long last;

  synchronized UUID next(Instant now) {
    long fraction = now.getNano() % 1_000_000 * 4096L / 1_000_000;
    last = Math.max((now.toEpochMilli() << 12) | fraction, last + 1);
    if (used == bytes.length) {
      random.nextBytes(bytes);
      used = 0;
    }
    long low = 0;
    for (int i = 0; i < 8; i++) {
      low = (low << 8) | (bytes[used++] & 0xff);
    }
    long high = ((last >>> 12) << 16) | 0x7000 | (last & 0xfff);
    return new UUID(high, (low >>> 2) | 0x8000_0000_0000_0000L);
  }
}
