package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Rate;
import java.io.BufferedReader;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// Measures how old what one process reads from memory is, while another writes.
///
/// @param reads how many reads there were
/// @param hits how many of them were answered from memory
/// @param writes how many writes the other process has committed
/// @param worst the longest that a value was read after the next one had been committed
record Staleness(int reads, long hits, long writes, Duration worst) {

  private record Read(long at, long amount) {}

  /// What happens meanwhile.
  @FunctionalInterface
  interface Meanwhile {
    void happens() throws Exception;
  }

  /// Reads a row on some threads, while another process counts it up, until something has happened.
  ///
  /// Every value that is read was committed.
  static Staleness measured(Database db, String writerUrl, Meanwhile meanwhile) throws Exception {
    Repository<Rate, Long> rates = db.repository(Rate.class);
    long id = rates.create(new Rate(0, 0)).id();
    long hits = db.cache().statistics().hits();
    Queue<Read> reads = new ConcurrentLinkedQueue<>();
    TreeMap<Long, Long> committed = new TreeMap<>(); // amounts by when they were
    Process child = CacheWriter.start(writerUrl, id);
    try (BufferedReader said = child.inputReader()) {
      note(said.readLine(), committed);
      Together.run(
          3,
          thread -> {
            if (thread == 0) {
              try {
                meanwhile.happens();
              } finally {
                child.getOutputStream().write('\n');
                child.getOutputStream().flush();
              }
              return;
            }
            while (child.isAlive()) {
              long at = CacheWriter.now();
              reads.add(new Read(at, rates.get(id).amount()));
              Thread.sleep(0, 200_000);
            }
          });
      said.lines().forEach(line -> note(line, committed));
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isZero();
    } finally {
      child.destroyForcibly().waitFor();
    }
    long worst = 0;
    for (Read read : reads) {
      assertThat(read.amount()).isBetween(0L, committed.lastEntry().getValue());
      Map.Entry<Long, Long> next = committed.higherEntry(at(committed, read.amount()));
      if (next != null) {
        worst = Math.max(worst, read.at() - next.getKey());
      }
    }
    return new Staleness(
        reads.size(),
        db.cache().statistics().hits() - hits,
        committed.size(),
        Duration.of(worst, java.time.temporal.ChronoUnit.MICROS));
  }

  private static void note(String line, TreeMap<Long, Long> committed) {
    String[] words = line.split(" ");
    committed.put(Long.valueOf(words[1]), Long.valueOf(words[0]));
  }

  // each amount is one more than that before
  private static long at(TreeMap<Long, Long> committed, long amount) {
    return amount == 0
        ? 0
        : committed.entrySet().stream()
            .filter(entry -> entry.getValue() == amount)
            .findFirst()
            .orElseThrow(() -> new AssertionError(amount + " was never committed"))
            .getKey();
  }
}
