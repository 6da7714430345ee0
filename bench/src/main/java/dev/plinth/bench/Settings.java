package dev.plinth.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the command line asks for.
///
/// @param workloads which workloads
/// @param memory whether the memory of a stream is measured
/// @param engine on what
/// @param quick whether a rough answer will do
/// @param mixed whether each JVM does everything else first
/// @param folder where the files lie; the project's own folder if empty
/// @param url the server; one is started if empty
record Settings(
    List<Workload> workloads,
    boolean memory,
    Engine engine,
    boolean quick,
    boolean mixed,
    Optional<Path> folder,
    Optional<String> url) {

  static final String USAGE =
      """
      bench/run [workload…] [--engine NAME] [--quick] [--mixed] [--folder DIR | --url URL]

      Measures Plinth against an expert's hand-written JDBC and prints, for each workload, the ratio
      of their times and the bytes that each allocates per operation.

        --engine NAME  the engine: %s
        --quick        few and short iterations: all workloads in less than four minutes
        --mixed        each JVM first runs every workload over several records
        --folder DIR   where the files lie; one in memory (/dev/shm) leaves out the disk's noise
        --url URL      a server, postgresql://user@host:port/database, on which the user may make
                       databases; without it one is started, in memory and without fsync

      ratio is that of the elapsed time to JDBC's, cpu that of the processor time.

      Workloads: %s;
      and, not by JMH, %s: the peak memory of a stream in a small heap; not on
        duckdb, which keeps what it reads.\
      """
          .formatted(
              engines(),
              String.join(", ", Workload.names()).replace(", page", ",\n  page"),
              StreamMemory.NAME);

  static Settings parse(List<String> arguments) {
    List<Workload> workloads = new ArrayList<>();
    boolean memory = false;
    Engine engine = Engine.SQLITE;
    boolean quick = false;
    boolean mixed = false;
    Optional<Path> folder = Optional.empty();
    Optional<String> url = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--quick" -> quick = true;
        case "--mixed" -> mixed = true;
        case "--engine", "--folder", "--url" -> {
          i++;
          if (i == arguments.size()) {
            throw new UsageException(argument + " needs a value.\n\n" + USAGE);
          }
          String value = arguments.get(i);
          switch (argument) {
            case "--engine" -> engine = engine(value);
            case "--folder" -> folder = Optional.of(Path.of(value).toAbsolutePath());
            default -> url = Optional.of(value);
          }
        }
        case StreamMemory.NAME -> memory = true;
        default -> {
          if (argument.startsWith("-")) {
            throw new UsageException("There is no option '" + argument + "'.\n\n" + USAGE);
          }
          workloads.add(Workload.of(argument));
        }
      }
    }
    if (engine.served() ? folder.isPresent() : url.isPresent()) {
      throw new UsageException(
          "%s is measured %s.\n\n%s"
              .formatted(
                  engine,
                  engine.served() ? "on a server: use --url" : "in files: use --folder",
                  USAGE));
    }
    if (memory && !engine.keepsNothing()) {
      throw new UsageException(
          "%s says nothing on %s, which keeps what it reads.".formatted(StreamMemory.NAME, engine));
    }
    for (Workload workload : workloads) {
      if (!workload.on(engine)) {
        throw new UsageException("%s is not measured on %s.".formatted(workload, engine));
      }
    }
    boolean all = workloads.isEmpty() && !memory;
    return new Settings(
        all ? everything(engine) : workloads,
        memory || (all && engine.keepsNothing()),
        engine,
        quick,
        mixed,
        folder,
        url);
  }

  private static List<Workload> everything(Engine engine) {
    return Arrays.stream(Workload.values()).filter(workload -> workload.on(engine)).toList();
  }

  private static Engine engine(String name) {
    return Arrays.stream(Engine.values())
        .filter(engine -> engine.toString().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new UsageException(
                "There is no engine '%s' to measure. There are: %s.".formatted(name, engines())));
  }

  private static String engines() {
    return Arrays.stream(Engine.values()).map(Engine::toString).collect(Collectors.joining(", "));
  }

  /// Whether everything is asked for that makes sense on the engine.
  boolean all() {
    return workloads.size() == Workload.values().length;
  }

  /// How many JVMs each contender gets, one after the other in turns.
  int rounds() {
    return quick ? 1 : 5;
  }

  int warmups(Workload workload) {
    return workload.timedOneByOne() ? (quick ? 2 : 5) : (quick ? 2 : 4);
  }

  int iterations(Workload workload) {
    return workload.timedOneByOne() ? (quick ? 3 : 7) : (quick ? 2 : 5);
  }

  /// The settings in words.
  String words() {
    return "%s, %s, %d JVM%s per contender in turns, each alone%s"
        .formatted(
            engine,
            quick ? "quick (a rough answer)" : "careful",
            rounds(),
            rounds() == 1 ? "" : "s",
            mixed ? " after running everything (mixed)" : "");
  }
}
