package dev.plinth.internal.pipeline;

import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Context;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The steps of one record's calls, outermost first; it holds only those that the record needs.
///
/// Thread-safe.
public final class Pipeline {

  /// The steps that all records of a database share.
  ///
  /// @param observe counts and times
  /// @param guard refuses what cannot be
  /// @param distribute refuses what an engine that spreads rows could not do; null where none does
  /// @param cache answers from memory
  /// @param retry runs again what may succeed then
  /// @param transact makes writes atomic
  /// @param saveRows makes inserts and updates of rows to be saved
  /// @param audit records changes
  /// @param softDelete hides instead of removing
  /// @param stamp makes keys, versions and times
  /// @param validate checks values
  /// @param execute sends statements
  public record Steps(
      Observe observe,
      Guard guard,
      @Nullable Distribute distribute,
      Cache cache,
      Retry retry,
      Transact transact,
      SaveRows saveRows,
      Audit audit,
      SoftDelete softDelete,
      Stamp stamp,
      Validate validate,
      Execute execute) {

    /// The one place that knows the order: the steps of the shape's writes, or of its reads.
    List<Step> of(Shape<?> shape, boolean writes) {
      List<Step> steps = new ArrayList<>();
      steps.add(observe); // outermost: sees refusals and failures, each once
      steps.add(guard); // cheap refusals before anything is begun
      if (distribute != null) {
        steps.add(distribute); // before anything reads or rewrites what it completes
      }
      if (!writes && cache.concernsReads(shape)) {
        steps.add(cache); // a hit skips all below
      }
      steps.add(retry); // around the transaction, never inside one
      if (writes) {
        steps.add(transact); // around audit and change, so that they are one
        steps.add(saveRows); // before whatever looks at single changes
        if (cache.concernsWrites(shape)) {
          steps.add(cache); // inside the transaction, with whose commit it must deal
        }
        if (shape.audited()) {
          steps.add(audit); // outside soft delete, so that it says "delete"
        }
      }
      if (shape.with(Column.Role.DELETED_AT) != null) {
        steps.add(softDelete); // before the stamps, which soft deletes get as well
      }
      if (writes) {
        steps.add(stamp); // before the check, which wants to see a whole record
        if (validate.concerns(shape)) {
          steps.add(validate);
        }
      }
      steps.add(execute); // last
      return steps;
    }
  }

  private final Step.Next reads;
  private final Step.Next writes;
  private final Transactions transactions;

  /// The pipeline of a shape.
  public Pipeline(Steps steps, Shape<?> shape, Transactions transactions) {
    this.reads = chain(steps.of(shape, false));
    this.writes = chain(steps.of(shape, true));
    this.transactions = transactions;
  }

  private static Step.Next chain(List<Step> steps) {
    Step.Next next =
        call -> {
          throw new IllegalStateException("No step answered " + call.operation().verb() + ".");
        };
    for (Step step : steps.reversed()) {
      Step.Next rest = next;
      next = call -> step.apply(call, rest);
    }
    return next;
  }

  /// Runs an operation on one row or a read.
  public Outcome run(Operation operation) {
    return run(operation, null);
  }

  /// Runs an operation whose rows belong together.
  public Outcome run(Operation operation, @Nullable UUID group) {
    Scope scope = transactions.current();
    Context context =
        scope == null && group == null
            ? Context.PLAIN
            : new Context(scope == null ? null : scope.session(), group);
    Step.Next first = operation instanceof Operation.Write ? writes : reads;
    return first.apply(new Call(operation, context));
  }
}
