package dev.plinth.testkit;

import static dev.plinth.Transaction.Options.STANDARD;
import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.change.Change;
import dev.plinth.config.Isolation;
import dev.plinth.error.MappingException;
import dev.plinth.query.Order;
import dev.plinth.query.Row;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Committed changes come to whoever follows them: all of them, as they were, in each row's order.
public interface ChangesContract extends ContractBase {

  @Test
  default void everyKindOfWriteIsTold() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Follower<User> follower = Follower.of(db.changes(User.class));
      User ada = users.create(User.of("ada@example.org", "Ada"));
      User renamed = users.update(ada.withFirstName("Adah"));
      User counted = users.increment(ada.id(), User::commandCount, 2);
      User saved = users.save(counted.withFirstName("Ava"));
      users.delete(ada.id());
      User restored = users.restore(ada.id());
      users.where(field(User::email).is("ada@example.org")).update(c -> c.set("firstName", "Set"));
      List<User> more =
          users.createAll(List.of(User.of("b@example.org", "Bo"), User.of("c@example.org", "Cy")));
      users.updateAll(more.stream().map(user -> user.withFirstName("All")).toList());
      users.deleteAll(more.stream().map(User::id).toList());
      users.purgeAll(more.stream().map(User::id).toList());
      List<Change<User>> changes = follower.await(15);
      assertThat(changes.stream().map(Change::kind).toList())
          .containsExactly(
              Action.CREATE,
              Action.UPDATE,
              Action.UPDATE,
              Action.UPDATE,
              Action.SOFT_DELETE,
              Action.RESTORE,
              Action.UPDATE,
              Action.CREATE,
              Action.CREATE,
              Action.UPDATE,
              Action.UPDATE,
              Action.SOFT_DELETE,
              Action.SOFT_DELETE,
              Action.DELETE,
              Action.DELETE);
      assertThat(changes.getFirst().before()).isNull();
      assertThat(changes.getFirst().after()).isEqualTo(ada);
      assertThat(changes.getFirst().key()).isEqualTo(ada.id());
      assertThat(changes.get(1).before()).isEqualTo(ada);
      assertThat(changes.get(1).after()).isEqualTo(renamed);
      assertThat(changes.get(3).after()).isEqualTo(saved);
      assertThat(Objects.requireNonNull(changes.get(4).after()).deletedAt()).isNotNull();
      assertThat(changes.get(5).after()).isEqualTo(restored);
      assertThat(changes.getLast().before()).isNotNull();
      assertThat(changes.getLast().after()).isNull();
    }
  }

  @Test
  default void whoDidItAndWhenIsTold() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Follower<Label> follower = Follower.of(db.changes(Label.class));
      Actor admin =
          Actor.of("admin").session("s1").correlation("req-9").address("::1").userAgent("cli");
      db.actingAs(admin, () -> labels.create(new Label("a", null, 1)));
      labels.create(new Label("b", "red", 2));
      List<Change<Label>> changes = follower.await(2);
      assertThat(changes.getFirst().actor()).isEqualTo(admin);
      assertThat(changes.getLast().actor()).isEqualTo(Actor.SYSTEM);
      List<AuditEntry> log = db.audit().of(Label.class).list();
      assertThat(changes.getLast().at()).isEqualTo(log.getFirst().at());
      assertThat(changes.getLast().key()).isEqualTo("b");
    }
  }

  @Test
  default void followingGivesTheTable() {
    for (long seed : new long[] {5, 20_261_121, Long.getLong("plinth.seed", 42L)}) {
      try (Database db = open(folder().resolve("seed" + seed))) {
        db.schema().create(User.class);
        Follower<User> follower = Follower.of(db.changes(User.class));
        RandomWrites writes = new RandomWrites(db, seed);
        for (int i = 0; i < 250; i++) {
          writes.step();
        }
        List<Change<User>> changes = follower.await((int) writes.changed());
        assertThat(writes.undone()).isPositive();
        Map<Object, User> state = new HashMap<>();
        for (Change<User> change : changes) {
          assertThat(secretless(change.before())).isEqualTo(state.get(change.key()));
          if (change.after() == null) {
            state.remove(change.key());
          } else {
            state.put(change.key(), secretless(change.after()));
          }
        }
        Map<Object, User> table = new HashMap<>();
        db.repository(User.class).query().includeDeleted().list().stream()
            .map(User.class::cast)
            .forEach(user -> table.put(user.id(), secretless(user)));
        assertThat(state).as("seed %d", seed).isEqualTo(table).isNotEmpty();
        List<Change<User>> again =
            Follower.of(db.changes(User.class).fromBeginning()).await(changes.size());
        assertThat(afters(again).equals(afters(changes))).as("the log again").isTrue();
      }
    }
  }

  private static <T> List<T> afters(List<Change<T>> changes) {
    return changes.stream().map(Change::after).toList();
  }

  private static User secretless(User user) {
    return user == null ? null : user.withPasswordHash(user.passwordHash() == null ? null : "***");
  }

  @Test
  default void nothingThatIsUndoneIsTold() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Follower<Label> follower = Follower.of(db.changes(Label.class));
      db.transaction(tx -> {
        labels.create(new Label("never", null, 0));
        tx.rollback();
      });
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                labels.createAll(
                    IntStream.range(0, 50).mapToObj(i -> new Label("n" + i, null, i)).toList());
                throw new IllegalStateException("undo");
              }))
          .hasMessage("undo");
      if (db.capabilities().contains(Capability.SAVEPOINTS)) {
        db.transaction(tx -> {
          labels.create(new Label("kept", null, 1));
          db.transaction(part -> {
            labels.create(new Label("undone", null, 2));
            labels.patch("kept", c -> c.set(Label::weight, 9));
            part.rollback();
          });
        });
      } else {
        labels.create(new Label("kept", null, 1));
      }
      labels.create(new Label("last", null, 3));
      assertThat(follower.await(2).stream().map(Change::key).toList())
          .isEqualTo(List.of("kept", "last"));
    }
  }

  @Test
  default void whatIsToldCanBeRead() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      List<Object> missing = new ArrayList<>();
      Follower<Label> follower =
          Follower.of(
              db.changes(Label.class),
              Long.MAX_VALUE,
              change -> {
                if (labels.find((String) change.key()).isEmpty()) {
                  missing.add(change.key());
                }
              });
      for (int i = 0; i < 30; i++) {
        Label label = new Label("l" + i, null, i);
        db.transaction(tx -> labels.create(label));
      }
      follower.await(30);
      assertThat(missing).isEmpty();
    }
  }

  @Test
  default void itBeginsNowAndCanBeginAtTheBeginning() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Follower<Label> first = Follower.of(db.changes(Label.class));
      labels.create(new Label("a", null, 1));
      Follower<Label> second = Follower.of(db.changes(Label.class));
      labels.create(new Label("b", null, 2));
      assertThat(first.await(2)).hasSize(2);
      assertThat(second.await(1).getFirst().key()).isEqualTo("b");
      assertThat(
              Follower.of(db.changes(Label.class).fromBeginning()).await(2).stream()
                  .map(Change::after)
                  .toList())
          .isEqualTo(afters(first.changes()));
    }
  }

  @Test
  default void anyPositionCanBeGoneOnFrom() {
    List<Change<Account>> all;
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Follower<Account> follower = Follower.of(db.changes(Account.class));
      List<Account> some =
          accounts.createAll(
              IntStream.range(0, 4).mapToObj(i -> Account.of("owner " + i, i)).toList());
      for (Account one : some) {
        accounts.increment(one.id(), Account::balance, 1);
      }
      db.transaction(tx -> some.forEach(one -> accounts.delete(one.id())));
      all = follower.await(12);
      goOn(db, all);
      follower.cancel();
      Account later = accounts.create(Account.of("later", 1));
      List<Change<Account>> missed =
          Follower.of(db.changes(Account.class).after(all.getLast().position())).await(1);
      assertThat(missed.getFirst().after()).isEqualTo(later);
      all = new ArrayList<>(all);
      all.addAll(missed);
    }
    if (keeps()) {
      try (Database db = open()) {
        goOn(db, all);
      }
    }
  }

  private static void goOn(Database db, List<Change<Account>> all) {
    for (int i = 0; i < all.size() - 1; i++) {
      Follower<Account> rest = Follower.of(db.changes(Account.class).after(all.get(i).position()));
      List<Change<Account>> came = rest.await(all.size() - i - 1);
      assertThat(came.stream().map(Change::key).toList())
          .isEqualTo(all.subList(i + 1, all.size()).stream().map(Change::key).toList());
      assertThat(came.stream().map(Change::kind).toList())
          .isEqualTo(all.subList(i + 1, all.size()).stream().map(Change::kind).toList());
      rest.cancel();
    }
  }

  @Test
  default void eachFollowerGoesHisOwnWay() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Follower<Label> quick = Follower.of(db.changes(Label.class));
      Follower<Label> asks = Follower.of(db.changes(Label.class), 2);
      Follower<Label> fails =
          Follower.of(
              db.changes(Label.class),
              Long.MAX_VALUE,
              change -> {
                throw new IllegalStateException("of the subscriber's");
              });
      AtomicReference<Follower<Label>> leaver = new AtomicReference<>();
      leaver.set(
          Follower.of(
              db.changes(Label.class),
              Long.MAX_VALUE,
              change -> Objects.requireNonNull(leaver.get()).cancel()));
      for (int i = 0; i < 5; i++) {
        labels.create(new Label("l" + i, null, i));
      }
      quick.await(5);
      asks.await(2);
      assertThat(fails.awaitFailure()).hasMessage("of the subscriber's");
      assertThat(fails.size()).isEqualTo(1);
      leaver.get().await(1);
      asks.request(1);
      asks.await(3);
      asks.request(10);
      asks.await(5);
      Follower.until(() -> db.poolHealth().active() == 0);
    }
  }

  @Test
  default void writesToTheTableAreToldAsWell() {
    try (Database db = open(User.class)) {
      db.repository(User.class);
      Repository<Row, Object> table = db.table("users");
      Follower<User> follower = Follower.of(db.changes(User.class));
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada").withPasswordHash("hash"));
      table.patch(ada.id(), c -> c.set("first_name", "Adah"));
      List<Change<User>> changes = follower.await(2);
      assertThat(Objects.requireNonNull(changes.getLast().after()).firstName()).isEqualTo("Adah");
      assertThat(changes.toString()).doesNotContain("hash=hash").contains("***");
    }
  }

  @Test
  default void manyWritersAreToldInEachRowsOrder() throws InterruptedException {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Account> shared =
          accounts.createAll(IntStream.range(0, 3).mapToObj(i -> Account.of("o" + i, 0)).toList());
      Follower<Account> follower = Follower.of(db.changes(Account.class));
      int writers = 12;
      int each = 15;
      Together.run(
          writers,
          thread -> {
            for (int i = 0; i < each; i++) {
              long one = shared.get((thread + i) % 3).id();
              long other = shared.get((thread + i + 1) % 3).id();
              boolean both = i % 3 == 0;
              db.transaction(
                  STANDARD.withIsolation(Isolation.READ_COMMITTED),
                  tx -> {
                    if (both) {
                      accounts.increment(Math.min(one, other), Account::balance, 1);
                      accounts.increment(Math.max(one, other), Account::balance, 1);
                    } else {
                      accounts.increment(one, Account::balance, 1);
                    }
                  });
            }
          });
      int expected = writers * (each + (each + 2) / 3);
      Map<Object, Account> state = new HashMap<>();
      shared.forEach(account -> state.put(account.id(), account));
      for (Change<Account> change : follower.await(expected)) {
        assertThat(change.before()).isEqualTo(state.put(change.key(), change.after()));
      }
      assertThat(state.values())
          .containsExactlyInAnyOrderElementsOf(
              accounts.query().orderBy(Order.ascending(Account::id)).list());
    }
  }

  @Test
  default void whatIsNotLoggedCannotBeFollowed() {
    try (Database db = open(Note.class)) {
      assertThatThrownBy(() -> db.changes(Note.class))
          .isInstanceOf(MappingException.class)
          .hasMessage(
              "The changes of Note are not logged, so nobody can follow them: remove @Audited(false) from it.");
    }
  }
}
