package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PgBouncer;
import dev.plinth.testkit.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Through a pooler that gives each transaction another connection everything works, and nothing
/// is left with a connection that others get.
@Timeout(120)
final class PostgresPoolerTest {

  private static final int CLIENTS = 12;

  private final PostgresDatabase own = new PostgresDatabase();
  private PgBouncer bouncer;

  @BeforeEach
  void start() {
    assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    bouncer = PgBouncer.start(PostgresServer.shared().port(), 3).orElseThrow();
  }

  @AfterEach
  void giveBack() {
    if (bouncer != null) {
      bouncer.close();
    }
    own.close();
  }

  private Database open(String more) {
    return open(more, "auto");
  }

  private Database open(String more, String pooler) {
    return PostgresDatabase.open(
        bouncer.url(own.name()) + more, CLIENTS, 0, config -> config.with("pooler", pooler));
  }

  private static int backend(Database db) {
    return db.sql("select pg_backend_pid()").as(Integer.class).one();
  }

  /// Several rounds of whatever the layer does, each thread on rows of its own.
  private static void work(Database db, int thread, int rounds) {
    Repository<Account, Long> accounts = db.repository(Account.class);
    Repository<Note, Long> notes = db.repository(Note.class);
    for (int round = 0; round < rounds; round++) {
      String owner = thread + "/" + round;
      Account account = accounts.create(Account.of(owner, 10));
      Account richer = accounts.update(account.withBalance(20));
      assertThat(richer.version()).isEqualTo(account.version() + 1);
      db.transaction(tx -> {
        accounts.update(richer.withBalance(30));
        assertThatThrownBy(() -> db.transaction(part -> accounts.create(Account.of(owner, 0))))
            .isInstanceOf(ConstraintException.class);
        notes.create(Note.of("of " + owner));
      });
      assertThat(accounts.get(account.id()).balance()).isEqualTo(30);
      db.transaction(
          Options.STANDARD
              .withIsolation(Isolation.SERIALIZABLE)
              .withRetries(RetryPolicy.STANDARD.withAttempts(100)),
          tx -> accounts.update(accounts.get(account.id()).withBalance(40)));
      List<Note> many = IntStream.range(0, 300).mapToObj(i -> Note.of(owner + "/" + i)).toList();
      assertThat(notes.createAll(many)).hasSize(300);
      String mine = "select text from note where text like :mine order by id";
      try (Stream<String> all = db.sql(mine).bind("mine", owner + "/%").as(String.class).stream()) {
        assertThat(all).hasSize(300).endsWith(owner + "/299");
      }
      db.transaction(
          Options.READ_ONLY,
          tx -> assertThat(accounts.find(account.id()).orElseThrow().balance()).isEqualTo(40));
      assertThat(accounts.delete(account.id())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "?pgbouncer=true"})
  void manyClientsWorkThroughIt(String how) throws Exception {
    int rounds = 4;
    try (Database db = how.startsWith("?") ? open(how) : open("", how)) {
      db.schema().create(Account.class, Note.class);
      Set<Integer> backends = ConcurrentHashMap.newKeySet();
      Together.run(
          CLIENTS,
          thread -> {
            work(db, thread, rounds);
            backends.add(backend(db));
          });
      assertThat(backends).as("they share these").hasSizeBetween(1, 3);
      assertThat(db.repository(Note.class).count()).isEqualTo(301L * CLIENTS * rounds);
      assertThat(db.repository(Account.class).count()).isZero();
      assertThat(db.audit().query().count())
          .as("five changes of each account")
          .isEqualTo(5L * CLIENTS * rounds);
    }
  }

  @Test
  void withoutTheSettingItBreaks() throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    // who waits for an answer that another client was given would wait for long
    try (Database db = open("?socketTimeout=3", "none")) {
      Throwable first = catchThrowable(() -> db.schema().create(Account.class, Note.class));
      if (first != null) {
        failures.add(first);
      }
      Together.run(
          CLIENTS,
          thread -> {
            Throwable thrown = catchThrowable(() -> work(db, thread, 4));
            if (thrown != null) {
              failures.add(thrown);
            }
          });
    }
    assertThat(failures).as("the control").isNotEmpty();
  }

  @Test
  void limitsHoldThroughIt() {
    try (Database db =
        PostgresDatabase.open(
            bouncer.url(own.name()),
            2,
            0,
            config -> config.with("pooler", "transaction").with("statementTimeout", "0.6"))) {
      String sleep = "select pg_sleep(20)";
      stops(() -> db.sql(sleep).rows().list());
      stops(() -> db.sql(sleep).rows().one());
      stops(() -> db.sql("create table t as select 1 as one from pg_sleep(20)").execute());
      stops(() -> db.transaction(tx -> db.sql(sleep).rows().list()));
      stops(() ->
          db.transaction(
              Options.STANDARD.withTimeLimit(Duration.ofMillis(300)),
              tx -> db.sql(sleep).rows().list()));
      assertThat(db.sql("select pg_sleep(0.1)").rows().list()).as("the control").hasSize(1);
      assertThat(db.schema().tables()).doesNotContain("t");
    }
  }

