package dev.plinth.testkit;

import static dev.plinth.Transaction.Options.STANDARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.change.Change;
import dev.plinth.change.ChangeFeed;
import dev.plinth.config.Isolation;
import dev.plinth.error.DataException;
import dev.plinth.error.QueryException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.server.PgBouncer;
import dev.plinth.testkit.server.PostgresServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Changes on a server whose writers commit in another order than they take numbers in.
///
/// Each database that is opened has connections of its own, as another process has.
@Timeout(120)
class PostgresChangesTest {

  private static final dev.plinth.Transaction.Options COMMITTED =
      STANDARD.withIsolation(Isolation.READ_COMMITTED);

  private final PostgresDatabase server = new PostgresDatabase();
  private Database here;
  private Database there;

  @BeforeEach
  void open() {
    here = Database.open(server.url());
    here.schema().create(Label.class, Account.class);
    there = Database.open(server.url());
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    server.close();
  }

  /// A transaction that has written something, and commits when it is told to.
  private static final class Late implements AutoCloseable {
    private final CountDownLatch go = new CountDownLatch(1);
    private final Thread thread;

    Late(Database db, Runnable first, Runnable then) {
      CountDownLatch written = new CountDownLatch(1);
      thread =
          Thread.ofPlatform()
              .start(() ->
                  db.transaction(
                      COMMITTED,
                      tx -> {
                        first.run();
                        written.countDown();
                        PostgresDatabase.holdUntil(go);
                        then.run();
                      }));
      PostgresDatabase.holdUntil(written);
    }

    void commit() {
      go.countDown();
      PostgresDatabase.soon().until(() -> !thread.isAlive());
    }

    @Override
    public void close() {
      commit();
    }
  }

  private static Label label(String name) {
    return new Label(name, null, 1);
  }

  private static List<Object> keys(List<? extends Change<?>> changes) {
    return new ArrayList<>(changes.stream().map(Change::key).toList());
  }

  /// What a reader does who trusts in numbers.
  private final class Naive {
    private long last;
    private final List<String> seen = new ArrayList<>();

    void look() {
      there
          .sql("select id, resource_id from plinth_audit where id > :last order by id")
          .bind("last", last)
          .rows()
          .list()
          .forEach(row -> {
            last = row.number("id");
            seen.add(row.text("resource_id"));
          });
    }
  }

  @Test
  void whoTakesHisNumberFirstAndCommitsLastIsNotPassedOver() throws Exception {
    Repository<Label, String> labels = here.repository(Label.class);
    Follower<Label> follower = Follower.of(there.changes(Label.class));
    Naive naive = new Naive();
    String position;
    try (Late late =
        new Late(
            here,
            () ->
                labels.createAll(
                    IntStream.range(0, 300).mapToObj(i -> label("late " + i)).toList()),
            () -> {})) {
      labels.create(label("early"));
      position = follower.await(1).getFirst().position();
      assertThat(follower.changes().getFirst().key()).isEqualTo("early");
      naive.look();
      Follower<Label> begins = Follower.of(there.changes(Label.class));
      late.commit();
      follower.await(301);
      begins.await(300);
    }
    assertThat(Follower.of(there.changes(Label.class).after(position)).await(300)).hasSize(300);
    naive.look();
    assertThat(naive.seen).as("the control: numbers alone lose changes").containsOnly("early");
  }

  @Test
  void whatWasWrittenBeforeAPositionAndCommittedBehindItComesWithEveryPosition() throws Exception {
    Repository<Label, String> labels = here.repository(Label.class);
    Follower<Label> follower = Follower.of(there.changes(Label.class));
    try (Late late = new Late(here, () -> labels.create(label("late")), () -> {})) {
      labels.createAll(IntStream.range(0, 250).mapToObj(i -> label("early " + i)).toList());
      List<Change<Label>> early = follower.await(250); // several pieces of one window
      late.commit();
      for (int i : new int[] {0, 99, 100, 101, 199, 249}) {
        List<Object> rest = new ArrayList<>(keys(early).subList(i + 1, 250));
        rest.add("late");
        ChangeFeed<Label> feed = there.changes(Label.class).after(early.get(i).position());
        assertThat(keys(Follower.of(feed).await(250 - i))).as("after %d", i).isEqualTo(rest);
      }
    }
  }

