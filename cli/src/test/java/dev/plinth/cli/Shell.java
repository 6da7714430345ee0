package dev.plinth.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/// A command line that was run in this process: what it printed, and how it ended.
record Shell(int code, String out, String err) {

  static Shell plinth(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Shell(code, out.toString(), err.toString());
  }
}
