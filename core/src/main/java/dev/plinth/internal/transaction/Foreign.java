package dev.plinth.internal.transaction;

import dev.plinth.error.DatabaseException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Carries a failure of another database through the transaction in whose work it came up.
///
/// The other one has repeated what could be repeated; to run this one again would only multiply that.
final class Foreign extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// What the work that is running here got from a database that has given up.
  private static final ScopedValue<AtomicReference<@Nullable DatabaseException>> GIVEN_UP =
      ScopedValue.newInstance();

  private final DatabaseException failure;

  private Foreign(DatabaseException failure) {
    super(null, failure, true, false);
    this.failure = failure;
  }

  /// The failure itself.
  DatabaseException failure() {
    return failure;
  }

  /// Notes that a database gives up, for a transaction of another one around it.
  static void giveUp(DatabaseException failure) {
    if (GIVEN_UP.isBound()) {
      GIVEN_UP.get().set(failure);
    }
  }

  /// Work whose failures are told apart.
  static <R extends @Nullable Object, X extends Throwable> Transactions.Work<R, X> aware(
      Transactions.Work<? extends R, X> work) {
    return scope -> {
      AtomicReference<@Nullable DatabaseException> givenUp = new AtomicReference<>();
      try {
        return ScopedValue.where(GIVEN_UP, givenUp).<R, X>call(() -> work.in(scope));
      } catch (DatabaseException e) {
        throw e == givenUp.get() ? new Foreign(e) : e;
      }
    };
  }
}
