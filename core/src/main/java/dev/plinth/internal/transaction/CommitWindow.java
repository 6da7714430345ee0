package dev.plinth.internal.transaction;

import dev.plinth.error.OutcomeUnknownException;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What must know while a commit is on its way: from before it is sent until its answer is there.
public interface CommitWindow {

  /// The commit is about to be sent.
  void open();

  /// The answer is there.
  ///
  /// @param known whether it tells what has happened
  void close(boolean known);

  /// Commits while these are open.
  static <R extends @Nullable Object> R during(
      Collection<? extends CommitWindow> windows, Supplier<R> commit) {
    boolean known = true;
    windows.forEach(CommitWindow::open);
    try {
      return commit.get();
    } catch (OutcomeUnknownException e) {
      known = false;
      throw e;
    } finally {
      for (CommitWindow window : windows) {
        window.close(known);
      }
    }
  }
}
