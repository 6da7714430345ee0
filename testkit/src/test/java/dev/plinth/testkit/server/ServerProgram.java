package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// A program that starts a server and ends in one way or the other, to be a JVM beside a test.
final class ServerProgram {

  /// How the program ends once a line comes in; the name is its first argument.
  enum End {
    /// As any program, after what it has registered to be done.
    NORMAL,
    /// At once, as if it were killed.
    HALT
  }

  private ServerProgram() {}

  /// Starts the program on this Java and class path.
  static Process start(End end) {
    try {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1", // it lives for a moment only
              "-XX:+UseSerialGC",
              "-Djava.io.tmpdir="
                  + System.getProperty("java.io.tmpdir"), // where orphans are sought
              "-cp",
              System.getProperty("java.class.path"),
              ServerProgram.class.getName(),
              end.name())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void main(String[] arguments) throws IOException {
    PostgresServer server = PostgresServer.shared();
    System.out.println(server.node().tree().root().pid());
    System.out.println(server.node().data());
    System.in.read();
    if (End.valueOf(arguments[0]) == End.HALT) {
      Runtime.getRuntime().halt(1);
    }
  }
}
