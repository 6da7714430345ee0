package dev.plinth.internal.pipeline;

import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Call;
import dev.plinth.spi.Context;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Step;

/// Makes every write all or nothing: in a transaction of its own, or on a savepoint of the caller's.
///
/// A write that is one statement without audit needs neither, so it gets neither.
public final class Transact implements Step {

  private final Transactions transactions;

  /// A step that begins its transactions there.
  public Transact(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    if (!(call.operation() instanceof Operation.Write write) || standsAlone(write)) {
      return next.apply(call);
    }
    return whole(call, next);
  }

  /// Lets the rest happen in a transaction, or a part of the running one.
  Outcome whole(Call call, Next next) {
    return transactions.once(
        Begin.WRITE,
        scope ->
            next.apply(
                new Call(call.operation(), new Context(scope.session(), call.context().group()))));
  }

  /// Whether what follows is not in a transaction, or a part of one, that is the write's own.
  // in a transaction of the caller's, a failure must not take what he did before
  boolean standsAlone(Operation.Write write) {
    return write.atomic()
        && !write.shape().audited()
        && (transactions.current() == null || !transactions.needsSavepoints());
  }
}
