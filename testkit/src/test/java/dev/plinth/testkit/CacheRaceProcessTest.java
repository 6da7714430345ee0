package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Rate;
import dev.plinth.testkit.server.PostgresServer;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two processes read and write the same rows, each with a memory of its own, and roll writes back.
@Timeout(90)
class CacheRaceProcessTest {

  private static final int READS = 10_000;

  /// What the clocks of the processes, and the moments between looking at them, may differ by.
  private static final Duration CLOCKS = Duration.ofMillis(2);

  @TempDir Path folder;

  private record Said(long row, long amount, long at) {}

  private record Race(List<Said> writes, List<Said> reads, long hits) {

    /// The longest that an amount was read after the next one had been committed.
    ///
    /// Each amount of a row is one more than that before, whoever wrote it. One that nobody
    /// committed is found, and an amount that was read before anybody can have written it.
    Duration worst() {
      Map<List<Long>, Long> committed = new HashMap<>();
      for (Said write : writes) {
        assertThat(committed.put(List.of(write.row(), write.amount()), write.at())).isNull();
      }
      long worst = 0;
      for (Said read : reads) {
        if (read.amount() != 0) {
          assertThat(committed).as("%s was committed", read).containsKey(key(read, 0));
        }
        Long next = committed.get(key(read, 1));
        if (next != null) {
          worst = Math.max(worst, read.at() - next);
        }
      }
      return Duration.ofNanos(worst * 1_000);
    }

    private static List<Long> key(Said said, long more) {
      return List.of(said.row(), said.amount() + more);
    }

    @Override
    public String toString() {
      return "%d reads, %d of them from memory, %d writes, %d ms old at worst"
          .formatted(reads.size(), hits, writes.size(), worst().toMillis());
    }
  }

  @Test
  void tenThousandReadsOnSqlite(TestReporter report) throws Exception {
    String url = "sqlite:" + folder.resolve("shared.db");
    try (Database db = Database.open(url)) {
      fill(db);
    }
    Race race = race(url, () -> Thread.sleep(4_000));
    report.publishEntry(race.toString());
    check(race, Duration.ofMillis(10));
  }

  @Test
  void tenThousandReadsOnPostgresWhileListenersAreDropped(TestReporter report) throws Exception {
    try (PostgresDatabase server = new PostgresDatabase();
        Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port());
        Database db = Database.open(server.url())) {
      fill(db);
      Race race =
          race(
              server.url(proxy.port()),
              () -> {
                for (int i = 0; i < 5; i++) {
                  Thread.sleep(1_000);
                  server.value(
                      "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like 'listen%' or query = 'select 1'");
                }
              });
      report.publishEntry(race.toString());
      check(race, Duration.ofSeconds(2));
    }
  }

  @Test
  void whatIsOldOrWasNeverCommittedIsNoticed() {
    List<Said> writes = List.of(new Said(1, 1, 1_000), new Said(1, 2, 2_000));
    Race old = new Race(writes, List.of(new Said(1, 1, 9_000)), 0);
    assertThat(old.worst()).isEqualTo(Duration.ofMillis(7));
    Race never = new Race(writes, List.of(new Said(1, -1, 1_500)), 0);
    assertThatThrownBy(never::worst).isInstanceOf(AssertionError.class);
  }

  private static void fill(Database db) {
    db.schema().create(Rate.class);
    Repository<Rate, Long> rates = db.repository(Rate.class);
    for (int row = 0; row < CacheRacer.ROWS; row++) {
      rates.create(new Rate(0, 0));
    }
  }

  private static void check(Race race, Duration bound) {
    assertThat(race.reads()).hasSizeGreaterThan(READS);
    assertThat(race.writes()).hasSizeGreaterThan(100);
    assertThat(race.hits()).as("it was of use").isGreaterThan(race.reads().size() / 4);
    assertThat(race.worst()).isLessThan(bound.plus(CLOCKS));
  }

  private static Race race(String url, Staleness.Meanwhile meanwhile) throws Exception {
    Process first = CacheRacer.start(url);
    Process second = CacheRacer.start(url);
    try (BufferedReader one = first.inputReader();
        BufferedReader other = second.inputReader()) {
      assertThat(List.of(one.readLine(), other.readLine())).containsOnly("ready");
      go(first);
      go(second);
      meanwhile.happens();
      go(first);
      go(second);
      Race race = new Race(new ArrayList<>(), new ArrayList<>(), 0);
      race = heard(race, one);
      race = heard(race, other);
      assertThat(first.waitFor(30, TimeUnit.SECONDS) && second.waitFor(30, TimeUnit.SECONDS))
          .isTrue();
      assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(0);
      return race;
    } finally {
      first.destroyForcibly().waitFor();
      second.destroyForcibly().waitFor();
    }
  }

  private static void go(Process process) throws Exception {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  private static Race heard(Race race, BufferedReader from) {
    long hits = race.hits();
    for (String line : from.lines().toList()) {
      String[] words = line.split(" ");
      if (words[0].equals("h")) {
        hits += Long.parseLong(words[1]);
      } else {
        Said said =
            new Said(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
        (words[0].equals("w") ? race.writes() : race.reads()).add(said);
      }
    }
    return new Race(race.writes(), race.reads(), hits);
  }
}
