package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.holder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.QueryException;
import dev.plinth.error.TimeoutException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every wait for a server has an end, and it comes when it should.
///
/// Where it does not, no interrupt ends it either; so the test is not waited for.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PostgresTimeLimitTest {

  private static final String SLEEP = "select pg_sleep(30)";

  /// How late something may end on a machine with much else to do.
  private static final Duration LATE = Duration.ofSeconds(3);

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static Throwable endsAfter(Duration least, ThrowingCallable work) {
    return endsBetween(least, least.plus(LATE), work);
  }

  private static Throwable endsBetween(Duration least, Duration most, ThrowingCallable work) {
    long start = System.nanoTime();
    Throwable thrown = catchThrowable(work);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("the time until %s", thrown)
        .isBetween(least.minusMillis(5), most); // the server counts in whole milliseconds
    return thrown;
  }

  private static void isStopped(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(TimeoutException.class, e -> assertThat(e.ofStatement()).isTrue());
  }

  @Test
  void aStatementIsStoppedAtItsLimit() {
    Duration limit = Duration.ofMillis(700);
    try (Database db = own.open(1, 0, config -> config.with("statementTimeout", "0.7"))) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      // a read is stopped twice, as it is run once more
      isStopped(
          endsBetween(
              limit.multipliedBy(2),
              limit.multipliedBy(2).plus(LATE),
              () -> db.sql(SLEEP).rows().list()));
      isStopped(
          endsAfter(
              limit,
              () -> {
                try (Stream<?> rows = db.sql(SLEEP).rows().stream()) {
                  assertThat(rows).isEmpty();
                }
              }));
      isStopped(
          endsAfter(
              limit,
              () -> db.sql("insert into note (text) select 'never' from pg_sleep(30)").execute()));
      isStopped(endsAfter(limit, () -> db.transaction(tx -> db.sql(SLEEP).rows().list())));
      isStopped(
          endsAfter(
              limit,
              () ->
                  db.transaction(tx -> {
                    notes.create(Note.of("undone"));
                    try (Stream<?> rows = db.sql(SLEEP).rows().stream()) {
                      assertThat(rows).isEmpty();
                    }
                  })));
      assertThat(notes.count()).as("and the connection is of use").isZero();
      assertThat(db.sql("select pg_sleep(0.1)").rows().list()).as("the control").hasSize(1);
    }
    try (Database db = own.open(1, 0)) {
      assertThat(db.sql("select pg_sleep(1)").rows().list()).as("the control: no limit").hasSize(1);
    }
  }

  @Test
  void aTransactionsOwnLimitHoldsBesideThatOfStatements() {
    Duration limit = Duration.ofMillis(500);
    try (Database db = own.open(1, 0, config -> config.with("statementTimeout", "1.5"))) {
      isStopped(
          endsAfter(
              limit,
              () ->
                  db.transaction(
                      Options.STANDARD.withTimeLimit(limit), tx -> db.sql(SLEEP).rows().list())));
      isStopped(
          endsAfter(
              Duration.ofMillis(1500), () -> db.transaction(tx -> db.sql(SLEEP).rows().list())));
      Options longer = Options.STANDARD.withTimeLimit(Duration.ofSeconds(20));
      isStopped(
          endsAfter(
              Duration.ofMillis(1500),
              () -> db.transaction(longer, tx -> db.sql(SLEEP).rows().list())));
    }
    try (Database db = own.open(1, 0)) {
      Options longer = Options.STANDARD.withTimeLimit(Duration.ofSeconds(20));
      List<?> slept = db.inTransaction(longer, tx -> db.sql("select pg_sleep(2)").rows().list());
      assertThat(slept).as("the control: it has more time").hasSize(1);
    }
  }

  /// The limit is the whole transaction's, however much of it has passed when a statement begins.
  @Test
  void aLateStatementHasOnlyTheTimeThatIsLeft() {
    Duration limit = Duration.ofSeconds(5);
    try (Database db = own.open(1, 0)) {
      isStopped(
          endsBetween(
              limit,
              limit.plus(LATE),
              () ->
                  db.transaction(
                      Options.STANDARD.withTimeLimit(limit),
                      tx -> {
                        db.sql("select pg_sleep(4.5)").rows().list();
                        db.sql(SLEEP).rows().list();
                      })));
    }
  }

  /// What was told to the server in a part is undone with it.
  @Test
  void aPartThatFailsDoesNotMakeTheLimitLonger() {
    Duration limit = Duration.ofSeconds(7);
    try (Database db = own.open(1, 0)) {
      isStopped(
          endsBetween(
              limit.dividedBy(2),
              limit.plus(LATE),
              () ->
                  db.transaction(
                      Options.STANDARD.withTimeLimit(limit),
                      tx -> {
                        db.sql("select 1").rows().list();
                        assertThatThrownBy(() ->
                                db.transaction(part -> {
                                  db.sql("select pg_sleep(5)").rows().list();
                                  db.sql("select nonsense").rows().list();
                                }))
                            .isInstanceOf(QueryException.class);
                        db.sql(SLEEP).rows().list();
                      })));
    }
  }

  @Test
  void whateverIsDoneLateInATransactionWorks() {
    Options options = Options.STANDARD.withTimeLimit(Duration.ofSeconds(8));
    try (Database db = own.open(1, 0)) {
      db.schema().create(Note.class, Account.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Account> before = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        before.add(accounts.create(Account.of("owner " + i, i)));
      }
      List<Note> many = IntStream.range(0, 3000).mapToObj(i -> Note.of("note " + i)).toList();
      List<Consumer<Database>> ways =
          List.of(
              d -> accounts.updateAll(before),
              d -> notes.createAll(many.subList(0, 3)),
              d -> notes.createAll(many),
              d -> notes.saveAll(many.subList(0, 50)),
              d -> assertThat(accounts.query().stream()).hasSize(20),
              d -> d.transaction(part -> notes.create(Note.of("in a part"))));
      for (Consumer<Database> way : ways) {
        db.transaction(
            options,
            tx -> {
              db.sql("select pg_sleep(2.2)").rows().list(); // so much that the server is told anew
              way.accept(db);
              tx.rollback();
            });
      }
    }
  }

  @Test
  void repetitionsShareTheLimit() {
    Duration limit = Duration.ofSeconds(5);
    Options options =
        Options.STANDARD
            .withTimeLimit(limit)
            .withRetries(
                RetryPolicy.STANDARD.withPauses(Duration.ofMillis(1), Duration.ofMillis(1)));
    try (Database db = own.open(1, 0)) {
      Throwable thrown =
          endsBetween(
              limit,
              limit.plus(LATE),
              () ->
                  db.transaction(
                      options,
                      tx -> {
                        db.sql("select pg_sleep(4.5)").rows().list();
                        throw new ConflictException("another was in the way", null);
                      }));
      assertThat(thrown).isInstanceOfAny(TimeoutException.class, ConflictException.class);
    }
  }

  @Test
  void waitingInLineIsPartOfTheLimit() throws InterruptedException {
    Duration limit = Duration.ofSeconds(1);
    try (Database db = own.open(1, 0, config -> config.with("poolTimeout", "8"))) {
      CountDownLatch end = new CountDownLatch(1);
      Thread holder = holder(db, "a holder", end);
      Throwable thrown =
          endsAfter(limit, () -> db.transaction(Options.STANDARD.withTimeLimit(limit), tx -> {}));
      assertThat(thrown).isInstanceOf(TimeoutException.class);
      end.countDown();
      holder.join();
    }
  }

  @Test
  void anEndedTransactionTakesNoMoreStatements() {
    Options options = Options.STANDARD.withTimeLimit(Duration.ofMillis(300));
    try (Database db = own.open(1, 0)) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Throwable thrown =
          catchThrowable(() ->
              db.<InterruptedException>transaction(
                  options,
                  tx -> {
                    notes.create(Note.of("undone"));
                    Thread.sleep(400); // work that is none of the database's
                    notes.create(Note.of("too late"));
                  }));
      assertThat(thrown)
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("time limit is over");
      assertThat(notes.count()).isZero();
    }
  }

  @Test
  void aServerThatFallsSilentIsLeftWhenTheSocketTimeIsOver() {
    Duration limit = Duration.ofSeconds(2);
    try (Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port());
        Database db =
            PostgresDatabase.open(
                own.url(proxy.port()) + "?connectTimeout=1",
                1,
                0,
                config -> config.with("socketTimeout", "2"))) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Options once = Options.STANDARD.withRetries(RetryPolicy.NONE);
      proxy.freeze();
      assertThat(endsAfter(limit, () -> db.transaction(once, tx -> notes.count())))
          .isInstanceOf(ConnectionException.class);
      proxy.thaw();
      assertThat(notes.count()).as("the control: now it answers").isZero();

      proxy.freeze();
      assertThat(endsAfter(limit, () -> notes.create(Note.of("perhaps"))))
          .isInstanceOf(OutcomeUnknownException.class);
      proxy.thaw();
      assertThat(notes.count()).isLessThanOrEqualTo(1);
    }
  }

  /// The driver asks for encryption first, and then once more without: twice the time for each host.
  @Test
  void connectingToAServerThatIsSilentEnds() {
    try (Proxy one = Proxy.to("127.0.0.1", PostgresServer.shared().port());
        Proxy other = Proxy.to("127.0.0.1", PostgresServer.shared().port())) {
      String single = own.url(one.port()) + "?connectTimeout=1";
      String both =
          single.replace("/" + own.name(), ",127.0.0.1:" + other.port() + "/" + own.name());
      one.freeze();
      assertThat(
              endsBetween(
                  Duration.ofSeconds(1), Duration.ofSeconds(2).plus(LATE), () -> opened(single)))
          .isInstanceOfSatisfying(ConnectionException.class, e -> assertThat(e.passing()).isTrue());
      assertThat(endsBetween(Duration.ZERO, Duration.ofSeconds(2).plus(LATE), () -> opened(both)))
          .as("the other host is tried")
          .isNull();
      other.freeze();
      assertThat(
              endsBetween(
                  Duration.ofSeconds(1), Duration.ofSeconds(5).plus(LATE), () -> opened(both)))
          .isInstanceOf(ConnectionException.class);
      one.thaw();
      other.thaw();
      opened(single);
    }
  }

  private static void opened(String url) {
    try (Database db = PostgresDatabase.open(url, 1, 0, config -> config)) {
      assertThat(db.sql("select 1").as(Integer.class).list()).isEqualTo(List.of(1));
    }
  }

  @Test
  void aTransactionsLimitHoldsWhereTheServerIsSilent() {
    try (Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port());
        Database db = own.open(1, 0, config -> config.with("socketTimeout", "20"));
        Database behind =
            PostgresDatabase.open(
                own.url(proxy.port()), 1, 0, config -> config.with("socketTimeout", "20"))) {
      Options second = Options.STANDARD.withTimeLimit(Duration.ofSeconds(1));
      int one = db.inTransaction(second, tx -> db.sql("select 1").as(Integer.class).one());
      assertThat(one).isEqualTo(1);
      long start = System.nanoTime();
      assertThatThrownBy(() ->
              behind.inTransaction(
                  second,
                  tx -> {
                    proxy.freeze();
                    return behind.sql("select 1").as(Integer.class).one();
                  }))
          .isInstanceOf(DatabaseException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      proxy.thaw();
      assertThat(behind.sql("select pg_sleep(3)").rows().list())
          .as("the limit went with its transaction")
          .hasSize(1);
    }
  }
}
