package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Migrations;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.MigrationStatus.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Processes that migrate at the same time run each step once, and one that is killed leaves nothing
/// half done.
@Timeout(180)
class MigrationProcessTest {

  private static final int STEPS = 20;
  private static final int ROWS = 20; // of each step
  private static final int ROUNDS = 12;

  @TempDir Path folder;

  private Path migrations() throws IOException {
    Path files = Files.createDirectories(folder.resolve("migrations"));
    Files.writeString(files.resolve("V1__steps.sql"), "create table steps (step bigint);");
    for (int i = 2; i <= STEPS; i++) {
      StringBuilder sql = new StringBuilder("create table t%d (id bigint);\n".formatted(i));
      for (int row = 0; row < ROWS; row++) {
        sql.append("insert into t%d values (%d);\n".formatted(i, row));
      }
      sql.append("insert into steps values (%d);\n".formatted(i));
      Files.writeString(files.resolve("V%d__step.sql".formatted(i)), sql);
    }
    return files;
  }

  // each step as a whole or not at all, and none twice
  private static int whole(Database db, Path files) {
    List<String> tables = db.schema().tables();
    if (!tables.contains("steps")) {
      return 0;
    }
    List<Long> steps = db.sql("select step from steps order by step").as(Long.class).list();
    assertThat(steps).doesNotHaveDuplicates();
    for (int i = 2; i <= STEPS; i++) {
      assertThat(tables.contains("t" + i))
          .as("table of step %d", i)
          .isEqualTo(steps.contains((long) i));
      if (steps.contains((long) i)) {
        assertThat(db.sql("select count(*) from t" + i).as(Long.class).one()).isEqualTo(ROWS);
      }
    }
    Migrations migrations = db.migrations().from(files);
    long applied =
        migrations.status().stream().filter(status -> status.state() == State.APPLIED).count();
    assertThat(applied).as("what the history says").isEqualTo(steps.size() + 1);
    return steps.size();
  }

  private static void allAtOnce(String url, Path files) throws Exception {
    List<Process> children = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        children.add(Migrator.start(url, files));
      }
      List<BufferedReader> said = children.stream().map(Process::inputReader).toList();
      for (BufferedReader one : said) {
        assertThat(one.readLine()).isEqualTo("ready");
      }
      for (Process child : children) {
        go(child);
      }
      int applied = 0;
      for (int i = 0; i < children.size(); i++) {
        List<String> lines = said.get(i).lines().toList();
        assertThat(children.get(i).waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(children.get(i).exitValue()).as("exit").isZero();
        applied += Integer.parseInt(lines.getLast().split(" ")[1]);
      }
      assertThat(applied).isEqualTo(STEPS);
    } finally {
      for (Process child : children) {
        child.destroyForcibly().waitFor();
      }
    }
    try (Database db = Database.open(url)) {
      assertThat(whole(db, files)).isEqualTo(STEPS - 1);
    }
  }

  private static void go(Process process) throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  private static void killed(String url, Path files, TestReporter report) throws Exception {
    int rounds = 0;
    int before = 0;
    while (before < STEPS - 1 && rounds < ROUNDS) {
      rounds++;
      Process child = Migrator.start(url, files);
      try (BufferedReader said = child.inputReader()) {
        assertThat(said.readLine()).isEqualTo("ready");
        go(child);
        assertThat(said.readLine()).isEqualTo("migrating");
        Thread.sleep(ThreadLocalRandom.current().nextInt(150));
      } finally {
        child.destroyForcibly().waitFor();
      }
      try (Database db = Database.open(url)) {
        int now = whole(db, files);
        assertThat(now).isGreaterThanOrEqualTo(before);
        before = now;
      }
    }
    report.publishEntry("%d steps in %d rounds".formatted(before, rounds));
    try (Database db = Database.open(url)) {
      db.migrations().from(files).apply();
      assertThat(whole(db, files)).isEqualTo(STEPS - 1);
      assertThat(db.migrations().from(files).status())
          .extracting(MigrationStatus::state)
          .containsOnly(State.APPLIED);
    }
  }

  @Test
  void fourAtOnceOnSqlite() throws Exception {
    allAtOnce("sqlite:" + folder.resolve("shop.db"), migrations());
  }

  @Test
  void fourAtOnceOnDuckDb() throws Exception {
    allAtOnce("duckdb:" + folder.resolve("shop.duckdb"), migrations());
  }

  @Test
  void fourAtOnceOnPostgres() throws Exception {
    try (PostgresDatabase server = new PostgresDatabase()) {
      allAtOnce(server.url(), migrations());
    }
  }

  @Test
  void killedOnSqlite(TestReporter report) throws Exception {
    killed("sqlite:" + folder.resolve("shop.db"), migrations(), report);
  }

  @Test
  void killedOnDuckDb(TestReporter report) throws Exception {
    killed("duckdb:" + folder.resolve("shop.duckdb"), migrations(), report);
  }

  @Test
  void killedOnPostgres(TestReporter report) throws Exception {
    try (PostgresDatabase server = new PostgresDatabase()) {
      killed(server.url(), migrations(), report);
    }
  }
}
