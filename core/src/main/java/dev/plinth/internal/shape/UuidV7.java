package dev.plinth.internal.shape;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/// Makes UUIDs of version 7 that ascend strictly within the process.
///
/// RFC 9562, section 5.7, with method 3 of section 6.2: 48 bits of milliseconds, 12 bits of the
/// millisecond's fraction, 62 random bits. Where the clock stands still or goes back, the last time
/// is counted on by one. Thread-safe.
public final class UuidV7 {

  private static final int BUFFER = 4096;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final SecureRandom random = new SecureRandom();
  private final byte[] bytes = new byte[BUFFER]; // drawing 8 bytes at a time is ten times slower
  private int used = BUFFER;
  private long last;

  /// A maker with this clock.
  public UuidV7(Clock clock) {
    this.clock = clock;
  }

  /// The next UUID.
  public UUID next() {
    Instant now = clock.instant();
    long millis = now.toEpochMilli();
    long fraction = (now.getNano() % 1_000_000) * 4096L / 1_000_000;
    lock.lock();
    try {
      last = Math.max((millis << 12) | fraction, last + 1);
      if (used == BUFFER) {
        random.nextBytes(bytes);
        used = 0;
      }
      long low = 0;
      for (int i = 0; i < 8; i++) {
        low = (low << 8) | (bytes[used++] & 0xff);
      }
      long high = ((last >>> 12) << 16) | 0x7000 | (last & 0xfff);
      return new UUID(high, (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
    } finally {
      lock.unlock();
    }
  }
}
