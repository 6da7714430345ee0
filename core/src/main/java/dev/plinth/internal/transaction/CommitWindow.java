package dev.plinth.internal.transaction;

/// What must know while a commit is on its way: from before it is sent until its answer is there.
public interface CommitWindow {

  /// The commit is about to be sent.
  void open();

  /// The answer is there.
  ///
  /// @param known whether it tells what has happened
  void close(boolean known);
}
