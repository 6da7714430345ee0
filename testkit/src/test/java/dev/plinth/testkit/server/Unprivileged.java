package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How a server that refuses to run as root is run by root.
///
/// In containers tests often run as root. PostgreSQL and PgBouncer then want to be somebody else.
enum Unprivileged {
  /// We are not root: nothing is needed.
  AS_WE_ARE,
  /// In a user namespace of its own root is nobody, and yet owns its files.
  ///
  /// The namespace for shared memory takes its segments along when its last process is killed;
  /// otherwise each killed server would leave one to the machine.
  NAMESPACE("unshare", "-U", "-i"),
  /// As the user nobody, whom the files are given to; for where namespaces are forbidden.
  NOBODY("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  private static final Unprivileged HERE = find();

  private final List<String> prefix;

  Unprivileged(String... prefix) {
    this.prefix = List.of(prefix);
  }

  /// The way of this machine.
  static Unprivileged here() {
    return HERE;
  }

  private static Unprivileged find() {
    if (NAMESPACE.works()) {
      return NAMESPACE; // also for those who need not
    }
    return isRoot() ? NOBODY : AS_WE_ARE;
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /// A command that runs another one unprivileged.
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /// Whether it can be done here.
  boolean works() {
    try {
      return run(command(List.of("true"))) == 0;
    } catch (UncheckedIOException _) {
      return false; // no such program
    }
  }

  /// Gives a folder and all that is in it to whom the server runs as.
  void give(Path folder) {
    if (this == NOBODY && run(List.of("chown", "-R", "65534:65534", folder.toString())) != 0) {
      throw new IllegalStateException("Cannot give " + folder + " to nobody.");
    }
  }

  private static int run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " does not end.");
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted.", e);
    }
  }
}
