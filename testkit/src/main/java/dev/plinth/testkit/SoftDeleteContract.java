package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.query.Query;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rows that are deleted softly: hidden everywhere, and brought back exactly.
public interface SoftDeleteContract extends ContractBase {

  /// A choice of a user's columns.
  record Address(String email) {}

  /// A user who is stored and deleted, beside one who is live.
  private static User deleted(Repository<User, UUID> users) {
    users.create(User.of("live@example.org", "Live"));
    User gone = users.create(User.of("gone@example.org", "Gone"));
    assertThat(users.delete(gone.id())).isTrue();
    return gone;
  }

  @Test
  default void aDeletedRowIsHiddenFromEveryRead() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User gone = deleted(users);
      UUID id = gone.id();
      assertThat(users.find(id)).isEmpty();
      assertThatThrownBy(() -> users.get(id)).isInstanceOf(NotFoundException.class);
      assertThat(users.findAll(List.of(id))).isEmpty();
      assertThat(users.exists(id)).isFalse();
      assertThat(users.count()).isEqualTo(1);
      Query<User> both = users.where(field(User::email).endsWith("@example.org"));
      for (Query<User> query : List.of(users.query(), both, both.where(Filter.all()))) {
        assertThat(query.list()).extracting(User::email).containsExactly("live@example.org");
        assertThat(query.count()).isEqualTo(1);
        assertThat(query.first().get().email()).isEqualTo("live@example.org");
        assertThat(query.one().email()).isEqualTo("live@example.org");
        assertThat(query.page(1, 10).items()).hasSize(1);
        assertThat(query.page(1, 10).total()).isEqualTo(1);
        assertThat(query.slice().items()).hasSize(1);
        assertThat(query.as(Address.class).list()).containsExactly(new Address("live@example.org"));
        assertThat(query.search("EXAMPLE", User::email, User::firstName).list()).hasSize(1);
        try (Stream<User> stream = query.stream()) {
          assertThat(stream.map(User::email)).containsExactly("live@example.org");
        }
      }
      Filter gonesAddress = field(User::email).is("gone@example.org");
      assertThat(users.where(gonesAddress).exists()).isFalse();
      assertThat(users.where(gonesAddress.or(field(User::id).is(id))).list())
          .as("an 'or' does not reach around it")
          .isEmpty();
      assertThat(users.where(Filter.not(field(User::firstName).is("Live"))).list()).isEmpty();
    }
  }

  @Test
  default void aDeletedRowIsHiddenFromEveryWrite() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User gone = deleted(users);
      User stored = users.query().onlyDeleted().one();
      UUID id = gone.id();
      long audited = db.audit().count();
      assertThatThrownBy(() -> users.update(gone.withFirstName("Eve")))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.update(stored.withFirstName("Eve")))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.update(stored, stored.withFirstName("Eve")))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.updateAll(List.of(stored.withFirstName("Eve"))))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.patch(id, c -> c.set(User::role, Role.ADMIN)))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.increment(id, User::commandCount, 1))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> users.save(stored)).isInstanceOf(NotFoundException.class);
      assertThat(users.query().update(c -> c.set(User::role, Role.ADMIN))).isEqualTo(1);
      assertThat(users.delete(id)).isFalse();
      assertThat(users.deleteAll(List.of(id))).isZero();
      assertThat(users.where(field(User::id).is(id)).delete()).isZero();
      assertThat(users.where(field(User::id).is(id)).purge()).isZero();
      assertThat(users.query().onlyDeleted().list()).containsExactly(stored);
      assertThat(db.audit().count()).isEqualTo(audited + 1);
    }
  }

  @Test
  default void deletedRowsAreSeenByWhoAsksForThem() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User live = users.create(User.of("live@example.org", "Live"));
      User gone = users.create(User.of("gone@example.org", "Gone"));
      Instant later = clock.advance(1, ChronoUnit.HOURS);
      users.delete(gone.id());
      User seen = users.query().onlyDeleted().one();
      assertThat(seen.deletedAt()).isEqualTo(later);
      assertThat(seen.updatedAt()).isEqualTo(later);
      assertThat(seen.version()).isEqualTo(2);
      assertThat(seen.createdAt()).isEqualTo(gone.createdAt());
      Query<User> all = users.query().includeDeleted();
      assertThat(all.list()).containsExactlyInAnyOrder(live, seen);
      assertThat(all.count()).isEqualTo(2);
      assertThat(all.page(1, 10).total()).isEqualTo(2);
      assertThat(all.slice().items()).hasSize(2);
      assertThat(all.as(Address.class).list()).hasSize(2);
      assertThat(all.search("GONE", User::email).one()).isEqualTo(seen);
      assertThat(users.query().onlyDeleted().count()).isEqualTo(1);
      assertThat(users.query().onlyDeleted().exists()).isTrue();
      assertThat(users.where(field(User::email).is("live@example.org")).onlyDeleted().list())
          .isEmpty();
      try (Stream<User> stream = all.stream()) {
        assertThat(stream).hasSize(2);
      }
    }
  }

  @Test
  default void valuesAreUniqueAmongLiveRows() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      for (int i = 0; i < 3; i++) {
        User user = users.create(User.of("ada@example.org", "Ada " + i));
        assertThatThrownBy(() -> users.create(User.of("ada@example.org", "Eve")))
            .isInstanceOf(ConstraintException.class);
        assertThat(users.delete(user.id())).isTrue();
      }
      assertThat(users.query().onlyDeleted().count()).isEqualTo(3);
      assertThatThrownBy(() ->
              users.create(
                  User.of("new@example.org", "Eve")
                      .withId(users.query().onlyDeleted().first().get().id())))
          .as("a key is unique among all rows")
          .isInstanceOf(ConstraintException.class);
    }
  }

  @Test
  default void restoreBringsTheRowBackAsItWas() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class, Activity.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada").withPasswordHash("hash"));
      users.increment(ada.id(), User::commandCount, 4);
      Repository<Activity, UUID> activities = db.repository(Activity.class);
      Activity login = activities.create(Activity.of(ada.id(), "login"));
      users.delete(ada.id());
      Instant later = clock.advance(1, ChronoUnit.HOURS);
      User back = users.restore(ada.id());
      assertThat(back.deletedAt()).isNull();
      assertThat(back.updatedAt()).isEqualTo(later);
      assertThat(back.createdAt()).isEqualTo(ada.createdAt());
      assertThat(back.commandCount()).isEqualTo(4);
      assertThat(back.passwordHash()).isEqualTo("hash");
      assertThat(back.version()).isEqualTo(4);
      assertThat(users.get(ada.id())).isEqualTo(back);
      assertThat(activities.query().list()).containsExactly(login);
      assertThatThrownBy(() -> users.restore(ada.id()))
          .as("it is live already")
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  default void restoreThatMeetsALiveRowChangesNothing() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User old = users.create(User.of("ada@example.org", "Old"));
      User other = users.create(User.of("bob@example.org", "Bob"));
      users.deleteAll(List.of(old.id(), other.id()));
      UUID deletion = db.audit().action(Action.SOFT_DELETE).list().getFirst().bulkId();
      User heir = users.create(User.of("ada@example.org", "Heir"));
      List<User> gone = users.query().onlyDeleted().list();
      long audited = db.audit().count();
      List<Runnable> attempts =
          List.of(
              () -> users.restore(old.id()),
              () -> users.restoreAll(List.of(other.id(), old.id())),
              () -> users.restoreDeletion(deletion),
              () -> users.query().onlyDeleted().restore());
      for (Runnable attempt : attempts) {
        assertThatThrownBy(attempt::run).isInstanceOf(ConstraintException.class);
        assertThat(users.query().onlyDeleted().list()).isEqualTo(gone);
        assertThat(users.query().list()).containsExactly(heir);
      }
      if (db.capabilities().contains(Capability.SAVEPOINTS)) { // nor where a transaction goes on
        db.transaction(tx -> {
          for (Runnable attempt : attempts) {
            assertThatThrownBy(attempt::run).isInstanceOf(ConstraintException.class);
          }
        });
      }
      assertThat(users.query().onlyDeleted().list()).isEqualTo(gone);
      assertThat(db.audit().count()).isEqualTo(audited);
      users.purge(heir.id());
      assertThat(users.restoreDeletion(deletion)).isEqualTo(2);
    }
  }

  @Test
  default void restoreDeletionBringsBackExactlyWhatOneDeletionTook() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<UUID> ids =
          users
              .createAll(
                  Stream.of("a", "b", "c", "d", "e", "f")
                      .map(name -> User.of(name + "@example.org", "User " + name))
                      .toList())
              .stream()
              .map(User::id)
              .toList();
      users.delete(ids.get(0)); // before it, alone
      assertThat(users.deleteAll(List.of(ids.get(0), ids.get(1), ids.get(2), ids.get(3))))
          .isEqualTo(3);
      UUID deletion = db.audit().of(User.class, ids.get(1)).list().getFirst().bulkId();
      users.where(field(User::email).is("e@example.org")).delete(); // after it
      users.restore(ids.get(1)); // no longer deleted by it
      users.delete(ids.get(1)); // but by another
      users.purge(ids.get(2)); // gone for good
      assertThat(users.restoreDeletion(UUID.randomUUID())).isZero();
      assertThat(users.restoreDeletion(deletion)).isEqualTo(1);
      assertThat(users.query().list())
          .extracting(User::id)
          .containsExactlyInAnyOrder(ids.get(3), ids.get(5));
      assertThat(users.restoreDeletion(deletion)).isZero();
      UUID setBased = db.audit().of(User.class, ids.get(4)).list().getFirst().bulkId();
      assertThat(users.restoreDeletion(setBased)).isEqualTo(1);
      assertThat(users.query().onlyDeleted().list())
          .extracting(User::id)
          .containsExactlyInAnyOrder(ids.get(0), ids.get(1));
    }
  }

  @Test
  default void setBasedDeleteAndRestoreTakeWhatMatches() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.createAll(
          Stream.of("a1", "a2", "b1")
              .map(name -> User.of(name + "@example.org", "User " + name))
              .toList());
      Filter as = field(User::email).startsWith("a");
      assertThat(users.where(as).delete()).isEqualTo(2);
      assertThat(users.where(as).includeDeleted().delete())
          .as("what is deleted is not deleted again")
          .isZero();
      assertThat(users.query().list()).extracting(User::email).containsExactly("b1@example.org");
      assertThat(users.where(field(User::email).is("a2@example.org")).restore()).isEqualTo(1);
      assertThat(users.count()).isEqualTo(2);
      assertThat(users.query().onlyDeleted().purge()).isEqualTo(1);
      assertThat(users.query().includeDeleted().count()).isEqualTo(2);
      assertThat(users.query().purge()).isEqualTo(2);
      assertThat(users.query().includeDeleted().count()).isZero();
    }
  }

  @Test
  default void purgeIsForGoodLiveOrDeleted() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User gone = deleted(users);
      User live = users.query().one();
      assertThat(users.purge(gone.id())).isTrue();
      assertThat(users.purge(gone.id())).isFalse();
      assertThat(users.purge(live.id())).isTrue();
      assertThat(users.query().includeDeleted().count()).isZero();
      assertThatThrownBy(() -> users.restore(gone.id())).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  default void aDeletionIsUndoneWithItsTransaction() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      db.transaction(tx -> {
        users.delete(ada.id());
        assertThat(users.find(ada.id())).isEmpty();
        tx.rollback();
      });
      assertThat(users.get(ada.id())).isEqualTo(ada);
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  @Test
  default void withoutTheColumnDeletionIsFinalAndTheRestIsRefused() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account a = accounts.create(Account.of("a", 1));
      Account b = accounts.create(Account.of("b", 1));
      assertThat(accounts.delete(a.id())).isTrue();
      assertThat(accounts.delete(a.id())).isFalse();
      assertThat(db.sql("select count(*) from account").as(Long.class).one()).isEqualTo(1);
      List<Runnable> refused =
          List.of(
              () -> accounts.restore(b.id()),
              () -> accounts.restoreAll(List.of(b.id())),
              () -> accounts.restoreAll(List.of()),
              () -> accounts.restoreDeletion(UUID.randomUUID()),
              () -> accounts.query().restore(),
              () -> accounts.query().includeDeleted().list(),
              () -> accounts.query().includeDeleted().count(),
              () -> accounts.query().onlyDeleted().list(),
              () -> accounts.query().onlyDeleted().purge());
      for (int i = 0; i < refused.size(); i++) {
        assertThatThrownBy(refused.get(i)::run, "call %d", i)
            .isInstanceOf(UnsupportedException.class);
      }
      assertThat(accounts.query().list()).containsExactly(b);
      assertThat(accounts.query().delete()).isEqualTo(1);
      assertThat(accounts.count()).isZero();
    }
  }
}
