package dev.plinth;

import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A running transaction; repositories of its database join it by themselves.
///
/// It belongs to the thread that began it and ends with the work it was given to.
public final class Transaction {

  /// Work without a result.
  ///
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface Action<X extends Throwable> {
    /// Does the work.
    void in(Transaction transaction) throws X;
  }

  /// Work with a result.
  ///
  /// @param <R> the result
  /// @param <X> what it may throw
  @FunctionalInterface
  public interface Function<R extends @Nullable Object, X extends Throwable> {
    /// Does the work.
    R in(Transaction transaction) throws X;
  }

  /// How a transaction runs; it concerns the outermost one.
  ///
  /// @param readOnly whether writes are refused; such a transaction never waits for writers
  /// @param isolation what it sees of others; engines whose writers take turns give the strictest
  /// @param retries how often it is run when another was in the way, or the server away: so the work
  ///     may run several times, and what it does besides the database belongs into `afterCommit`
  /// @param timeLimit how long it may take, waiting and repetitions included; null for no limit
  /// @param idempotencyKey what makes its effect happen exactly once, even if a commit's answer was
  ///     lost, and even if it is asked for again later; null for nothing
  public record Options(
      boolean readOnly,
      Isolation isolation,
      RetryPolicy retries,
      @Nullable Duration timeLimit,
      @Nullable String idempotencyKey) {

    /// It reads and writes, and sees one moment's state.
    public static final Options STANDARD =
        new Options(false, Isolation.SNAPSHOT, RetryPolicy.STANDARD, null, null);

    /// It only reads, all of it from one moment's state.
    public static final Options READ_ONLY =
        new Options(true, Isolation.SNAPSHOT, RetryPolicy.STANDARD, null, null);

    /// The same with another isolation.
    public Options withIsolation(Isolation isolation) {
      return new Options(readOnly, isolation, retries, timeLimit, idempotencyKey);
    }

    /// The same with another retry policy.
    public Options withRetries(RetryPolicy retries) {
      return new Options(readOnly, isolation, retries, timeLimit, idempotencyKey);
    }

    /// The same with a time limit.
    public Options withTimeLimit(Duration timeLimit) {
      return new Options(readOnly, isolation, retries, timeLimit, idempotencyKey);
    }

    /// The same with an idempotency key of up to 255 characters.
    public Options withIdempotencyKey(String idempotencyKey) {
      return new Options(readOnly, isolation, retries, timeLimit, idempotencyKey);
    }

    Terms terms() {
      if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
        throw new ValidationException("A transaction's time limit is more than nothing.");
      }
      if (readOnly && idempotencyKey != null) {
        throw new ValidationException(
            "A transaction that only reads has no effect, and so no idempotency key.");
      }
      return new Terms(
          new Begin(readOnly, isolation, timeLimit == null ? null : Deadline.in(timeLimit)),
          retries,
          idempotencyKey);
    }
  }

  private final Scope scope;

  Transaction(Scope scope) {
    this.scope = scope;
  }

  /// Runs something after the outermost transaction is durable; not at all if this one is undone.
  ///
  /// Hooks run in order on this thread; what one throws is logged and changes nothing.
  public void afterCommit(Runnable hook) {
    scope.afterCommit(hook);
  }

  /// Lets this transaction, or part of one, end in a rollback instead of a commit, without an error.
  public void rollback() {
    scope.askRollback();
  }
}
