package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Migrations;
import dev.plinth.error.MigrationException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.MigrationStatus.State;
import dev.plinth.testkit.server.PgBouncer;
import dev.plinth.testkit.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Migrations of what PostgreSQL does outside transactions, beside others who hold locks, and through
/// poolers.
@Timeout(120)
class PostgresMigrationTest {

  @TempDir Path folder;

  private final PostgresDatabase server = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    server.close();
  }

  private Path indexed() throws IOException {
    Files.writeString(
        folder.resolve("V1__people.sql"),
        "create table people (id bigint, name text);\ninsert into people select i, i::text from generate_series(1, 10) i;");
    Files.writeString(
        folder.resolve("V2__index.sql"),
        """
        -- migrate:up transaction:false
        create unique index concurrently people_name on people (name);
        """);
    return folder;
  }

  @Test
  void manyWhoMakeAnIndexConcurrentlyMakeItOnce() throws Exception {
    Path files = indexed();
    try (Database db = server.open(8, 0)) {
      Together.run(6, thread -> db.migrations().from(files).apply());
      assertThat(db.migrations().from(files).status())
          .extracting(MigrationStatus::state)
          .containsOnly(State.APPLIED);
    }
    assertThat(
            server.value(
                "select indisvalid from pg_index where indexrelid = 'people_name'::regclass"))
        .isEqualTo("t");
  }

  @Test
  void anIndexThatIsNotValidIsMadeAgain() throws Exception {
    Path files = indexed();
    try (Database db = server.open(2, 0)) {
      db.migrations().from(files).apply("1");
      db.sql("insert into people values (11, '1')").execute();
      Migrations migrations = db.migrations().from(files);
      assertThatThrownBy(migrations::apply)
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("line 2");
      assertThat(
              server.value(
                  "select indisvalid from pg_index where indexrelid = 'people_name'::regclass"))
          .isEqualTo("f");
      assertThat(migrations.status()).extracting(MigrationStatus::state).contains(State.BROKEN_OFF);
      db.sql("delete from people where id = 11").execute();
      assertThat(migrations.apply()).hasSize(1);
      assertThat(
              server.value(
                  "select indisvalid from pg_index where indexrelid = 'people_name'::regclass"))
          .isEqualTo("t");
    }
  }

  @Test
  void aLockThatOthersHoldIsWaitedForInShortTurns() throws Exception {
    Files.writeString(folder.resolve("V1__people.sql"), "create table people (id bigint);");
    Files.writeString(folder.resolve("V2__age.sql"), "alter table people add column age int;");
    try (Database db = server.open(4, 0)) {
      db.migrations().from(folder).apply("1");
      CountDownLatch end = new CountDownLatch(1);
      Thread reader =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(tx -> {
                    db.sql("select count(*) from people").as(Long.class).one();
                    PostgresDatabase.holdUntil(end);
                  }));
      Thread migrator = Thread.ofPlatform().start(() -> db.migrations().from(folder).apply());
      server.untilRuns("alter table people");
      long start = System.nanoTime();
      db.sql("insert into people (id) values (1)").execute(); // which stands behind the migration
      assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(4_000);
      end.countDown();
      reader.join();
      migrator.join();
      assertThat(db.sql("select count(*) from people where age is null").as(Long.class).one())
          .isEqualTo(1);
      assertThat(db.migrations().from(folder).pending()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?pgbouncer=true", "?prepareThreshold=0"})
  void aPoolerInTransactionModeIsRefused(String how) throws Exception {
    Assumptions.assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    Path files = indexed();
    try (PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 3).orElseThrow();
        Database db = Database.open(bouncer.url(server.name()) + how)) {
      assertThatThrownBy(() -> db.migrations().from(files).apply())
          .isInstanceOf(UnsupportedException.class)
          .hasMessageContaining("pooler")
          .hasMessageContaining("the server itself")
          .hasMessageContaining("5432");
      assertThat(db.schema().tables()).isEmpty();
    }
    try (Database direct = Database.open(server.url())) {
      assertThat(direct.migrations().from(files).apply()).hasSize(2);
    }
  }
}
