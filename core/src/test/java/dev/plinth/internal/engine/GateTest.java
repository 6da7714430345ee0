package dev.plinth.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
    Gate.Lease first = gate.enter();
    for (int i = 0; i < 20; i++) {
      int number = i;
      expected.add(number);
      line.add(
          waiting(() -> {
            Gate.Lease lease = gate.enter();
            order.add(number);
            lease.leave();
          }));
    }
    assertThat(gate.waiting()).isEqualTo(20);
    first.leave();
    await().until(() -> line.stream().noneMatch(Thread::isAlive));
    assertThat(order).isEqualTo(expected);
    assertThat(gate.waiting()).isZero();
  }

  /// Who gives the place back and wants it again stands behind those who wait.
  @Test
  void nobodyJumpsTheLine() throws InterruptedException {
    Gate gate = new Gate("the place", 1, LONG, 100);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    for (int round = 0; round < 30; round++) {
      Gate.Lease first = gate.enter();
      Thread waiter =
          waiting(() -> {
            Gate.Lease lease = gate.enter();
            order.add("who waited");
            lease.leave();
          });
      first.leave();
      Gate.Lease again = gate.enter();
      order.add("who came back");
      again.leave();
      waiter.join();
      assertThat(order).containsExactly("who waited", "who came back");
      order.clear();
    }
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
                  Gate.Lease lease = gate.enter();
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                  lease.leave();
                }
              }));
    }
    await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    assertThat(most.get()).isBetween(1, 3);
    assertThat(inside.get()).isZero();
    assertThat(gate.taken()).isZero();
    assertThat(gate.size()).isEqualTo(3);
  }

  @Test
  void theDeadlineEndsTheWait() throws InterruptedException {
    Gate gate = new Gate("the writing connection", 1, Duration.ofMillis(60), 10);
    Gate.Lease taken = takenByAnother(gate);
    long start = System.nanoTime();
    assertThatThrownBy(gate::enter)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("the writing connection")
        .hasMessageContaining("60 ms");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(60).toNanos());
    taken.leave();
    gate.enter(); // who gave up took no place with him
  }

  @Test
  void oneMoreThanTheLineHoldsIsRefusedAtOnce() {
    Gate gate = new Gate("the place", 1, LONG, 2);
    Gate.Lease taken = gate.enter();
    Thread first = waiting(() -> gate.enter().leave());
    Thread second = waiting(() -> gate.enter().leave());

    long start = System.nanoTime();
    assertThatThrownBy(() -> enterInTime(gate))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("2")
        .hasMessageContaining("the place");
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());

    taken.leave();
    await().until(() -> !first.isAlive() && !second.isAlive());
    gate.enter();
  }

  /// A line of no length still lets in who need not wait.
  @Test
  void aFreePlaceNeedsNoLine() {
    Gate gate = new Gate("the place", 1, LONG, 0);
    Gate.Lease taken = gate.enter();
    assertThatThrownBy(() -> enterInTime(gate)).isInstanceOf(TimeoutException.class);
    taken.leave();
    gate.enter();
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    Gate gate = new Gate("the place", 1, LONG, 10);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean stays = new AtomicBoolean();
    Gate.Lease taken = gate.enter();
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
    taken.leave();
    gate.enter(); // the interrupted one took no place with him
  }

  /// Another place that is free may be had; none would be waited for by the only one to give it.
  @Test
  void whoWouldWaitForHimselfIsToldSoAtOnce() {
    Gate gate = new Gate("a connection", 2, LONG, 10);
    Gate.Lease outer = gate.enter();
    borrowedHere(outer);
    Gate.Lease inner = gate.enter();

    long start = System.nanoTime();
    Throwable thrown = catchThrowable(gate::enter);
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
    assertThat(thrown)
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("This thread has a connection already")
        .hasMessageContaining("a connection is not free");
    assertThat(gate.taken()).isEqualTo(2);

    inner.leave();
    Gate.Lease other = gate.enter();
    other.leave();
    outer.leave();
    assertThat(gate.taken()).isZero();
  }

  @Test
  void whoWouldWaitForHimselfSeesWhereHeTookThePlace() {
    Gate gate = new Gate("a connection", 1, LONG, 10);
    borrowedHere(gate.enter());
    Throwable thrown = catchThrowable(gate::enter);
    assertThat(thrown).isInstanceOf(TransactionException.class);
    assertThat(methods(thrown.getCause())).contains("borrowedHere");
    assertThat(thrown.getCause()).hasMessageContaining(Thread.currentThread().getName());
  }

  /// Whoever else waits is no part of it: his own place is what a thread would wait for.
  @Test
  void whoHasNoPlaceMayWaitWhileOthersHaveSome() throws InterruptedException {
    Gate gate = new Gate("a connection", 1, LONG, 10);
    Gate.Lease taken = takenByAnother(gate);
    Thread waiter = waiting(() -> gate.enter().leave());
    taken.leave();
    assertThat(waiter.join(LONG)).isTrue();
    assertThat(gate.taken()).isZero();
  }

  @Test
  void whoWaitedInVainIsToldWhoHasItLongestAndWhere() throws InterruptedException {
    Gate gate = new Gate("a connection", 2, Duration.ofMillis(50), 10);
    CountDownLatch end = new CountDownLatch(1);
    Thread oldest = holding(gate, "the oldest", end);
    Thread younger = holding(gate, "a younger one", end);
    DatabaseException thrown = (DatabaseException) catchThrowable(gate::enter);
    assertThat(thrown)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("Thread the oldest has had one for")
        .hasMessageNotContaining("a younger one");
    // it noted nothing, so what is shown is where it is now
    assertThat(methods(thrown.getCause())).contains("holdUntil");
    assertThat(thrown.getCause()).hasMessageContaining("the oldest");
    end.countDown();
    assertThat(oldest.join(LONG) && younger.join(LONG)).isTrue();
    gate.enter();
  }

  @Test
  void whoWaitedInVainIsToldWhereItWasTakenIfThatWasNoted() throws InterruptedException {
    Gate gate = new Gate("a connection", 1, Duration.ofMillis(50), 10);
    Thread gone = Thread.ofPlatform().name("gone").start(() -> borrowedHere(gate.enter()));
    gone.join();
    assertThatThrownBy(gate::enter)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("Thread gone")
        .satisfies(e -> assertThat(methods(e.getCause())).contains("borrowedHere"));
  }

  @Test
  void aPlaceThatIsNeverGivenBackIsReportedOnce() throws InterruptedException {
    Gate gate = new Gate("a connection", 3, LONG, 10);
    Gate.Lease mine = gate.enter();
    assertThat(gate.report(LONG)).isEmpty();
    assertThat(gate.report(Duration.ZERO)).containsExactly(Thread.currentThread());
    assertThat(gate.report(Duration.ZERO)).isEmpty();

    AtomicReference<Gate.Lease> lease = new AtomicReference<>();
    Thread other = Thread.ofPlatform().name("other").start(() -> lease.set(gate.enter()));
    other.join();
    assertThat(gate.report(Duration.ZERO)).containsExactly(other);
    assertThat(gate.report(Duration.ZERO)).isEmpty();

    mine.leave();
    lease.get().leave();
    gate.enter().leave(); // what came back in time is never reported
    assertThat(gate.report(Duration.ZERO)).isEmpty();
    Gate.Lease again = gate.enter();
    assertThat(gate.report(Duration.ZERO)).containsExactly(Thread.currentThread());
    again.leave();
  }

  private static void borrowedHere(Gate.Lease lease) {
    lease.note();
  }

  private static List<String> methods(Throwable stack) {
    return Arrays.stream(stack.getStackTrace()).map(StackTraceElement::getMethodName).toList();
  }

  private static Gate.Lease takenByAnother(Gate gate) throws InterruptedException {
    AtomicReference<Gate.Lease> lease = new AtomicReference<>();
    Thread.ofPlatform().start(() -> lease.set(gate.enter())).join();
    return lease.get();
  }

  private static Thread holding(Gate gate, String name, CountDownLatch end) {
    int before = gate.taken();
    Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> holdUntil(gate, end));
    await().until(() -> gate.taken() > before && thread.getState() == Thread.State.WAITING);
    return thread;
  }

  private static void holdUntil(Gate gate, CountDownLatch end) {
    Gate.Lease lease = gate.enter();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lease.leave();
  }

  // in a thread of its own, so that a gate which lets it wait fails the test instead of hanging it
  private static void enterInTime(Gate gate) throws Throwable {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                gate.enter().leave();
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

  @Test
  void whoHasNoNameIsToldByHisNumber() throws InterruptedException {
    Gate gate = new Gate("a connection", 1, Duration.ofMillis(50), 10);
    CountDownLatch end = new CountDownLatch(1);
    Thread unnamed = Thread.ofVirtual().start(() -> holdUntil(gate, end));
    await().until(() -> gate.taken() == 1);
    assertThatThrownBy(gate::enter)
        .hasMessageContaining("Thread #" + unnamed.threadId() + " has had one for")
        .satisfies(e ->
            assertThat(e.getCause()).hasMessageContaining("#" + unnamed.threadId() + " has it"));
    end.countDown();
    unnamed.join();
  }

  @Test
  void whoDoesNotWaitTakesOnlyWhatIsFree() {
    Gate gate = new Gate("a connection", 1, LONG, 10);
    Gate.Lease taken = gate.enterIfFree();
    assertThat(taken).isNotNull();
    assertThat(gate.enterIfFree()).isNull();
    taken.leave();
    assertThat(gate.taken()).isZero();
  }
}
