package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Reading;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.TransactionException;
import dev.plinth.health.Health;
import dev.plinth.testkit.Proxy.Cut;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is certain stays certain when connections are lost, and nothing is done twice.
@Timeout(90)
final class PostgresLossTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static Proxy proxy(String statement) {
    return Proxy.to(
        "127.0.0.1",
        PostgresServer.shared().port(),
        Marker.postgres(sql -> sql.toLowerCase(java.util.Locale.ROOT).contains(statement)));
  }

  private Database through(Proxy proxy) {
    return PostgresDatabase.open(
        own.url(proxy.port()), 2, 0, config -> config.with("connectTimeout", "1"));
  }

  private static List<String> texts(Repository<Note, Long> notes) {
    return notes.query().stream().map(Note::text).sorted().toList();
  }

  @Test
  void aPartWhoseFirstStatementIsNeverSentTakesNothingElseWithIt() {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Integer> tooMany = IntStream.range(0, 70_000).boxed().toList();
      db.transaction(tx -> {
        notes.create(Note.of("before"));
        assertThatThrownBy(() ->
                db.transaction(part ->
                    db.sql("select count(*) from note where id in (:ids)")
                        .bind("ids", tooMany)
                        .as(Long.class)
                        .one()))
            .isInstanceOf(DatabaseException.class);
        notes.create(Note.of("after"));
      });
      assertThat(texts(notes)).containsExactly("after", "before");
    }
  }

  @Test
  void aPartThatSwallowsAnErrorIsUndoneAlone() {
    try (Database db = own.open(2, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(tx -> {
        notes.create(Note.of("before"));
        assertThatThrownBy(() ->
                db.transaction(part -> {
                  notes.create(Note.of("undone"));
                  assertThatThrownBy(() -> db.sql("select 1 / 0").as(Integer.class).list())
                      .isInstanceOf(DatabaseException.class);
                }))
            .isInstanceOf(TransactionException.class);
        notes.create(Note.of("after"));
      });
      assertThat(texts(notes)).containsExactly("after", "before");
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void whatHasNoOutcomeHasNoneThatIsUnknown(Cut cut) {
    try (Proxy proxy =
            Proxy.to(
                "127.0.0.1",
                PostgresServer.shared().port(),
                Marker.postgres(sql -> sql.strip().matches("(?i)commit|rollback")));
        Database db = through(proxy)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      proxy.cutNext(cut);
      long count = db.inTransaction(Options.READ_ONLY, tx -> notes.count());
      assertThat(count).isZero();
      proxy.cutNext(cut);
      db.transaction(tx -> {
        notes.create(Note.of("undone"));
        tx.rollback();
      });
      proxy.cutNext(cut);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                notes.create(Note.of("undone"));
                throw new IllegalStateException("mine");
              }))
          .hasMessage("mine");
      proxy.cutNext(cut);
      try (Stream<Note> stream = notes.query().stream()) {
        assertThat(stream).isEmpty();
      }
      proxy.cutNext(cut);
      assertThatThrownBy(() -> db.transaction(tx -> notes.create(Note.of("who knows"))))
          .as("the control")
          .isInstanceOf(OutcomeUnknownException.class);
    }
  }

  @Test
  void aQueryWhoseFunctionsNobodyKnowsIsNotRunTwice() {
    own.run(
        "create table paid (id int generated always as identity)",
        "create function pay() returns int language sql as 'insert into paid default values returning id'");
    try (Proxy proxy = proxy("pay");
        Database db = through(proxy)) {
      proxy.cutNext(Cut.BEFORE_ANSWER);
      assertThatThrownBy(() -> db.sql("select pay()").as(Integer.class).one())
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(own.value("select count(*) from paid")).isEqualTo("1");
    }
    try (Proxy proxy = proxy("explain");
        Database db = through(proxy)) {
      proxy.cutNext(Cut.BEFORE_ANSWER);
      assertThatThrownBy(() ->
              db.sql("explain analyze insert into paid default values").as(String.class).list())
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(own.value("select count(*) from paid")).isEqualTo("2");
    }
    try (Proxy proxy = proxy("count");
        Database db = through(proxy)) {
      proxy.cutNext(Cut.BEFORE_ANSWER);
      assertThat(db.sql("select count(*), max(id), now() from paid").rows().one().number("count"))
          .as("what only reads is run again")
          .isEqualTo(2L);
    }
  }

  @Test
  void whateverReadsIsAskedAgainAfterItsConnectionHasGone() {
    try (Database db = own.open(3, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("a"));
      own.terminate();
      try (Stream<Integer> stream = db.sql("select 1").as(Integer.class).stream()) {
        assertThat(stream).containsExactly(1);
      }
      own.terminate();
      assertThat(db.table("note").count()).isEqualTo(1);
      own.terminate();
      assertThat(db.ping()).isTrue();
      notes.count();
      own.terminate();
      assertThat(db.health().status()).isEqualTo(Health.Status.HEALTHY);
    }
  }

  @Test
  void whatAnotherDatabaseHasGivenUpIsNotMultiplied() {
    AtomicInteger runs = new AtomicInteger();
    try (Proxy proxy = proxy("never");
        Database other = through(proxy);
        Database db = Database.open("sqlite::memory:")) {
      proxy.refuse();
      proxy.cutAll();
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                runs.incrementAndGet();
                other.sql("select 1").as(Integer.class).list();
              }))
          .isInstanceOf(ConnectionException.class);
      assertThat(runs).hasValue(1);
      assertThatThrownBy(() ->
              db.transaction(
                  Options.STANDARD.withIdempotencyKey("k"),
                  tx -> {
                    runs.incrementAndGet();
                    throw new OutcomeUnknownException("of another one", null);
                  }))
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void aKeyThatSomebodyElseHasWrittenIsNotTakenForOnesOwn() throws Exception {
    try (Proxy proxy =
            Proxy.to("127.0.0.1", PostgresServer.shared().port(), Marker.postgresCommit());
        Database first = through(proxy);
        Database second = own.open(2, 0)) {
      first.schema().create(Note.class);
      Options key = Options.STANDARD.withIdempotencyKey("order 1");
      first.transaction(Options.STANDARD.withIdempotencyKey("another"), tx -> {});
      List<String> mails = new ArrayList<>();
      Thread[] waiting = new Thread[1];
      assertThatThrownBy(() ->
              first.inTransaction(
                  key,
                  tx -> {
                    tx.afterCommit(() -> mails.add("first"));
                    Note made = first.repository(Note.class).create(Note.of("by the first"));
                    waiting[0] = Thread.ofPlatform().start(() -> by(second, key, mails));
                    own.untilRuns("plinth_done");
                    proxy.cutNext(Cut.BEFORE_REQUEST);
                    return made;
                  }))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("was done before");
      waiting[0].join();
      assertThat(mails).containsExactly("second");
      assertThat(texts(first.repository(Note.class))).containsExactly("by the second");
    }
  }

  private static void by(Database db, Options key, List<String> mails) {
    db.transaction(
        key,
        tx -> {
          tx.afterCommit(() -> mails.add("second"));
          db.repository(Note.class).create(Note.of("by the second"));
        });
  }

  @Test
  void whatAnUndoneAttemptGaveIsNoResult() throws Exception {
    try (Database first = own.open(2, 0);
        Database second = own.open(2, 0)) {
      first.schema().create(Note.class);
      Options key = Options.STANDARD.withIdempotencyKey("order 1");
      first.transaction(Options.STANDARD.withIdempotencyKey("another"), tx -> {});
      List<String> mails = new ArrayList<>();
      Thread[] waiting = new Thread[1];
      assertThatThrownBy(() ->
              first.inTransaction(
                  key,
                  tx -> {
                    tx.afterCommit(() -> mails.add("first"));
                    waiting[0] = Thread.ofPlatform().start(() -> by(second, key, mails));
                    own.untilRuns("plinth_done");
                    throw new ConflictException("as of a deadlock");
                  }))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("was done before");
      waiting[0].join();
      assertThat(mails).containsExactly("second");
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"BEFORE_REQUEST", "BEFORE_ANSWER"},
      value = Cut.class)
  void aWriteIsNoFailureBecauseNobodyKnowsHowFarTheLogIs(Cut cut) {
    try (Proxy proxy = proxy("pg_current_wal");
        Database db =
            Database.open(
                DatabaseConfig.of(
                        own.url(proxy.port())
                            .replace("/" + own.name(), ",127.0.0.1:1/" + own.name()))
                    .with("poolSize", "2")
                    .with("maxOverflow", "0")
                    .with("connectTimeout", "1"))) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Reading reading = db.reading(Freshness.STALE_OK);
      AtomicInteger hooks = new AtomicInteger();
      proxy.cutNext(cut);
      reading.run(() ->
          db.transaction(tx -> {
            tx.afterCommit(hooks::incrementAndGet);
            notes.create(Note.of("a"));
          }));
      assertThat(hooks).hasValue(1);
      proxy.cutNext(cut);
      reading.run(() -> notes.create(Note.of("b")));
      proxy.cutNext(cut);
      reading.run(() -> {
        try (Stream<String> given =
            db
                .sql("insert into note (text) values ('c') returning text")
                .as(String.class)
                .stream()) {
          assertThat(given).containsExactly("c");
        }
      });
      assertThat(texts(notes)).containsExactly("a", "b", "c");
      assertThat(db.poolHealth().active()).isZero();
      assertThat(db.reading(Freshness.STALE_OK).after(reading.position()).call(notes::count))
          .isEqualTo(3);
    }
  }
}
