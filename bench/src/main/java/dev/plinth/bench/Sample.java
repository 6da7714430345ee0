package dev.plinth.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows that the workloads read and write, the same in every run.
final class Sample {

  private static final long START = 1_700_000_000_000L; // milliseconds
  private static final String[] NAMES = {
    "Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Tony", "Radia", "Niklaus", "Jean"
  };
  private static final User.Role[] ROLES = User.Role.values();
  private static final User.Status[] STATUSES = User.Status.values();

  private Sample() {}

  /// The key of a row that is there from the beginning; keys ascend.
  static UUID id(int number) {
    long high = ((START + number) << 16) | 0x7000 | (mix(number) & 0xfff);
    return new UUID(high, (mix(number + 1_000_000_007L) >>> 2) | 0x8000_0000_0000_0000L);
  }

  /// A row as it is there from the beginning.
  static User stored(int number) {
    Instant time = Instant.ofEpochMilli(START + number * 1000L).plusNanos(number % 1000 * 1000L);
    return row(number, "user", id(number), 1, time);
  }

  /// A row that is not there yet; equal prefixes and numbers give equal e-mail addresses.
  static User fresh(String prefix, int number) {
    return row(number, prefix, null, 0, null);
  }

  private static User row(
      int number, String prefix, @Nullable UUID id, long version, @Nullable Instant time) {
    long mixed = mix(number);
    return new User(
        id,
        prefix + number + "@example.org",
        NAMES[(int) (mixed & 7)],
        NAMES[(int) ((mixed >>> 3) & 7)] + "son",
        role(number),
        status(number),
        18 + (int) ((mixed >>> 6) & 63),
        ((mixed >>> 12) & 1) == 0,
        ((mixed >>> 13) & 3) == 0 ? null : "Lives near the sea and reads row " + number,
        version,
        time,
        time);
  }

  static User.Role role(int number) {
    return ROLES[number % ROLES.length];
  }

  static User.Status status(int number) {
    return STATUSES[number / ROLES.length % STATUSES.length];
  }

  static List<User> stored(int from, int to) {
    List<User> rows = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      rows.add(stored(i));
    }
    return rows;
  }

  static List<User> fresh(String prefix, int from, int to) {
    List<User> rows = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      rows.add(fresh(prefix, i));
    }
    return rows;
  }

  // the end of SplitMix64: every bit of the number stirs every bit of the result
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
