package dev.plinth.internal.pipeline;

import dev.plinth.internal.transaction.Transactions;
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
    if (!(call.operation() instanceof Operation.Write write)
        || (write.atomic() && !write.shape().audited())) {
      return next.apply(call);
    }
    return transactions.run(
        false,
        scope ->
            next.apply(
                new Call(call.operation(), new Context(scope.session(), call.context().group()))));
  }
}
