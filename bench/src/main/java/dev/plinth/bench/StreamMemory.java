package dev.plinth.bench;

import static dev.plinth.query.Order.ascending;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.query.Query;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The most memory that a whole process takes which streams a table, in a small heap.
///
/// @param rows how many rows it streamed
/// @param order in which order
/// @param heapBytes the largest heap that was in use, garbage included
/// @param processBytes the largest resident set, 0 where the system does not tell
record StreamMemory(int rows, String order, long heapBytes, long processBytes) {

  static final String NAME = "streamMemory";
  static final String HEAP = "64 MB";

  private static final int CITIES = 171_075;
  private static final String BY_KEY = "by key";
  private static final String STANDARD = "as given";
  // what a garbage collector and an allocator may differ by from run to run
  private static final long TOLERANCE = 12L << 20;

  /// Streams a small and a large table, each in a JVM of its own.
  static List<StreamMemory> measure(Place place) throws IOException {
    List<StreamMemory> measured = new ArrayList<>();
    String small = Template.make(place, CITIES);
    String large = Template.make(place, 0);
    try (Database db = Database.open(large)) {
      Repository<User, Object> users = db.repository(User.class);
      for (int from = 0; from < 10 * CITIES; from += CITIES) {
        users.createAll(Sample.stored(from, from + CITIES));
      }
    }
    place.settle(large);
    for (String order : List.of(BY_KEY, STANDARD)) {
      measured.add(inChild(small, CITIES, order));
      measured.add(inChild(large, 10 * CITIES, order));
    }
    return measured;
  }

  /// Whether no stream of many rows took more than that of few in the same order.
  static boolean steady(List<StreamMemory> measured) {
    for (StreamMemory few : measured) {
      for (StreamMemory many : measured) {
        if (few.order.equals(many.order)
            && many.rows > few.rows
            && many.processBytes > few.processBytes + TOLERANCE) {
          return false;
        }
      }
    }
    return true;
  }

  private static StreamMemory inChild(String url, int rows, String order) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xms64m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch", // so that the heap counts in full, whatever happens in it
                "-cp",
                System.getProperty("java.class.path"),
                StreamMemory.class.getName(),
                url,
                order)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] output = child.getInputStream().readAllBytes();
    String[] said = new String(output, StandardCharsets.UTF_8).strip().split(" ");
    if (said.length != 3 || Integer.parseInt(said[0]) != rows) {
      throw new IllegalStateException("Streaming " + rows + " rows failed.");
    }
    return new StreamMemory(rows, order, Long.parseLong(said[1]), Long.parseLong(said[2]));
  }

  /// The child: streams everything and says how much memory that took.
  public static void main(String[] arguments) {
    AtomicLong rows = new AtomicLong();
    try (Database db = Database.open(arguments[0])) {
      Repository<User, Object> users = db.repository(User.class);
      Query<User> query = users.query();
      if (arguments[1].equals(BY_KEY)) {
        query = query.orderBy(ascending(User::id));
      }
      try (Stream<User> all = query.stream()) {
        all.forEach(row -> rows.incrementAndGet());
      }
    }
    System.out.println(rows + " " + peakHeap() + " " + peakProcess());
  }

  private static long peakHeap() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    return peak;
  }

  private static long peakProcess() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
