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
  /// @param restrict shows an actor his rows
  /// @param distribute refuses what an engine that spreads rows could not do; null where none does
  /// @param cache answers from memory
  /// @param retry runs again what may succeed then
  /// @param transact makes writes atomic
  /// @param saveRows makes inserts and updates of rows to be saved
  /// @param relations keeps references, and what goes and comes along them; null for nothing
  /// @param audit records changes
  /// @param softDelete hides instead of removing
  /// @param stamp makes keys, versions and times
  /// @param validate checks values
  /// @param execute sends statements
  public record Steps(
      Observe observe,
      Guard guard,
      Restrict restrict,
      @Nullable Distribute distribute,
      Cache cache,
      Retry retry,
      Transact transact,
      SaveRows saveRows,
      @Nullable Relations relations,
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
      if (!writes && restrict.isNeeded()) {
        steps.add(restrict); // before the cache, which must not answer one with another's rows
      }
      if (!writes && cache.concernsReads(shape)) {
        steps.add(cache); // a hit skips all below
      }
      steps.add(retry); // around the transaction, never inside one
      if (writes) {
        steps.add(transact); // around audit and change, so that they are one
        steps.add(saveRows); // before whatever looks at single changes
        if (restrict.isNeeded()) {
          steps.add(restrict); // inside the transaction, for it looks again after the write
        }
        if (cache.concernsWrites(shape)) {
          steps.add(cache); // inside the transaction, with whose commit it must deal
        }
        Step relate = relations == null ? null : relations.step(shape, this);
        if (relate != null) {
          steps.add(relate); // inside the transaction; what it adds is audited as what it is
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

    /// The same for whoever sees to the relations himself.
    Steps withoutRelations() {
      return new Steps(
          observe,
          guard,
          restrict,
          distribute,
          cache,
          retry,
          transact,
          saveRows,
          null,
          audit,
          softDelete,
          stamp,
          validate,
          execute);
    }
  }

  /// The steps of reads and of writes.
  ///
  /// @param restricted whether they were made when there was a policy
  private record Chains(Step.Next reads, Step.Next writes, boolean restricted) {}

  private final Steps steps;
  private final Shape<?> shape;
  private final Transactions transactions;
  private volatile Chains chains;

  /// The pipeline of a shape.
  public Pipeline(Steps steps, Shape<?> shape, Transactions transactions) {
    this.steps = steps;
    this.shape = shape;
    this.transactions = transactions;
    this.chains = chains(false);
  }

  private Chains chains(boolean restricted) {
    return new Chains(chain(steps.of(shape, false)), chain(steps.of(shape, true)), restricted);
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
    Chains current = chains;
    if (!current.restricted() && steps.restrict().isNeeded()) { // policies may come at any time
      current = chains(true);
      chains = current;
    }
    Step.Next first = operation instanceof Operation.Write ? current.writes() : current.reads();
    return first.apply(new Call(operation, context));
  }
}