  @Test
  void theOrderOfARowIsThatOfItsChangesNotThatOfTransactions() throws Exception {
    Repository<Label, String> labels = here.repository(Label.class);
    Repository<Account, Long> accounts = here.repository(Account.class);
    Follower<Account> first = Follower.of(there.changes(Account.class));
    long id = accounts.create(Account.of("a", 0)).id();
    String position = first.await(1).getFirst().position();
    first.cancel();
    try (Late older =
        new Late(
            here,
            () -> labels.create(label("gets a number of its own")),
            () -> accounts.increment(id, Account::balance, 10))) {
      accounts.increment(id, Account::balance, 1);
      older.commit();
    }
    List<Long> told =
        Follower.of(there.changes(Account.class).after(position)).await(2).stream()
            .map(change -> change.after().balance())
            .toList();
    assertThat(told).containsExactly(1L, 11L);
    String byTransaction =
        server.value(
            "select string_agg(new_values ->> 'balance', ',' order by transaction_id) from plinth_audit where resource_type = 'account' and action = 'UPDATE'");
    assertThat(byTransaction).as("the control: transactions tell another order").isEqualTo("11,1");
  }

  @Test
  void aStormFromSeveralProcessesIsToldInOrderWhereverOneGoesOnFrom() throws Exception {
    List<Account> shared =
        here.<Account, Long>repository(Account.class)
            .createAll(IntStream.range(0, 5).mapToObj(i -> Account.of("o" + i, 0)).toList());
    Follower<Account> steady = Follower.of(here.changes(Account.class));
    AtomicReference<String> reached = new AtomicReference<>();
    List<Change<Account>> hopped = Collections.synchronizedList(new ArrayList<>());
    Hopper hopper = new Hopper(there, reached, hopped);
    ChangeFeed<Account> all = there.changes(Account.class).fromBeginning();
    reached.set(Follower.of(all).await(5).getLast().position());
    Thread hops = Thread.ofPlatform().start(hopper);
    Together.run(
        8,
        thread -> {
          Random random = new Random(thread);
          Database db = thread % 2 == 0 ? here : there;
          Repository<Account, Long> accounts = db.repository(Account.class);
          Repository<Label, String> labels = db.repository(Label.class);
          for (int i = 0; i < 40; i++) {
            int round = i;
            boolean undo = random.nextInt(5) == 0;
            int pause = random.nextInt(4);
            List<Account> some = new ArrayList<>(shared);
            Collections.shuffle(some, random);
            List<Long> ids =
                some.subList(0, 1 + random.nextInt(3)).stream().map(Account::id).sorted().toList();
            db.transaction(
                COMMITTED,
                tx -> {
                  labels.create(label(thread + "/" + round)); // a transaction's number, early
                  Thread.sleep(pause);
                  for (long id : ids) {
                    db.transaction(part -> {
                      accounts.increment(id, Account::balance, 100);
                      part.rollback();
                    });
                    accounts.increment(id, Account::balance, 1);
                    Thread.sleep(pause);
                  }
                  if (undo) {
                    tx.rollback();
                  }
                });
          }
        });
    int written = (int) here.audit().of(Account.class).count() - 5;
    assertThat(written).isGreaterThan(300);
    checkChains(shared, steady.await(written));
    Follower.until(() -> hopped.size() >= written);
    hopper.stop.set(true);
    hops.join();
    assertThat(hopper.hops).isGreaterThan(10);
    checkChains(shared, List.copyOf(hopped));
    assertThat(hopped).hasSize(written);
  }

  private static void checkChains(List<Account> start, List<Change<Account>> changes) {
    Map<Object, Account> state = new HashMap<>();
    start.forEach(account -> state.put(account.id(), account));
    for (Change<Account> change : changes) {
      assertThat(change.before()).isEqualTo(state.put(change.key(), change.after()));
    }
  }

  /// Follows for a few changes only, again and again.
  private static final class Hopper implements Runnable {
    private final Database db;
    private final AtomicReference<String> reached;
    private final List<Change<Account>> seen;
    private final AtomicBoolean stop = new AtomicBoolean();
    private int hops;

    Hopper(Database db, AtomicReference<String> reached, List<Change<Account>> seen) {
      this.db = db;
      this.reached = reached;
      this.seen = seen;
    }

