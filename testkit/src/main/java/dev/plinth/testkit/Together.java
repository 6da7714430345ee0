package dev.plinth.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/// Runs the same work on many threads that start at one moment.
final class Together {

  /// What each thread does.
  @FunctionalInterface
  interface Work {
    /// Does it.
    ///
    /// @param thread which thread this is, from 0
    void run(int thread) throws Exception;
  }

  private Together() {}

  /// Runs on platform threads and waits for all; the first failure fails the caller.
  static void run(int threads, Work work) throws InterruptedException {
    run(threads, Thread.ofPlatform().name("together-", 0).factory(), work);
  }

  /// Runs on threads of this kind and waits for all; the first failure fails the caller.
  static void run(int threads, ThreadFactory factory, Work work) throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> all = new ArrayList<>(threads);
    for (int i = 0; i < threads; i++) {
      int number = i;
      Thread thread =
          factory.newThread(() -> {
            try {
              start.await();
              work.run(number);
            } catch (Throwable e) {
              failures.add(e);
            }
          });
      all.add(thread);
      thread.start();
    }
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(
          failures.size() + " of " + threads + " threads failed", failures.peek());
    }
  }
}
