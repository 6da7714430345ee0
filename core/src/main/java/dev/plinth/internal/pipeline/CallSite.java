package dev.plinth.internal.pipeline;

import java.util.Set;

/// Where in the caller's code a call comes from.
final class CallSite {

  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final String HOME = "dev.plinth.";

  /// The layer's own packages below [#HOME]; a test compares them with what there is.
  static final Set<String> OWN =
      Set.of(
          "audit",
          "change",
          "config",
          "entity",
          "error",
          "health",
          "internal",
          "migration",
          "query",
          "spi");

  private CallSite() {}

  /// `com.shop.Orders.list(Orders.java:42)`: the first frame that is neither of the layer nor of the
  /// JDK; empty if there is none.
  static String here() {
    return WALKER.walk(frames ->
        frames
            .filter(frame -> isCaller(frame.getClassName()))
            .findFirst()
            .map(frame ->
                "%s.%s(%s:%d)"
                    .formatted(
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber()))
            .orElse(""));
  }

  private static boolean isCaller(String type) {
    if (type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.")) {
      return false;
    }
    if (!type.startsWith(HOME)) {
      return true;
    }
    int end = type.indexOf('.', HOME.length()); // where there is none, the class is at home itself
    return end >= 0 && !OWN.contains(type.substring(HOME.length(), end));
  }
}
