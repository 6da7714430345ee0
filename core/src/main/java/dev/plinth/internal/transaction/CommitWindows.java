package dev.plinth.internal.transaction;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who must know while one transaction's commit is on its way.
///
/// They are closed when its outcome is known, which may be later than its own commit says: several
/// writers may share one. Confined to the transaction's thread.
final class CommitWindows {

  private @Nullable Set<CommitWindow> windows;
  private boolean open;

  void add(CommitWindow window) {
    if (windows == null) {
      windows = new LinkedHashSet<>();
    }
    windows.add(window);
  }

  /// Tells them that the commit is about to be sent.
  void open() {
    if (windows != null) {
      open = true;
      windows.forEach(CommitWindow::open);
    }
  }

  /// Tells them that the answer is there, if they were told of the commit.
  ///
  /// @param known whether it tells what has happened
  void close(boolean known) {
    if (open && windows != null) {
      open = false;
      windows.forEach(window -> window.close(known));
    }
  }
}
