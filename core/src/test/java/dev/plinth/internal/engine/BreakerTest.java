package dev.plinth.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.error.ConnectionException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// When a server is spared, and when it is tried again; the time is set by hand.
final class BreakerTest {

  /// After this the next call is let through, however often it failed before.
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static final Pattern MILLIS = Pattern.compile("(\\d+) ms");

  private static final class Hands extends Clock {
    private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
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

  private final Hands clock = new Hands();
  private final Breaker breaker = new Breaker("db.example.org:5432", clock);

  private void succeed(int times) {
    for (int i = 0; i < times; i++) {
      breaker.enter();
      breaker.succeeded();
    }
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.enter();
      breaker.failed(new IOException("the server is ill"));
    }
  }

  private ConnectionException refused() {
    ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> breaker.enter());
    assertThat(e).as("the call is refused").isNotNull();
    return e;
  }

  @Test
  void halfOfTenCallsThatFailOpenIt() {
    succeed(5);
    fail(4);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
    refused();
  }

  @Test
  void nineCallsAreTooFewToJudge() {
    fail(9);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void lessThanHalfLeaveItClosed() {
    for (int i = 0; i < 100; i++) {
      succeed(6);
      fail(4);
      assertThat(breaker.isOpen()).isFalse();
    }
  }

  /// What was long ago says nothing about a server: only the last twenty calls count.
  @Test
  void oldSuccessesAreForgotten() {
    succeed(1000);
    fail(9);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void whoIsRefusedIsToldAtOnceAndWhenTheNextIsTried() {
    fail(10);
    refused(); // classes are loaded
    long start = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      ConnectionException e = refused();
      assertThat(e.passing()).as("it may be over soon").isTrue();
    }
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(1).toNanos());
    assertThat(refused()).hasMessageContaining("db.example.org:5432").hasNoCause();
    clock.pass(named());
    breaker.enter();
  }

  private Duration named() {
    Matcher millis = MILLIS.matcher(refused().getMessage());
    assertThat(millis.find()).as("a time is named").isTrue();
    Duration named = Duration.ofMillis(Long.parseLong(millis.group(1)));
    assertThat(named).isLessThanOrEqualTo(LONGEST);
    return named;
  }

  @Test
  void whoComesBeforeTheTimeIsRefused() {
    fail(10);
    clock.pass(Duration.ofMillis(200));
    refused();
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void ofFiftyExactlyOneIsLetThrough() throws InterruptedException {
    fail(10);
    clock.pass(LONGEST);
    assertThat(letThrough(50)).isEqualTo(1);
    assertThat(letThrough(50)).as("until that one has ended").isZero();
    breaker.succeeded();
    assertThat(breaker.isOpen()).isFalse();
    assertThat(letThrough(50)).isEqualTo(50);
  }

  private int letThrough(int threads) throws InterruptedException {
    AtomicInteger through = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                  breaker.enter();
                  through.incrementAndGet();
                } catch (ConnectionException e) {
                  refused.incrementAndGet();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(through.get() + refused.get()).isEqualTo(threads);
    return through.get();
  }

  @Test
  void aProbeThatSucceedsClosesIt() {
    fail(10);
    clock.pass(LONGEST);
    succeed(1);
    assertThat(breaker.isOpen()).isFalse();
    succeed(5);
    // and it judges anew: what was before the pause counts no more
    fail(3);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void aProbeThatFailsOpensItAgain() {
    fail(10);
    for (int i = 0; i < 20; i++) {
      clock.pass(LONGEST);
      fail(1);
      assertThat(breaker.isOpen()).isTrue();
      refused();
    }
    clock.pass(LONGEST);
    succeed(1);
    assertThat(breaker.isOpen()).isFalse();
  }

  /// A call that never reached the server is no sign of its health, in whatever state.
  @Test
  void whatWasSparedDoesNotCount() {
    fail(9);
    for (int i = 0; i < 1000; i++) {
      breaker.enter();
      breaker.spared();
    }
    assertThat(breaker.isOpen()).isFalse();
    fail(1);
    assertThat(breaker.isOpen()).isTrue();
    clock.pass(LONGEST);
    for (int i = 0; i < 10; i++) { // a probe that was spared leaves its place to the next
      breaker.enter();
      assertThatThrownBy(breaker::enter).isInstanceOf(ConnectionException.class);
      breaker.spared();
    }
    assertThat(breaker.isOpen()).isFalse();
    succeed(1);
    assertThatCode(() -> succeed(10)).doesNotThrowAnyException();
  }

  /// Calls that were let through before it opened come back in their own time.
  @Test
  void whoComesBackLateChangesNothing() {
    for (int i = 0; i < 5; i++) {
      breaker.enter();
    }
    fail(10);
    for (int i = 0; i < 5; i++) {
      breaker.succeeded();
    }
    assertThat(breaker.isOpen()).isTrue();
    refused();
    clock.pass(LONGEST);
    succeed(1);
    assertThat(breaker.isOpen()).isFalse();
  }

  /// Who waits in line before he tries is refused before that, and not while nobody tries.
  @Test
  void whoOnlyLooksTakesNobodysPlace() {
    assertThatCode(breaker::check).doesNotThrowAnyException();
    fail(10);
    assertThatThrownBy(breaker::check).isInstanceOf(ConnectionException.class);
    clock.pass(LONGEST);
    for (int i = 0; i < 10; i++) {
      breaker.check();
    }
    clock.pass(LONGEST); // in line, perhaps
    breaker.check();
    breaker.enter();
    refused();
    breaker.succeeded();
    assertThatCode(breaker::check).doesNotThrowAnyException();
  }
}
