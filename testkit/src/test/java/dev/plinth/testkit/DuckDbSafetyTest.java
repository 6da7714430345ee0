package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.testkit.samples.Label;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a DuckDB file is protected from: other processes, its own SQL, and two that write a row.
class DuckDbSafetyTest {

  @TempDir Path folder;

  private String url() {
    return "duckdb:" + folder.resolve("shop.duckdb");
  }

  /// A program that has a file open until its input ends.
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (Database db = Database.open(DatabaseConfig.of(args[0]))) {
        System.out.println("open " + db.engine());
        System.in.read();
      }
    }
  }

  @Test
  void aFileThatAnotherProcessHoldsIsRefusedNamingIt() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                url())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = holder.inputReader()) {
      assertThat(said.readLine()).isEqualTo("open duckdb");
      assertThatThrownBy(() -> Database.open(url()))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("held by another process")
          .hasMessageContaining(String.valueOf(holder.pid()));
    } finally {
      holder.destroyForcibly().waitFor();
    }
    try (Database db = Database.open(url())) {
      assertThat(db.ping()).as("the control: now nobody holds it").isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from read_csv('%s')",
        "select * from read_text('%s')",
        "select * from '%s'",
        "select * from glob('%s')",
        "copy (select 1) to '%s.out'",
        "with x as (copy (select 1) to '%s.out') select 1",
        "export database '%s.d'",
        "attach '%s.db'",
        "attach '%s.db' as other",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset lock_configuration",
        "set global memory_limit = '1GB'",
        "create secret s (type s3)",
        "select e'\\''; copy (select 1) to '%s.out' --'"
      })
  void sqlReachesNothingButTheDatabase(String sql) throws IOException {
    Path other = Files.writeString(folder.resolve("secret.csv"), "a,b\n1,canary\n");
    try (Database db = Database.open(url())) {
      String text = sql.formatted(other);
      assertThatThrownBy(() -> db.sql(text).rows().list())
          .isInstanceOf(DatabaseException.class)
          .hasMessageNotContaining("canary");
      assertThatThrownBy(() -> db.sql(text).execute()).isInstanceOf(DatabaseException.class);
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as("nothing was written")
          .allMatch(name -> name.equals("secret.csv") || name.startsWith("shop.duckdb"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create temp table label as select 'a' as name, 'b' as color, 1 as weight",
        "create or replace temporary view label as select 'a' as name, 'b' as color, 1 as weight",
        "create temp macro lower(a) as 'x'",
        "pragma timezone = 'America/New_York'",
        "pragma \"timezone\" = 'America/New_York'"
      })
  void nothingStaysWithTheConnection(String sql) {
    String zone = "select current_setting('timezone') || lower('A')";
    try (Database db = Database.open(url())) {
      db.schema().create(Label.class);
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("before", null, 1));
      db.sql(sql).execute();
      db.transaction(tx -> db.sql(sql).execute());
      labels.create(new Label("after", null, 1));
      assertThat(labels.count()).isEqualTo(2);
      db.transaction(tx -> assertThat(labels.count()).isEqualTo(2));
      assertThat(db.<String, RuntimeException>inTransaction(tx -> db.sql(zone).as(String.class).one()))
          .isEqualTo("UTCa");
      assertThat(db.poolHealth().active()).isZero();
    }
  }

  @Test
  void twoThatWriteOneRowBothDoIt() throws Exception {
    try (Database one = Database.open(url());
        Database two = Database.open(url())) { // one file, one instance, two lines of writers
      one.schema().create(Label.class);
      Repository<Label, String> first = one.repository(Label.class);
      Repository<Label, String> second = two.repository(Label.class);
      first.save(c -> c.set(Label::name, "hits").add(Label::weight, 1));
      assertThat(both(one, first, two, second, RetryPolicy.STANDARD.withAttempts(50))).isNull();
      assertThat(first.get("hits").weight()).isEqualTo(21);
      assertThat(two.metrics().retries()).isPositive();
      assertThat(both(one, first, two, second, RetryPolicy.NONE))
          .as("the control: once is not enough")
          .isInstanceOf(ConflictException.class);
      assertThat(first.get("hits").weight()).isEqualTo(31);
    }
  }

  /// Adds 10 by each; the second comes while the first is not done. What the second threw.
  private static Throwable both(
      Database one,
      Repository<Label, String> first,
      Database two,
      Repository<Label, String> second,
      RetryPolicy retries)
      throws InterruptedException {
    CountDownLatch changed = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              try {
                changed.await();
                two.transaction(
                    Transaction.Options.STANDARD.withRetries(retries),
                    tx -> {
                      attempts.incrementAndGet();
                      second.increment("hits", Label::weight, 10);
                    });
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    one.transaction(tx -> {
      first.increment("hits", Label::weight, 10);
      changed.countDown();
      await().until(() -> attempts.get() > 1 || thrown.get() != null);
    });
    other.join();
    return thrown.get();
  }
}
