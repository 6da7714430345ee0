package dev.plinth.internal.transaction;

import dev.plinth.error.OutcomeUnknownException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who must know while one transaction's commit is on its way.
///
/// They are closed when its outcome is known, which may be later than its own commit says: several
/// writers may share one. Confined to the transaction's thread.
public final class CommitWindows {

  private @Nullable Set<CommitWindow> windows;
  private boolean open;

  /// Adds one, which may be there already.
  public void add(CommitWindow window) {
    if (windows == null) {
      windows = new LinkedHashSet<>();
    }
    windows.add(window);
  }

  /// Tells them that the commit is about to be sent.
  public void open() {
    if (windows != null) {
      open = true;
      windows.forEach(CommitWindow::open);
    }
  }

  /// Tells them that the answer is there, if they were told of the commit.
  ///
  /// @param known whether it tells what has happened
  public void close(boolean known) {
    if (open && windows != null) {
      open = false;
      windows.forEach(window -> window.close(known));
    }
  }

  /// Does what commits, and closes them when it is known how that ended.
  public <R extends @Nullable Object, X extends Throwable> R around(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    boolean known = true;
    try {
      return work.call();
    } catch (OutcomeUnknownException e) {
      known = false;
      throw e;
    } finally {
      close(known);
    }
  }
}
