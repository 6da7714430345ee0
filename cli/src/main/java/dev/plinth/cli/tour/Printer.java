package dev.plinth.cli.tour;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// Writes the tour as text of at most 80 columns, or nothing at all.
///
/// Belongs to one thread.
public final class Printer {

  /// Nobody reads the text any more.
  public static final class Closed extends RuntimeException {
    Closed() {
      super("The output was closed.");
    }
  }

  private static final int WIDTH = 80;
  private static final String INDENT = "    ";
  private static final int LINES_OF_PROGRESS = 4;

  private final PrintWriter out;
  private final boolean terminal;
  private final boolean coloured;

  private Printer(PrintWriter out, boolean terminal, boolean coloured) {
    this.out = out;
    this.terminal = terminal;
    this.coloured = coloured;
  }

  /// A printer of text.
  ///
  /// @param terminal whether a line may be written over
  /// @param coloured whether colours may be used
  public static Printer to(PrintWriter out, boolean terminal, boolean coloured) {
    return new Printer(out, terminal, coloured);
  }

  /// A printer that prints nothing.
  public static Printer silent() {
    return new Printer(new PrintWriter(Writer.nullWriter()), false, false);
  }

  /// What the layer's name stands over.
  void title(String text) {
    print(styled("1", text));
  }

  /// The beginning of a step.
  void heading(int number, String text) {
    print("");
    print(styled("1;32", "%2d  %s".formatted(number, text)));
  }

  /// The last heading, which begins no step.
  void end(String text) {
    print("");
    print(styled("1;32", text));
  }

  /// Lines of Java that do what the step is about.
  void code(String lines) {
    lines.lines().forEach(line -> print(INDENT + styled("36", line)));
    print("");
  }

  /// A line of the result.
  void line(String text) {
    wrapped(text).forEach(line -> print((INDENT + line).stripTrailing()));
  }

  /// Rows of the result, in columns; numbers stand to the right.
  void table(List<? extends List<?>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<?> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = width(text(row.get(i)));
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(width, widths.get(i)));
        }
      }
    }
    for (List<?> row : rows) {
      StringBuilder line = new StringBuilder(INDENT);
      for (int i = 0; i < row.size(); i++) {
        String cell = text(row.get(i));
        String space = " ".repeat(widths.get(i) - width(cell));
        line.append(row.get(i) instanceof Number ? space + cell : cell + space).append("  ");
      }
      print(line.toString().stripTrailing());
    }
  }

  /// Shows how far a long step is: a bar on a terminal, a few lines elsewhere.
  Progress progress(long end) {
    return terminal ? bar(end) : lines(end);
  }

  /// How far a long step is.
  interface Progress extends AutoCloseable {
    /// So many more are done.
    void done(long more);

    @Override
    default void close() {}
  }

  private Progress bar(long end) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(INDENT + "loading")
            .setInitialMax(end)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(100)
            .setConsumer(
                new DelegatingProgressBarConsumer(
                    text -> {
                      out.print("\r" + text);
                      out.flush();
                    },
                    WIDTH - 1))
            .build();
    return new Progress() {
      @Override
      public void done(long more) {
        bar.stepBy(more);
        check();
      }

      @Override
      public void close() {
        bar.close();
        print("");
      }
    };
  }

  private Progress lines(long end) {
    return new Progress() {
      private long done;

      @Override
      public void done(long more) {
        long before = done * LINES_OF_PROGRESS / end;
        done += more;
        if (done * LINES_OF_PROGRESS / end > before) {
          line("%s of %s".formatted(number(done), number(end)));
        }
      }
    };
  }

  /// A number with commas between thousands, whatever the machine's language.
  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// A number of seconds, with two digits behind the point.
  static String number(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "–";
      case Long number -> number(number);
      case Integer number -> number(number);
      case Double number -> String.format(Locale.ROOT, "%.5f", number);
      default -> value.toString();
    };
  }

  // letters such as K̲ are two characters, the second of which takes no place of its own
  private static int width(String text) {
    return (int)
        text.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK).count();
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (width(rest) > WIDTH - INDENT.length()) {
      int space = rest.lastIndexOf(' ', WIDTH - INDENT.length());
      if (space <= 0) {
        break; // a long path stays whole, so that it can be copied
      }
      lines.add(rest.substring(0, space));
      rest = rest.substring(space + 1);
    }
    lines.add(rest);
    return lines;
  }

  private String styled(String style, String text) {
    return coloured && !text.isEmpty() ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
  }

  private void print(String line) {
    out.println(line);
    check();
  }

  private void check() {
    if (out.checkError()) {
      throw new Closed();
    }
  }
}
