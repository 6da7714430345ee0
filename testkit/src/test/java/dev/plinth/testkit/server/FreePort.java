package dev.plinth.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Loopback ports that nobody listens on.
///
/// They lie below the range that systems give to outgoing connections: a server that was killed
/// finds its port free again, and a client of a dead server cannot be connected to itself.
final class FreePort {

  private static final int FIRST = 20_000;
  private static final int BEHIND_LAST = 32_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /// A port that is free now, and that this JVM was not given before.
  static int next() {
    for (int i = 0; i < 1_000; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("No free port from " + FIRST + " to " + BEHIND_LAST + ".");
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return probe.isBound();
    } catch (IOException _) {
      return false;
    }
  }
}
