package dev.plinth.internal.engine;

import java.time.Duration;
import java.util.List;

/// Looks at gates from time to time and reports what was never given back.
public final class Watch implements AutoCloseable {

  private final Thread thread;

  /// Watches gates until it is closed.
  ///
  /// @param threshold how long a connection may be out without being reported
  public Watch(Duration threshold, List<Gate> gates) {
    Duration pause = threshold.dividedBy(4);
    this.thread =
        Thread.ofVirtual()
            .name("plinth-watch")
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(pause);
                  gates.forEach(gate -> gate.report(threshold));
                }
              } catch (InterruptedException e) {
                // the engine was closed
              }
            });
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
