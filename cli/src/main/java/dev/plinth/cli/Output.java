package dev.plinth.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Standard output in UTF-8, which remembers why it broke.
///
/// A `PrintWriter` tells that it failed, but not why; `plinth … | head` is no failure that anyone
/// wants to read about, a full disk is.
final class Output extends FilterOutputStream {

  private @Nullable IOException failure;

  Output(OutputStream out) {
    super(out);
  }

  static Output standard() {
    return new Output(new FileOutputStream(FileDescriptor.out));
  }

  /// Whether somebody is reading along, so that colours and a moving bar make sense.
  @SuppressWarnings("SystemConsoleNull") // true of 22 to 24; since 25 it is null again elsewhere
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /// Whether to use colours: on a terminal, unless `NO_COLOR` is set (see no-color.org).
  static boolean isColoured() {
    String refused = System.getenv("NO_COLOR");
    return isTerminal() && (refused == null || refused.isEmpty());
  }

  PrintWriter writer() {
    return new PrintWriter(this, true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /// What went wrong, in words worth reading; null if nothing did or the reader just left.
  @Nullable String complaint() {
    return failure == null || String.valueOf(failure.getMessage()).contains("Broken pipe")
        ? null
        : "standard output cannot be written: " + failure.getMessage();
  }

  boolean isBroken() {
    return failure != null;
  }
}
