package dev.plinth;

import dev.plinth.internal.transaction.Scope;
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

  /// How a transaction runs.
  ///
  /// @param readOnly whether writes are refused; such a transaction never waits for writers
  public record Options(boolean readOnly) {
    /// It reads and writes.
    public static final Options STANDARD = new Options(false);

    /// It only reads, all of it from one moment's state.
    public static final Options READ_ONLY = new Options(true);
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
