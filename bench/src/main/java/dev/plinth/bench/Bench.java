package dev.plinth.bench;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs the contenders in turns, prints the table and writes the figures as JSON.
public final class Bench {

  private static final String HEAP = "-Xmx1g";

  private final Settings settings;
  private final Site site;
  private final String template;

  private Bench(Settings settings, Site site, String template) {
    this.settings = settings;
    this.site = site;
    this.template = template;
  }

  /// Measures what the command line asks for.
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    if (words.contains("--help") || words.contains("-h")) {
      System.out.println(Settings.USAGE);
      return;
    }
    try {
      if (!run(Settings.parse(words))) {
        System.exit(1);
      }
    } catch (UsageException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static boolean run(Settings settings) throws IOException {
    Path home = Path.of(System.getProperty("plinth.bench.home", "")).toAbsolutePath();
    Report report;
    boolean steady = true;
    try (Site site = Site.of(settings, home.resolve("target"));
        Place place = settings.engine().place(site.where())) {
      report = new Report(settings, site);
      System.out.println(report.head());
      if (!settings.workloads().isEmpty()) {
        Bench bench = new Bench(settings, site, Template.make(place, Workloads.ROWS));
        for (Workload workload : settings.workloads()) {
          report.add(bench.measure(workload));
        }
      }
      if (settings.memory()) {
        List<StreamMemory> memory = StreamMemory.measure(place);
        report.add(memory);
        steady = StreamMemory.steady(memory);
      } else if (settings.all()) {
        System.out.println("Without " + StreamMemory.NAME + ": the engine keeps what it reads.");
      }
    }
    System.out.println("\nWritten to " + report.write(home.resolve("results")));
    return steady;
  }

  private Measurement measure(Workload workload) {
    List<Measurement.Round> plinth = new ArrayList<>();
    List<Measurement.Round> jdbc = new ArrayList<>();
    for (int round = 0; round < settings.rounds(); round++) {
      List<Contender.Kind> turns = List.of(Contender.Kind.values());
      for (Contender.Kind kind : round % 2 == 0 ? turns : turns.reversed()) {
        progress("%s: %s, %d of %d".formatted(workload, kind, round + 1, settings.rounds()));
        (kind == Contender.Kind.PLINTH ? plinth : jdbc).add(turn(workload, kind));
      }
    }
    progress("");
    return new Measurement(workload, plinth, jdbc);
  }

  private Measurement.Round turn(Workload workload, Contender.Kind kind) {
    Options options =
        new OptionsBuilder()
            .include(workload.pattern())
            .param("contender", kind.toString())
            .param("engine", settings.engine().name())
            .param("mixed", String.valueOf(settings.mixed()))
            .param("template", template)
            .param("where", site.where())
            .mode(workload.mode())
            .warmupIterations(settings.warmups(workload))
            .measurementIterations(settings.iterations(workload))
            .warmupTime(TimeValue.seconds(1))
            .measurementTime(TimeValue.seconds(1))
            .forks(1)
            .jvmArgs("-Xms1g", HEAP, "--enable-native-access=ALL-UNNAMED")
            .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow")
            .addProfiler(GCProfiler.class)
            .addProfiler(CpuProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    try {
      RunResult result = new Runner(options).runSingle();
      return new Measurement.Round(
          micros(result),
          secondary(result, CpuProfiler.NAME),
          secondary(result, "gc.alloc.rate.norm"));
    } catch (RunnerException e) {
      throw new IllegalStateException(workload + " of " + kind + " failed", e);
    }
  }

  private static double secondary(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name), name).getScore();
  }

  private static double micros(RunResult result) {
    Result<?> figures = result.getPrimaryResult();
    return result.getParams().getMode() == Mode.AverageTime
        ? figures.getScore()
        : figures.getStatistics().getPercentile(50);
  }

  @SuppressWarnings("SystemConsoleNull") // two checks differ on whether it can be null
  private static void progress(String text) {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      System.err.print("\r\033[K" + text);
      System.err.flush();
    }
  }
}
