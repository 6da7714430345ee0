package dev.plinth.internal.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Keys that ascend with time: the layout of RFC 9562, and no step back whatever the clock does.
final class UuidV7Test {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");

  @Test
  void theLayoutIsThatOfTheRfc() {
    UuidV7 ids = new UuidV7(Clock.fixed(NOON, ZoneOffset.UTC));
    for (int i = 0; i < 100; i++) {
      UUID id = ids.next();
      assertThat(id.version()).isEqualTo(7);
      assertThat(id.variant()).isEqualTo(2);
      assertThat(millis(id)).isEqualTo(NOON.toEpochMilli());
    }
  }

  @Test
  void theTextSortsByTime() {
    Hand clock = new Hand(NOON);
    UuidV7 ids = new UuidV7(clock);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      texts.add(ids.next().toString());
      clock.move(Duration.ofNanos(i * 7_919L * 1000));
    }
    assertThat(texts).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aHundredThousandAscendStrictly() {
    UuidV7 ids = new UuidV7(Clock.systemUTC());
    assertAscending(ids, 100_000);
  }

  @Test
  void aStoppedClockDoesNotStopThem() {
    // more than the 4,096 that one millisecond's fraction can tell apart
    assertAscending(new UuidV7(Clock.fixed(NOON, ZoneOffset.UTC)), 20_000);
  }

  @Test
  void aClockThatGoesBackDoesNotTakeThemBack() {
    Hand clock = new Hand(NOON);
    UuidV7 ids = new UuidV7(clock);
    UUID before = ids.next();
    for (int i = 0; i < 1000; i++) {
      clock.move(Duration.ofMillis(-250));
      UUID after = ids.next();
      assertThat(compare(before, after)).isNegative();
      assertThat(after.version()).isEqualTo(7);
      assertThat(after.variant()).isEqualTo(2);
      before = after;
    }
    clock.move(Duration.ofDays(1));
    UUID later = ids.next();
    assertThat(compare(before, later)).isNegative();
    assertThat(millis(later)).isEqualTo(clock.millis());
  }

  @Test
  void threadsGetDifferentOnesAndEachSeesThemAscend() throws Exception {
    UuidV7 ids = new UuidV7(Clock.systemUTC());
    int threads = 8;
    int each = 15_000;
    Set<UUID> all = HashSet.newHashSet(threads * each);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      Callable<List<UUID>> work =
          () -> {
            List<UUID> own = new ArrayList<>(each);
            for (int i = 0; i < each; i++) {
              own.add(ids.next());
            }
            return own;
          };
      List<Callable<List<UUID>>> works = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        works.add(work);
      }
      for (Future<List<UUID>> future : pool.invokeAll(works)) {
        List<UUID> own = future.get();
        for (int i = 1; i < own.size(); i++) {
          assertThat(compare(own.get(i - 1), own.get(i))).isNegative();
        }
        all.addAll(own);
      }
    }
    assertThat(all).hasSize(threads * each);
  }

  private static void assertAscending(UuidV7 ids, int count) {
    UUID before = ids.next();
    for (int i = 1; i < count; i++) {
      UUID after = ids.next();
      if (compare(before, after) >= 0 || after.version() != 7 || after.variant() != 2) {
        throw new AssertionError("number " + i + ": " + before + " then " + after);
      }
      before = after;
    }
  }

  // UUID.compareTo is signed; what matters is the order of the text, which databases see
  private static int compare(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  private static long millis(UUID id) {
    return id.getMostSignificantBits() >>> 16;
  }

  /// A clock that is moved by hand.
  private static final class Hand extends Clock {

    private final AtomicReference<Instant> now;

    Hand(Instant start) {
      now = new AtomicReference<>(start);
    }

    void move(Duration by) {
      now.updateAndGet(instant -> instant.plus(by));
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
      return this;
    }
  }
}
