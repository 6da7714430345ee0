package dev.plinth.cli.tour;

import dev.plinth.Database;
import dev.plinth.Repository;
import java.util.List;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/// Makes the table and fills it.
final class LoadSteps {

  private static final int CHUNK = 5_000;

  private final Guide guide;
  private final Database db;
  private long rows;
  private double seconds;

  LoadSteps(Guide guide, Database db) {
    this.guide = guide;
    this.db = db;
  }

  void walk() {
    schema();
    load(db.repository(City.class));
  }

  long rows() {
    return rows;
  }

  double seconds() {
    return seconds;
  }

  private void schema() {
    Step step =
        guide.step(
            "schema",
            "Make the table and its indexes from a record",
            """
            db.schema().create(City.class);
            """);
    db.schema().create(City.class);
    List<String> statements = db.schema().sql(City.class);
    statements.forEach(sql -> step.says(brief(sql)));
    step.figure("statements", statements.size());
  }

  // a table in one line: its name, and how many columns stand between the parentheses
  private static String brief(String sql) {
    String plain = sql.replace("`", "").replace("if not exists ", "");
    List<String> lines = plain.lines().toList();
    return lines.size() == 1 ? plain : lines.getFirst() + "%d columns)".formatted(lines.size() - 2);
  }

  private void load(Repository<City, Long> cities) {
    Step step =
        guide.step(
            "load",
            "Load %s cities".formatted(Printer.number(Cities.COUNT)),
            """
            List<City> stored = cities.createAll(chunk);
            """);
    long start = System.nanoTime();
    try (Stream<City> read = Cities.read();
        Printer.Progress progress = guide.printer().progress(Cities.COUNT)) {
      read.gather(Gatherers.windowFixed(CHUNK))
          .forEach(chunk -> {
            List<City> stored = cities.createAll(chunk);
            rows += stored.size();
            progress.done(stored.size());
          });
    }
    seconds = Guide.seconds(start);
    long audited = db.audit().of(City.class).count();
    step.says(
            "%s rows in %s s: %s rows a second"
                .formatted(
                    Printer.number(rows),
                    Printer.number(seconds),
                    Printer.number(Math.round(rows / seconds))))
        .says("in chunks of %s, each all or none".formatted(Printer.number(CHUNK)))
        .says(
            "The audit was on: %s rows of the log were written with them"
                .formatted(Printer.number(audited)))
        .figure("rows", rows)
        .figure("chunk", CHUNK)
        .figure("audited", audited == rows)
        .figure("auditEntries", audited);
  }
}
