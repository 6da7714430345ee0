package dev.plinth.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The table, line by line as it comes about, and the same figures as JSON.
final class Report {

  private static final String LINE = "%-15s %-10s %-9s %6s %6s %13s %13s%n";

  private final Settings settings;
  private final Site site;
  private final List<Map<String, Object>> workloads = new ArrayList<>();
  private final List<Map<String, Object>> memory = new ArrayList<>();

  Report(Settings settings, Site site) {
    this.settings = settings;
    this.site = site;
  }

  String head() {
    String table =
        LINE.formatted("workload", "engine", "contender", "ratio", "cpu", "us/op", "bytes/op");
    return settings.words()
        + site.words()
        + (settings.workloads().isEmpty() ? "" : "\n\n" + table.stripTrailing());
  }

  void add(Measurement measurement) {
    for (Contender.Kind kind : Contender.Kind.values()) {
      System.out.printf(
          Locale.ROOT,
          LINE,
          measurement.workload(),
          settings.engine(),
          kind,
          "%.2f".formatted(measurement.ratio(kind)),
          "%.2f".formatted(measurement.cpuRatio(kind)),
          "%,.1f".formatted(measurement.micros(kind)),
          "%,d".formatted(Math.round(measurement.bytes(kind))));
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("workload", measurement.workload().toString());
      figures.put("engine", settings.engine().toString());
      figures.put("contender", kind.toString());
      figures.put("ratio", measurement.ratio(kind));
      figures.put("cpuRatio", measurement.cpuRatio(kind));
      figures.put("microseconds", measurement.micros(kind));
      figures.put("bytes", measurement.bytes(kind));
      figures.put("rounds", measurement.of(kind));
      workloads.add(figures);
    }
  }

  void add(List<StreamMemory> measured) {
    System.out.printf("%n%s, heap of %s:%n", StreamMemory.NAME, StreamMemory.HEAP);
    for (StreamMemory one : measured) {
      System.out.printf(
          Locale.ROOT,
          "%,10d rows %-10s peak heap %4d MB, whole process %4d MB%n",
          one.rows(),
          one.order(),
          one.heapBytes() >> 20,
          one.processBytes() >> 20);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("engine", settings.engine().toString());
      figures.put("rows", one.rows());
      figures.put("order", one.order());
      figures.put("peakHeapBytes", one.heapBytes());
      figures.put("peakProcessBytes", one.processBytes());
      memory.add(figures);
    }
    System.out.println(
        StreamMemory.steady(measured)
            ? "No growth with the number of rows."
            : "It GROWS with the number of rows.");
  }

  /// Writes the figures, and says where.
  Path write(Path folder) throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
    document.put("at", now.toString());
    document.put("java", System.getProperty("java.vm.version"));
    document.put("processors", Runtime.getRuntime().availableProcessors());
    document.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    document.put("quick", settings.quick());
    document.put("mixed", settings.mixed());
    document.put("settings", settings.words() + site.words());
    document.put("workloads", workloads);
    document.put(StreamMemory.NAME, memory);
    String name = DateTimeFormatter.ofPattern("uuuu-MM-dd-HHmmss", Locale.ROOT).format(now);
    Path file = Files.createDirectories(folder).resolve(name + ".json");
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(file, json.writeValueAsString(document) + "\n");
    return file;
  }
}
