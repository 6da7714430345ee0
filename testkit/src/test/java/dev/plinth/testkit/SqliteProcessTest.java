package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An SQLite file that several processes write to, and that a process is killed on.
class SqliteProcessTest {

  private static final int WRITES = 510;
  private static final int ROUNDS = 50;

  @TempDir Path folder;

  private Database open() {
    Database db = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("shared.db")));
    db.schema().create(Note.class, Account.class, Label.class);
    db.<Label, String>repository(Label.class)
        .save(c -> c.set(Label::name, "shared").add(Label::weight, 0));
    return db;
  }

  private static String line(BufferedReader from, String start) throws IOException {
    String line = from.readLine();
    assertThat(line).as("what the other process says").startsWith(start);
    return line.substring(start.length()).strip();
  }

  @Test
  void twoProcessesWriteWithoutErrorAndLoseNothing(TestReporter report) throws Exception {
    try (Database db = open()) {
      Process child = SqliteWriter.start(SqliteWriter.Mode.UNTIL_TOLD, file(), 0);
      try (BufferedReader said = child.inputReader()) {
        line(said, "writing");
        AtomicLong worst = new AtomicLong();
        Together.run(
            3,
            thread -> {
              for (int i = 0; i < WRITES / 3; i++) {
                long start = System.nanoTime();
                SqliteWriter.write(db, "parent " + thread, i);
                worst.accumulateAndGet(System.nanoTime() - start, Math::max);
              }
            });
        assertThat(child.isAlive()).as("it wrote all the time").isTrue();
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
        long written = Long.parseLong(line(said, "written"));
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
        report.publishEntry(
            "%d writes here beside %d of another process; the longest took %d ms"
                .formatted(WRITES, written, TimeUnit.NANOSECONDS.toMillis(worst.get())));

        assertThat(written).isPositive();
        var notes = db.<Note, Long>repository(Note.class);
        assertThat(notes.where(field(Note::text).startsWith("child ")).count()).isEqualTo(written);
        assertThat(notes.where(field(Note::text).startsWith("parent ")).count()).isEqualTo(WRITES);
        assertThat(db.repository(Account.class).count()).isEqualTo(written + WRITES);
        assertThat(db.<Label, String>repository(Label.class).get("shared").weight())
            .isEqualTo(written + WRITES);
        assertThat(db.audit().of(Account.class).count()).isEqualTo(written + WRITES);
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES) // half a minute, but for a machine that is busy
  void whatAKilledProcessHadAcknowledgedIsThere(TestReporter report) throws Exception {
    open().close();
    Set<Long> acknowledged = new TreeSet<>();
    long start = System.nanoTime();
    Process next = SqliteWriter.start(SqliteWriter.Mode.LEDGER, file(), 0);
    for (int round = 1; round <= ROUNDS; round++) {
      Process child = next; // while it writes, the one after it gets ready
      next = SqliteWriter.start(SqliteWriter.Mode.LEDGER, file(), 100_000L * round);
      acknowledged.addAll(killed(child, round));
      try (Database db = open()) {
        assertStored(db, acknowledged);
        SqliteWriter.write(db, "parent", round);
      }
    }
    next.destroyForcibly().waitFor();
    assertThat(acknowledged).hasSizeGreaterThan(ROUNDS * 5);
    report.publishEntry(
        "%d acknowledged writes in %d rounds, %d s"
            .formatted(acknowledged.size(), ROUNDS, (System.nanoTime() - start) / 1_000_000_000));
  }

  /// The control of the test above: the same crowd, which acknowledges before the shared commit.
  @Test
  void aCrowdThatAcknowledgesTooEarlyIsNoticed() throws Exception {
    open().close();
    boolean noticed = false;
    for (int round = 0; round < 10 && !noticed; round++) {
      Set<Long> acknowledged =
          killed(SqliteWriter.start(SqliteWriter.Mode.EAGER, file(), 100_000L * round), round);
      try (Database db = open()) {
        assertStored(db, acknowledged);
      } catch (AssertionError e) {
        noticed = true;
      }
    }
    assertThat(noticed).isTrue();
  }

  /// Lets a crowd write, kills it at another place each time, and says what it had acknowledged.
  private static Set<Long> killed(Process child, int round) throws Exception {
    Set<Long> acknowledged = new TreeSet<>();
    try (BufferedReader said = child.inputReader()) {
      child.getOutputStream().write('\n');
      child.getOutputStream().flush();
      int enough = 5 + round * 7 % 200;
      for (int i = 0; i < enough; i++) {
        acknowledged.add(Long.parseLong(line(said, "stored")));
      }
      child.toHandle().destroyForcibly(); // not the process itself: that closes what it said
      for (String late = said.readLine(); late != null; late = said.readLine()) {
        if (late.matches("stored \\d+")) { // the last line may be torn
          acknowledged.add(Long.parseLong(late.substring("stored ".length())));
        }
      }
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).as("it was killed").isNotZero();
    } finally {
      child.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  @Test
  void aLedgerThatLiesIsNoticed() throws Exception {
    // A control as well: what was acknowledged too early is missed.
    open().close();
    Process child = SqliteWriter.start(SqliteWriter.Mode.LYING, file(), 77);
    try (BufferedReader said = child.inputReader()) {
      assertThat(line(said, "stored")).isEqualTo("77");
    } finally {
      child.destroyForcibly().waitFor();
    }
    try (Database db = open()) {
      assertThatThrownBy(() -> assertStored(db, Set.of(77L))).isInstanceOf(AssertionError.class);
      SqliteWriter.write(db, "parent", 1); // its lock died with it
    }
  }

  private Path file() {
    return folder.resolve("shared.db");
  }

  private static void assertStored(Database db, Set<Long> acknowledged) {
    Set<Long> stored =
        db
            .<Note, Long>repository(Note.class)
            .where(field(Note::text).startsWith("child "))
            .list()
            .stream()
            .map(note -> Long.valueOf(note.text().substring("child ".length())))
            .collect(Collectors.toSet());
    assertThat(stored).containsAll(acknowledged);
    long all = db.repository(Note.class).count();
    assertThat(db.repository(Account.class).count()).as("no half transaction").isEqualTo(all);
    assertThat(db.audit().of(Account.class).count()).isEqualTo(all);
    assertThat(db.<Label, String>repository(Label.class).get("shared").weight()).isEqualTo(all);
    assertThat(db.sql("pragma integrity_check").as(String.class).list()).containsExactly("ok");
    assertThat(db.sql("pragma foreign_key_check").rows().list()).isEmpty();
  }
}
