package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.testkit.samples.Label;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      assertThat(
              db.<String, RuntimeException>inTransaction(tx -> db.sql(zone).as(String.class).one()))
          .isEqualTo("UTCa");
      assertThat(db.poolHealth().active()).isZero();
    }
  }

  /// DuckDB fails whoever meets another's row: so all of the process take turns.
  @ParameterizedTest
  @ValueSource(strings = {"shop.duckdb", "link.duckdb"})
  void allWhoHaveTheFileOpenTakeTurns(String name) throws Exception {
    Files.createSymbolicLink(folder.resolve("link.duckdb"), folder.resolve("shop.duckdb"));
    Database.open(url()).close(); // who has gone leaves the line to the others
    try (Database one = Database.open(url());
        Database two = Database.open("duckdb:" + folder.resolve(name))) {
      one.schema().create(Label.class);
      one.repository(Label.class).create(new Label("hits", null, 0));
      Together.run(
          4,
          thread -> {
            Database db = thread % 2 == 0 ? one : two;
            Repository<Label, String> labels = db.repository(Label.class);
            for (int i = 0; i < 25; i++) {
              db.transaction(
                  Transaction.Options.STANDARD.withRetries(RetryPolicy.NONE),
                  tx -> labels.increment("hits", Label::weight, 1));
            }
          });
      assertThat(one.repository(Label.class).get("hits").weight()).isEqualTo(100);
    }
  }

  @Test
  void whoHasATurnDoesNotWaitForHimselfInAnotherDatabase() throws InterruptedException {
    try (Database one = Database.open(url());
        Database two = Database.open(DatabaseConfig.of(url()).with("poolTimeout", "0.1"))) {
      one.schema().create(Label.class);
      Repository<Label, String> second = two.repository(Label.class);
      one.<InterruptedException>transaction(tx -> {
        assertThatThrownBy(() -> second.create(new Label("a", null, 1)))
            .isInstanceOf(TransactionException.class)
            .hasMessageContaining("wait for itself");
        Together.run(
            1,
            thread ->
                assertThatThrownBy(() -> second.create(new Label("b", null, 1)))
                    .as("each has limits of its own")
                    .isInstanceOf(TimeoutException.class));
      });
      second.create(new Label("c", null, 1));
      assertThat(second.count()).isEqualTo(1);
    }
  }
}
