package dev.plinth;

import dev.plinth.config.Freshness;
import dev.plinth.internal.transaction.Position;
import dev.plinth.internal.transaction.Transactions;
import org.jspecify.annotations.Nullable;

/// Work whose reads may come from replicas, but see what the same work has written.
///
/// A replica serves a read if it has everything up to the last write made with this object, and is
/// not behind further than the `replicaLag` setting; otherwise the primary does. Keep the object, or
/// its [#position()], as long as whoever reads must see his own writes: in a user's session, say.
/// Reads in a transaction that writes always come from the primary. Thread-safe.
public final class Reading {

  private final Transactions transactions;
  private final Position position;

  Reading(Transactions transactions, Freshness freshness) {
    this.transactions = transactions;
    this.position = new Position(freshness == Freshness.STALE_OK);
  }

  /// Lets its reads see everything up to a position that another one told, and gives itself.
  ///
  /// @throws dev.plinth.error.ValidationException if it is no such position
  public Reading after(String position) {
    this.position.tell(position);
    return this;
  }

  /// Does the work, and gives its result; what it throws passes through.
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    return transactions.reading(position, work);
  }

  /// As [#call], for work without a result.
  public <X extends Throwable> void run(Database.ActorWork<X> work) throws X {
    this.<@Nullable Object, X>call(() -> {
      work.run();
      return null;
    });
  }

  /// Up to where its reads see everything, as a text that can be carried to another process; empty
  /// before the first write, and on engines without replicas.
  public String position() {
    return position.text();
  }
}
