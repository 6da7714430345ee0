package dev.plinth.spi;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which statements a work sends, told while it runs; for tests and tools.
///
/// Thread-safe. Where nobody listens it costs one look at a field.
public final class Sent {

  private static final ScopedValue<Consumer<Statement>> LISTENER = ScopedValue.newInstance();
  private static volatile boolean used;

  private Sent() {}

  /// Does the work, and lets a listener hear of each statement that its thread sends to an engine.
  ///
  /// Heard of are also those that begin or end a transaction, where they are statements of their own;
  /// a batch is one statement. Nothing is said of values. Inside another listener's work both hear.
  public static <R extends @Nullable Object, X extends Throwable> R to(
      Consumer<Statement> listener, ScopedValue.CallableOp<? extends R, X> work) throws X {
    used = true;
    Consumer<Statement> all = LISTENER.isBound() ? LISTENER.get().andThen(listener) : listener;
    return ScopedValue.where(LISTENER, all).call(work);
  }

  /// Tells who listens; a session calls it with each statement that it is about to send.
  public static void tell(Statement statement) {
    if (used && LISTENER.isBound()) {
      LISTENER.get().accept(statement);
    }
  }
}
