package dev.plinth.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The line in front of connections: fair, bounded in time and length, and no place is lost.
final class GateTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void whoComesFirstIsServedFirst() {
    Gate gate = new Gate("the place", 1, LONG, 100);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> line = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    gate.enter();
    for (int i = 0; i < 20; i++) {
      int number = i;
      expected.add(number);
      line.add(
          waiting(() -> {
            gate.enter();
            order.add(number);
            gate.leave();
          }));
    }
    gate.leave();
    await().until(() -> line.stream().noneMatch(Thread::isAlive));
    assertThat(order).isEqualTo(expected);
  }

  @Test
  void asManyAreInsideAsThereArePlaces() {
    Gate gate = new Gate("a place", 3, LONG, 100);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int round = 0; round < 50; round++) {
                  gate.enter();
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                  gate.leave();
                }
              }));
    }
    await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    assertThat(most.get()).isBetween(1, 3);
    assertThat(inside.get()).isZero();
  }

  @Test
  void theDeadlineEndsTheWait() {
    Gate gate = new Gate("the writing connection", 1, Duration.ofMillis(60), 10);
    gate.enter();
    long start = System.nanoTime();
    assertThatThrownBy(gate::enter)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("the writing connection")
        .hasMessageContaining("60 ms");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(60).toNanos());
    gate.leave();
    gate.enter(); // who gave up took no place with him
  }

  @Test
  void oneMoreThanTheLineHoldsIsRefusedAtOnce() {
    Gate gate = new Gate("the place", 1, LONG, 2);
    gate.enter();
    Thread first = waiting(() -> enterAndLeave(gate));
    Thread second = waiting(() -> enterAndLeave(gate));

    long start = System.nanoTime();
    assertThatThrownBy(() -> enterInTime(gate))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("2")
        .hasMessageContaining("the place");
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());

    gate.leave();
    await().until(() -> !first.isAlive() && !second.isAlive());
    gate.enter();
  }

  /// A line of no length still lets in who need not wait.
  @Test
  void aFreePlaceNeedsNoLine() {
    Gate gate = new Gate("the place", 1, LONG, 0);
    gate.enter();
    assertThatThrownBy(() -> enterInTime(gate)).isInstanceOf(TimeoutException.class);
    gate.leave();
    gate.enter();
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    Gate gate = new Gate("the place", 1, LONG, 10);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean stays = new AtomicBoolean();
    gate.enter();
    Thread waiter =
        waiting(() -> {
          try {
            gate.enter();
          } catch (ConnectionException e) {
            thrown.set(e);
            stays.set(Thread.currentThread().isInterrupted());
          }
        });
    waiter.interrupt();
    await().until(() -> !waiter.isAlive());
    assertThat(thrown.get())
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("the place")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(stays).isTrue();
    gate.leave();
    gate.enter(); // the interrupted one took no place with him
  }

  private static void enterAndLeave(Gate gate) {
    gate.enter();
    gate.leave();
  }

  // in a thread of its own, so that a gate which lets it wait fails the test instead of hanging it
  private static void enterInTime(Gate gate) throws Throwable {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                gate.enter();
                gate.leave();
              } catch (TimeoutException | ConnectionException e) {
                thrown.set(e);
              }
            });
    if (!thread.join(Duration.ofSeconds(2))) {
      thread.interrupt();
      thread.join();
      throw new AssertionError("it was let into the line");
    }
    if (thrown.get() != null) {
      throw thrown.get();
    }
  }

  private static Thread waiting(Runnable work) {
    Thread thread = Thread.ofPlatform().daemon().start(work);
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return thread;
  }
}
