package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process together with all that it started.
///
/// @param root the process that starts the others, such as a postmaster
record ProcessTree(ProcessHandle root) {

  /// Stops every process where it is; to the rest of the world it hangs.
  void stop() {
    stopped();
  }

  /// Lets every process go on.
  void resume() {
    signal("CONT", all().toList());
  }

  /// Kills every process; not one of them does anything any more.
  void kill() {
    // A root that is stopped first cannot start another one in between.
    Collection<ProcessHandle> all = stopped();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> await(one, Duration.ofSeconds(10)));
  }

  private Set<ProcessHandle> stopped() {
    Set<ProcessHandle> stopped = new LinkedHashSet<>();
    List<ProcessHandle> fresh = List.of(root);
    while (!fresh.isEmpty()) {
      signal("STOP", fresh);
      stopped.addAll(fresh);
      fresh = all().filter(one -> !stopped.contains(one)).toList();
    }
    return stopped;
  }

  /// The root, if it lives, and what it started.
  Stream<ProcessHandle> all() {
    return Stream.concat(Stream.of(root), root.descendants()).filter(ProcessHandle::isAlive);
  }

  /// Sends a signal; who is gone already does not matter.
  static void signal(String name, Collection<ProcessHandle> to) {
    if (to.isEmpty()) {
      return;
    }
    // The shell has it built in; small images have no program of that name.
    StringBuilder command = new StringBuilder("kill -" + name);
    to.forEach(one -> command.append(' ').append(one.pid()));
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", command.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!kill.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException(command + " does not end.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sending " + name + ".", e);
    }
  }

  /// Waits until a process is gone, and says whether it is.
  static boolean await(ProcessHandle process, Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    // Not onExit: of a process that is no child of ours it hears only now and then.
    while (isRunning(process)) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return !isRunning(process);
      }
    }
    return true;
  }

  /// Whether a process does anything, or could after [#resume()].
  static boolean isRunning(ProcessHandle process) {
    // What has ended keeps its number, but no program, until its parent asks: for orphans that is
    // the first process of the machine, and it may take seconds.
    return process.isAlive() && process.info().command().isPresent();
  }
}
