package dev.plinth.internal.engine;

import dev.plinth.error.DatabaseException;
import dev.plinth.spi.Elsewhere;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Asks the store whether somebody else has written, when that matters, and not too often.
///
/// The answer is something that is another after every such write. Whoever comes while another asks,
/// or where there is no answer, hears that nothing is known, and does not wait. Thread-safe.
public class Polling implements Elsewhere {

  private final long everyNanos;
  private final Supplier<Object> question;
  private final Consumer<String> written;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile long asked; // when the last answer was asked for
  private volatile long failed; // when none came
  private @Nullable Object answer;

  /// Nobody has asked yet.
  ///
  /// @param every how old an answer may be
  /// @param written gets an empty text for every new answer
  public Polling(Duration every, Supplier<Object> question, Consumer<String> written) {
    this.everyNanos = every.toNanos();
    this.question = question;
    this.written = written;
    this.asked = System.nanoTime() - everyNanos;
    this.failed = asked;
  }

  @Override
  public final boolean isTold() {
    return System.nanoTime() - asked < everyNanos || ask();
  }

  /// Notes an answer that somebody got who was there anyway.
  ///
  /// @param now when he asked
  public final void answered(Object said, long now) {
    asking.lock();
    try {
      note(said, now);
    } finally {
      asking.unlock();
    }
  }

  private void note(Object said, long now) {
    if (!said.equals(answer)) {
      answer = said;
      written.accept("");
    }
    asked = now;
  }

  private boolean ask() {
    if (System.nanoTime() - failed < everyNanos / 10 || !asking.tryLock()) {
      return false;
    }
    long now = System.nanoTime();
    try {
      if (now - asked >= everyNanos) { // nobody else did so just now
        note(question.get(), now);
      }
      return true;
    } catch (DatabaseException e) {
      failed = now;
      return false;
    } finally {
      asking.unlock();
    }
  }

  @Override
  public final void close() {}
}
