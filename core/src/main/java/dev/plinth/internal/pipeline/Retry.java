package dev.plinth.internal.pipeline;

import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Call;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Step;

/// Runs a call again where that is safe and may help; in a transaction it is the whole that is run
/// again, by whoever began it.
public final class Retry implements Step {

  private final Transactions transactions;

  /// A step for calls outside these transactions.
  public Retry(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return transactions.current() != null
        ? next.apply(call)
        : transactions.repeated(call.operation() instanceof Operation.Read, () -> next.apply(call));
  }
}
