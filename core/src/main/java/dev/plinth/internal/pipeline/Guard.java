package dev.plinth.internal.pipeline;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Row;
import dev.plinth.spi.Call;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Refuses calls that cannot be answered, before anything is begun.
public final class Guard implements Step {

  private final BooleanSupplier open;
  private final Transactions transactions;
  private final @Nullable Consumer<@Nullable Scope> beforeWrite;

  /// A guard of a database.
  ///
  /// @param open whether the database is still open
  /// @param beforeWrite what must be done before anything is written, given the running
  ///     transaction; null for nothing
  public Guard(
      BooleanSupplier open,
      Transactions transactions,
      @Nullable Consumer<@Nullable Scope> beforeWrite) {
    this.open = open;
    this.transactions = transactions;
    this.beforeWrite = beforeWrite;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    check(call.operation() instanceof Operation.Write);
    Shape<?> shape = call.operation().shape();
    if (shape.type() == Row.class
        && shape.table().equals(AuditRows.TABLE)
        && call.operation() instanceof Operation.Write) {
      throw new UnsupportedException("The audit log is written by the layer alone.");
    }
    return next.apply(call);
  }

  /// Refuses work on a closed database, and writes in a read-only transaction.
  public void check(boolean writes) {
    if (!open.getAsBoolean()) {
      throw new ConnectionException("The database is closed.");
    }
    if (writes) {
      Scope scope = transactions.current();
      if (scope != null && scope.readOnly()) {
        throw new TransactionException("The transaction is read-only: it cannot write.");
      }
      if (beforeWrite != null) {
        beforeWrite.accept(scope);
      }
    }
  }
}
