package dev.plinth.internal.engine;

/// Work that an interrupt must not break off, such as a commit, whose answer would be lost.
public final class Undisturbed {

  private Undisturbed() {}

  /// Does the work; a thread that was interrupted before is so again afterwards.
  public static void run(Runnable work) {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