    @Override
    public void run() {
      Random random = new Random(7);
      while (!stop.get()) {
        int most = 1 + random.nextInt(20);
        Follower<Account> follower =
            Follower.of(
                db.changes(Account.class).after(reached.get()),
                most,
                change -> {
                  seen.add(change);
                  reached.set(change.position());
                });
        Follower.until(() -> follower.size() == most || stop.get());
        follower.cancel();
        hops++;
      }
    }
  }

  @Test
  void aLogThatIsThereAlreadyCanBeFollowedEvenWhileItIsWritten() throws Exception {
    Repository<Label, String> labels = here.repository(Label.class);
    labels.createAll(IntStream.range(0, 250).mapToObj(i -> label("old " + i)).toList());
    String column =
        "select count(*) from information_schema.columns where table_name = 'plinth_audit' and column_name = 'transaction_id'";
    assertThat(server.value(column)).as("who needs it not pays nothing").isEqualTo("0");
    AtomicReference<Follower<Label>> follower = new AtomicReference<>();
    Thread subscribes;
    try (Late _ = new Late(here, () -> labels.create(label("running")), () -> {})) {
      subscribes =
          Thread.ofPlatform()
              .start(() -> follower.set(Follower.of(there.changes(Label.class).fromBeginning())));
      server.untilRuns("alter table");
    }
    subscribes.join();
    List<Object> keys = keys(follower.get().await(251));
    assertThat(keys).endsWith("running");
    assertThat(server.value(column)).isEqualTo("1");
    labels.createAll(IntStream.range(0, 3).mapToObj(i -> label("new " + i)).toList());
    follower.get().await(254);
  }

  @Test
  void aRoleThatMayNotChangeTheLogIsToldWhatItsOwnerDoes() {
    String role = server.name() + "_user";
    server.run(
        "create role " + role + " login",
        "grant select, insert, update, delete on all tables in schema public to " + role,
        "grant usage, update on all sequences in schema public to " + role);
    try (Database db = Database.open(server.url().replace("postgres@", role + "@"))) {
      Throwable failure = Follower.of(db.changes(Label.class)).awaitFailure();
      assertThat(failure)
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("which its owner can add by: ");
      String message = String.valueOf(failure.getMessage());
      for (String statement :
          message.substring(message.indexOf("by: ") + 4, message.indexOf(". Could")).split("; ")) {
        server.run(statement);
      }
      Follower<Label> follower = Follower.of(db.changes(Label.class));
      db.<Label, String>repository(Label.class).create(label("a"));
      follower.await(1);
    }
    server.run("drop owned by " + role, "drop role " + role);
  }

  @Test
  void aLogFromAnotherServerIsNoticed() {
    Repository<Label, String> labels = here.repository(Label.class);
    Follower.of(there.changes(Label.class)).cancel();
    labels.create(label("a"));
    server.run("update plinth_audit set transaction_id = '999999999'");
    assertThat(Follower.of(there.changes(Label.class).fromBeginning()).awaitFailure())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("drop its column 'transaction_id' first");
    server.run("alter table plinth_audit drop column transaction_id");
    try (Database again = Database.open(server.url())) {
      Follower.of(again.changes(Label.class).fromBeginning()).await(1);
    }
  }

  @Test
  void lostConnectionsAreGotOver() {
    Repository<Label, String> labels = here.repository(Label.class);
    Follower<Label> follower = Follower.of(there.changes(Label.class));
    for (int round = 0; round < 3; round++) {
      labels.create(label("a" + round));
      follower.await(2 * round + 1);
      server.terminate();
      labels.create(label("b" + round));
      follower.await(2 * round + 2);
    }
  }

  @Test
  void throughAPoolerNothingIsMissing() throws Exception {
    Assumptions.assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
    try (PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 3).orElseThrow();
        Database db = Database.open(bouncer.url(server.name()) + "?pgbouncer=true")) {
      Follower<Label> follower = Follower.of(db.changes(Label.class));
      Repository<Label, String> direct = here.repository(Label.class);
      Repository<Label, String> pooled = db.repository(Label.class);
      try (Late late = new Late(db, () -> pooled.create(label("late")), () -> {})) {
        direct.create(label("direct"));
        pooled.create(label("pooled"));
        assertThat(keys(follower.await(2))).containsExactlyInAnyOrder("direct", "pooled");
        late.commit();
        assertThat(keys(follower.await(3))).endsWith("late");
      }
    }
  }
}