  private static void stops(Runnable work) {
    long start = System.nanoTime();
    assertThatThrownBy(work::run).isInstanceOf(TimeoutException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void tablesAreMadeByManyAtOnce() throws Exception {
    List<Database> all = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        all.add(open("?pgbouncer=true"));
      }
      Together.run(4, thread -> all.get(thread).schema().create(Account.class, Note.class));
      assertThat(all.getFirst().schema().tables()).contains("account", "note");
    } finally {
      all.forEach(Database::close);
    }
  }

  @Test
  void transactionsLeaveNothingForOthers() throws SQLException {
    String state =
        "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in"
            + " ('statement_timeout', 'lock_timeout', 'work_mem', 'default_transaction_isolation',"
            + " 'default_transaction_read_only')";
    try (Database db = open("", "transaction");
        Connection other =
            Jdbc.open(bouncer.url(own.name()), "prepareThreshold=0", "socketTimeout=20")) {
      String fresh = Jdbc.value(other, state);
      for (Isolation isolation : Isolation.values()) {
        for (Options options : List.of(Options.STANDARD, Options.READ_ONLY)) {
          String inside =
              db.inTransaction(
                  options.withIsolation(isolation).withTimeLimit(Duration.ofSeconds(9)),
                  tx -> {
                    if (!options.readOnly()) {
                      db.sql("set local lock_timeout = '8s'").execute();
                    }
                    assertThat(current(db, "transaction_isolation"))
                        .isEqualTo(
                            switch (isolation) {
                              case READ_COMMITTED -> "read committed";
                              case SNAPSHOT -> "repeatable read";
                              case SERIALIZABLE -> "serializable";
                            });
                    assertThat(current(db, "transaction_read_only"))
                        .isEqualTo(options.readOnly() ? "on" : "off");
                    return db.sql(state).as(String.class).one();
                  });
          assertThat(inside).as("the control").containsPattern("statement_timeout=[89]");
          assertThat(Jdbc.value(other, state)).isEqualTo(fresh);
        }
      }
    }
  }

  private static String current(Database db, String setting) {
    return db.sql("select current_setting(:name)").bind("name", setting).as(String.class).one();
  }

  /// What would stay with a connection would stay with one that somebody else gets next.
  @Test
  void whatWouldStayWithAConnectionDoesNot() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      others.add(Thread.ofPlatform().start(() -> look(over, seen)));
    }
    try (Database db = open("", "transaction")) {
      for (int i = 0; i < 100; i++) {
        unlessRefused(db, "select set_config('own.tenant', 'mine', false)");
      }
      unlessRefused(db, "create temp table t (id int)");
      unlessRefused(db, "select pg_advisory_lock(1)");
      over.set(true);
      for (Thread other : others) {
        other.join();
      }
      assertThat(seen).as("what other clients see").isSubsetOf("");
      assertThat(
              own.value(
                  "select count(*) from pg_locks where locktype = 'advisory'"
                      + " and database = (select oid from pg_database where datname = current_database())"))
          .isEqualTo("0");
      assertThat(own.value("select count(*) from pg_class where relpersistence = 't'"))
          .isEqualTo("0");
      db.transaction(tx -> {
        db.sql("select set_config('own.tenant', :who, true)").bind("who", "me").rows().list();
        db.sql("select pg_advisory_xact_lock(1)").rows().list();
        assertThat(current(db, "own.tenant")).as("the control: in it they may").isEqualTo("me");
      });
    } finally {
      over.set(true);
    }
  }

  private static void unlessRefused(Database db, String sql) {
    try {
      db.transaction(tx -> run(db, sql));
      db.transaction(tx -> {
        run(db, sql);
        tx.rollback();
      });
      run(db, sql);
    } catch (UnsupportedException refused) {
      // as good: nothing was sent
    }
  }

  private static void run(Database db, String sql) {
    if (sql.startsWith("select")) {
      db.sql(sql).rows().list();
    } else {
      db.sql(sql).execute();
    }
  }

  private void look(AtomicBoolean over, Set<String> seen) {
    String sql = "select coalesce(current_setting('own.tenant', true), '')";
    try (Connection other =
        Jdbc.open(bouncer.url(own.name()), "prepareThreshold=0", "socketTimeout=20")) {
      while (!over.get()) {
        seen.add(Jdbc.value(other, sql));
      }
    } catch (SQLException e) {
      seen.add(e.toString());
    }
  }

  @Test
  void closingItsDatabaseLeavesThePoolerWhole() throws SQLException {
    try (Connection other =
        Jdbc.open(bouncer.url(own.name()), "prepareThreshold=0", "socketTimeout=20")) {
      for (int i = 0; i < 5; i++) {
        try (Database db = open("", "transaction")) {
          assertThat(db.config()).isInstanceOf(DatabaseConfig.class);
          Stream<?> left = db.sql("select generate_series(1, 5000)").rows().stream();
          left.iterator().next();
          left.close();
        }
        soon().until(() -> Jdbc.value(other, "select 1").equals("1"));
      }
    }
  }
}
