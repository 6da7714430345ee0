package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.ConnectionException;
import dev.plinth.health.Health;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file stands in for a server that is away at the start, and only then, and nothing is mixed up.
@Timeout(90)
final class PostgresFallbackTest {

  @TempDir private Path folder;
  private final PostgresDatabase own = new PostgresDatabase();
  private final Ticking clock = new Ticking();
  private Proxy proxy;
  private Path file;

  @BeforeEach
  void prepare() {
    proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port());
    file = folder.resolve("instead.db");
  }

  @AfterEach
  void giveBack() {
    proxy.close();
    own.close();
  }

  private DatabaseConfig config() {
    return DatabaseConfig.of(own.url(proxy.port()) + "?connectTimeout=1").withClock(clock);
  }

  private DatabaseConfig withFallback() {
    return config().with("fallback", "sqlite:" + file);
  }

  private void goAway() {
    proxy.refuse();
    proxy.cutAll();
  }

  /// Opens the fallback, does something with it, and closes it.
  private void meanwhile(Consumer<Database> work) {
    goAway();
    try (Database db = Database.open(withFallback())) {
      assertThat(db.engine()).isEqualTo("sqlite");
      work.accept(db);
    }
    proxy.accept();
  }

  @Test
  void withoutAFallbackAServerThatIsAwayIsAnErrorAtOnce() {
    goAway();
    long start = System.nanoTime();
    assertThatThrownBy(() -> Database.open(config()))
        .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.passing()).isTrue())
        .hasMessageContaining(String.valueOf(proxy.port()));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    proxy.accept();
    Database.open(config()).close(); // the control: it is there again
  }

  @Test
  void whatIsWrittenMeanwhileGoesToTheFile() throws Exception {
    goAway();
    Instant since = clock.instant();
    try (Database db = Database.open(withFallback())) {
      assertThat(db.engine()).isEqualTo("sqlite");
      assertThat(db.file()).hasValueSatisfying(f -> assertThat(f).endsWith("instead.db"));
      Health health = db.health();
      assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
      assertThat(health.engine()).isEqualTo("sqlite");
      assertThat(health.checks())
          .anySatisfy(check -> {
            assertThat(check.name()).isEqualTo("fallback");
            assertThat(check.status()).isEqualTo(Health.Status.DEGRADED);
            assertThat(check.detail())
                .contains("sqlite", "instead.db", "127.0.0.1:" + proxy.port(), own.name())
                .contains(since.toString())
                .doesNotContain("took writes");
          });
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("meanwhile"));
      assertThat(notes.count()).isEqualTo(1);
      assertThat(db.health().checks())
          .anySatisfy(check -> assertThat(check.detail()).contains("took writes"));
      proxy.accept();
      notes.create(Note.of("still here"));
      assertThat(db.engine()).as("it does not go over by itself").isEqualTo("sqlite");
      assertThat(db.health().status()).isEqualTo(Health.Status.DEGRADED);
    }
    try (Connection server = Jdbc.open(own.url())) {
      assertThat(Jdbc.column(server, "select relname from pg_class where relname = 'note'"))
          .as("nothing of it is there")
          .isEmpty();
    }
    try (Database db = Database.open("sqlite:" + file)) {
      assertThat(db.repository(Note.class).query().list())
          .extracting(Note::text)
          .containsExactly("meanwhile", "still here");
    }
  }

  @Test
  void theServerIsNotOpenedBesideAFileThatTookWrites() throws Exception {
    Instant since = clock.instant();
    meanwhile(db -> {
      db.schema().create(Note.class);
      db.repository(Note.class).create(Note.of("meanwhile"));
    });
    clock.advance(1, ChronoUnit.HOURS);
    assertThatThrownBy(() -> Database.open(withFallback()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("instead.db")
        .hasMessageContaining(since.toString())
        .hasMessageContaining("127.0.0.1:" + proxy.port());
    Awaitility.await().until(() -> own.connections() == 0);
    try (Database db = Database.open(config())) {
      assertThat(db.engine()).as("the control: without it named").isEqualTo("postgresql");
    }

    meanwhile(db ->
        assertThat(db.repository(Note.class).count())
            .as("away again: what was written is there again")
            .isEqualTo(1));
    Files.move(file, folder.resolve("brought-over.db"));
    try (Database db = Database.open(withFallback())) {
      assertThat(db.engine()).isEqualTo("postgresql");
      assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
    }
  }

  @Test
  void aFileThatTookNoWriteIsNoHindrance() {
    meanwhile(db -> db.schema().create(Note.class));
    Database.open(withFallback()).close();
    meanwhile(db -> {
      assertThat(db.repository(Note.class).query().list()).isEmpty();
      assertThat(db.sql("select count(*) from note").as(Long.class).one()).isZero();
      db.transaction(Options.READ_ONLY, tx -> db.repository(Note.class).count());
    });
    try (Database db = Database.open(withFallback())) {
      assertThat(db.engine()).isEqualTo("postgresql");
    }
  }

  /// However it is written: each way leaves the note.
  @Test
  void everyWayOfWritingCounts() throws Exception {
    List<Consumer<Database>> ways =
        List.of(
            db -> db.repository(Account.class).create(Account.of("a", 1)),
            db -> db.repository(Note.class).createAll(List.of(Note.of("a"), Note.of("b"))),
            db -> db.transaction(tx -> db.repository(Note.class).create(Note.of("a"))),
            db -> db.repository(Note.class).save(new Note(7, "a")),
            db -> db.table("note").create(row -> row.set("text", "a")),
            db -> db.sql("insert into note (text) values ('a')").execute(),
            db -> db.sql("insert into note (text) values ('a') returning id").rows().list(),
            db ->
                db.sql("insert into note (text) values ('a') returning id").rows().stream().close(),
            db -> db.sql("create table made (id integer)").execute());
    for (Consumer<Database> way : ways) {
      meanwhile(db -> {
        db.schema().create(Note.class, Account.class);
        way.accept(db);
      });
      assertThatThrownBy(() -> Database.open(withFallback()).close())
          .as("way %s", ways.indexOf(way))
          .isInstanceOf(ConfigurationException.class);
      deleteFiles();
      Database.open(withFallback()).close(); // the control: without the file
    }
  }

  private void deleteFiles() throws Exception {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(folder.resolve("instead.db" + end));
    }
  }

  @Test
  void aServerThatIsLostLaterHasNoFallback() {
    try (Database db = Database.open(withFallback().withClock(Clock.systemUTC()))) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("there"));
      goAway();
      assertThatThrownBy(notes::count).isInstanceOf(ConnectionException.class);
      assertThatThrownBy(() -> db.transaction(tx -> notes.create(Note.of("nowhere"))))
          .isInstanceOf(ConnectionException.class);
      assertThat(db.engine()).isEqualTo("postgresql");
      assertThat(db.health().status()).isEqualTo(Health.Status.DOWN);
      assertThat(file).doesNotExist();
      proxy.accept();
      Awaitility.await().until(db::ping);
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("there");
    }
  }

  /// A wrong password or name is a mistake, and no server that is away.
  @Test
  void aServerThatRefusesIsNotAway() {
    String nowhere = own.url(proxy.port()).replace(own.name(), "nowhere");
    DatabaseConfig wrong = withFallback().with("url", nowhere);
    assertThatThrownBy(() -> Database.open(wrong).close())
        .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.passing()).isFalse())
        .hasMessageContaining("nowhere");
    assertThat(file).doesNotExist();
    goAway();
    try (Database db = Database.open(wrong)) {
      assertThat(db.engine()).as("the control: now it is").isEqualTo("sqlite");
    }
  }

  /// A server that is there, but not as it is asked for, is none that is away; nor is a mere name.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "?sslmode=require",
        "?sslmode=verify-full",
        "?channelBinding=require",
        "?gssEncMode=require"
      })
  void aServerThatCannotBeTrustedIsNotAway(String properties) {
    DatabaseConfig strict = withFallback().with("url", own.url(proxy.port()) + properties);
    assertThatThrownBy(() -> Database.open(strict).close())
        .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.passing()).isFalse());
    assertThat(file).doesNotExist();
  }

  @Test
  void aNameThatNobodyKnowsIsNotAway() {
    DatabaseConfig unknown =
        withFallback().with("url", "postgresql://no-such-host.invalid/" + own.name());
    assertThatThrownBy(() -> Database.open(unknown).close())
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("no-such-host.invalid");
    assertThat(file).doesNotExist();
  }

  @Test
  void aTransactionThatCouldWriteAndDoesNotLeavesNoNote() {
    meanwhile(db -> db.schema().create(Note.class));
    meanwhile(db -> {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(tx -> assertThat(notes.count()).isZero());
      db.transaction(tx -> {
        notes.create(Note.of("undone"));
        tx.rollback();
      });
      assertThat(db.health().checks())
          .noneSatisfy(check -> assertThat(check.detail()).contains("took writes"));
    });
    try (Database db = Database.open(withFallback())) {
      assertThat(db.engine()).isEqualTo("postgresql");
    }
    meanwhile(db ->
        db.transaction(tx -> {
          db.repository(Note.class).create(Note.of("kept"));
          db.repository(Note.class).create(Note.of("kept, too"));
        }));
    assertThatThrownBy(() -> Database.open(withFallback()).close())
        .as("the control: with a write")
        .isInstanceOf(ConfigurationException.class);
  }
}
