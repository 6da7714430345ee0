package dev.plinth.cli.tour;

import dev.plinth.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Leads through the tour: the order of its steps, and their figures.
///
/// What a step shows as code is code that runs here; a test compares the two. Belongs to one thread.
public final class Guide {

  private final Printer printer;
  private final Map<String, Object> steps = new LinkedHashMap<>();

  /// A guide who speaks through this printer.
  public Guide(Printer printer) {
    this.printer = printer;
  }

  /// Walks the whole tour and gives its figures, ready to be written as JSON.
  ///
  /// @param file where the database is made
  /// @param version the layer's version
  public Map<String, Object> walk(Path file, String version) throws IOException {
    final long start = System.nanoTime();
    printer.title("Plinth " + version + ": a guided tour in an embedded SQLite file");
    LoadSteps load;
    String engine;
    Step open =
        step(
            "open",
            "Open a database",
            """
            Database db = Database.open("sqlite:" + file)
            """);
    try (Database db = Database.open("sqlite:" + file)) {
      engine = db.engine();
      String durability = db.config().durability().name().toLowerCase(Locale.ROOT);
      open.says(file.toString())
          .says("durability '" + durability + "': what was committed survives a loss of power")
          .figure("durability", durability);
      load = new LoadSteps(this, db);
      load.walk();
      new ReadSteps(this, db).walk();
      new WriteSteps(this, db).walk();
    }
    long size = Files.size(file);
    goodbye(file, size, seconds(start));

    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("plinth", version);
    figures.put("engine", engine);
    figures.put("file", file.toString());
    figures.put("fileBytes", size);
    figures.put("data", Cities.SOURCE);
    figures.put("rows", load.rows());
    figures.put("rowsPerSecond", Math.round(load.rows() / load.seconds()));
    figures.put("seconds", load.seconds());
    figures.put("totalSeconds", seconds(start));
    figures.put("steps", steps);
    return figures;
  }

  /// Begins a step: a heading, the lines of Java that do it, and room for the result.
  Step step(String name, String heading, String code) {
    Step step = new Step(printer);
    steps.put(name, step.figures());
    printer.heading(steps.size(), heading);
    printer.code(code);
    return step;
  }

  Printer printer() {
    return printer;
  }

  /// Seconds since a moment of `System.nanoTime()`, to the millisecond.
  static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
  }

  private void goodbye(Path file, long size, double seconds) {
    printer.end("That was it, in %s s".formatted(Printer.number(seconds)));
    printer.line("The database is yours to look at (%d MB):".formatted(size >> 20));
    printer.line(file.toString());
    printer.line("The cities are from " + Cities.SOURCE + ".");
    printer.line("");
    printer.line("What to try next:");
    printer.table(
        List.of(
            List.of("./plinth tour --json", "the same as figures, for programs"),
            List.of("./plinth tour --folder DIR", "the same in a folder of yours"),
            List.of("examples/quickstart", "a whole program in 24 lines"),
            List.of("./mvnw verify", "build it all and run every test")));
  }
}
