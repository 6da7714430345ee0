package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.TransactionException;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Transactions: all or nothing, in parts that can fail alone.
public interface TransactionContract extends ContractBase {

  private static List<String> texts(Repository<Note, Long> notes) {
    return notes.query().orderBy(Order.ascending(Note::id)).list().stream()
        .map(Note::text)
        .toList();
  }

  @Test
  default void workThatEndsIsCommitted() {
    try (Database db = open(Note.class, Account.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      long id =
          db.inTransaction(tx -> {
            notes.create(Note.of("a"));
            return accounts.create(Account.of("ada", 1)).id();
          });
      assertThat(texts(notes)).containsExactly("a");
      assertThat(accounts.get(id).owner()).isEqualTo("ada");
    }
  }

  @Test
  default void repositoriesMadeInsideJoinAsWell() {
    try (Database db = open(Note.class)) {
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                db.<Note, Long>repository(Note.class).create(Note.of("a"));
                db.sql("insert into note (text) values (:text)").bind("text", "by hand").execute();
                assertThat(db.repository(Note.class).count()).isEqualTo(2);
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThat(db.repository(Note.class).count()).isZero();
    }
  }

  @Test
  default void whatTheWorkThrowsPassesThroughUnchanged() {
    try (Database db = open(Note.class, Account.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      List<Throwable> business =
          List.of(
              new IllegalStateException("unchecked"),
              new IOException("checked"),
              new AssertionError("error"),
              new InterruptedException("interrupted"));
      for (Throwable thrown : business) {
        assertThatThrownBy(() ->
                db.<Throwable>transaction(tx -> {
                  notes.create(Note.of("never"));
                  accounts.create(Account.of("never", 1));
                  throw thrown;
                }))
            .isSameAs(thrown)
            .hasNoCause()
            .hasNoSuppressedExceptions();
        assertThatThrownBy(() ->
                db.<Throwable>transaction(outer ->
                    db.<Throwable>transaction(inner -> {
                      notes.create(Note.of("never"));
                      throw thrown;
                    })))
            .isSameAs(thrown)
            .hasNoSuppressedExceptions();
      }
      assertThat(notes.count()).isZero();
      assertThat(accounts.count()).isZero();
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  default void anErrorOfTheDatabaseRollsBackToo() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                users.create(User.of("ada@example.org", "Ada"));
                users.create(User.of("ada@example.org", "Eve"));
              }))
          .isInstanceOf(ConstraintException.class);
      assertThat(users.count()).isZero();
    }
  }

  @Test
  default void anErrorThatIsCaughtLeavesTheTransactionUsable() {
    try (Database db = open(User.class, Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account account = accounts.create(Account.of("ada", 5));
      db.transaction(tx -> {
        users.create(User.of("ada@example.org", "Ada"));
        assertThatThrownBy(() -> users.create(User.of("ada@example.org", "Eve")))
            .isInstanceOf(ConstraintException.class);
        assertThatThrownBy(() -> accounts.increment(account.id(), Account::balance, -6))
            .isInstanceOf(ConstraintException.class);
        assertThatThrownBy(() -> accounts.create(account)).isInstanceOf(ConstraintException.class);
        assertThatThrownBy(() -> users.get(UUID.randomUUID())).isNotNull();
        users.create(User.of("bob@example.org", "Bob"));
      });
      assertThat(users.count()).isEqualTo(2);
      assertThat(accounts.query().list()).containsExactly(account);
      assertThat(db.audit().count()).as("one entry a change").isEqualTo(3);
    }
  }

  @Test
  default void aPartThatFailsIsUndoneAlone() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(outer -> {
        notes.create(Note.of("before"));
        assertThatThrownBy(() ->
                db.transaction(inner -> {
                  notes.create(Note.of("undone"));
                  notes.query().update(c -> c.set(Note::text, "undone"));
                  throw new IllegalStateException("inner");
                }))
            .hasMessage("inner");
        assertThat(texts(notes)).containsExactly("before");
        db.transaction(inner -> notes.create(Note.of("part")));
        notes.create(Note.of("after"));
      });
      assertThat(texts(notes)).containsExactly("before", "part", "after");
    }
  }

  @Test
  default void partsNestThreeDeep() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(one -> {
        notes.create(Note.of("1"));
        db.transaction(two -> {
          notes.create(Note.of("2"));
          assertThatThrownBy(() ->
                  db.transaction(three -> {
                    notes.create(Note.of("3"));
                    db.transaction(four -> notes.create(Note.of("4")));
                    throw new IllegalStateException("three");
                  }))
              .hasMessage("three");
          db.transaction(three -> notes.create(Note.of("3 again")));
        });
        assertThatThrownBy(() ->
                db.transaction(two -> {
                  db.transaction(three -> notes.create(Note.of("gone with two")));
                  throw new IllegalStateException("two");
                }))
            .hasMessage("two");
      });
      assertThat(texts(notes)).containsExactly("1", "2", "3 again");
    }
  }

  @Test
  default void theOuterTakesItsPartsWithIt() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      assertThatThrownBy(() ->
              db.transaction(outer -> {
                db.transaction(inner -> notes.create(Note.of("part")));
                throw new IllegalStateException("outer");
              }))
          .hasMessage("outer");
      assertThat(notes.count()).isZero();
    }
  }

  @Test
  default void rollbackEndsWithoutAnError() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      String result =
          db.inTransaction(tx -> {
            notes.create(Note.of("never"));
            tx.rollback();
            return "result";
          });
      assertThat(result).isEqualTo("result");
      assertThat(notes.count()).isZero();
      db.transaction(outer -> {
        notes.create(Note.of("outer"));
        db.transaction(inner -> {
          notes.create(Note.of("inner"));
          inner.rollback();
        });
        notes.create(Note.of("outer too"));
      });
      assertThat(texts(notes)).containsExactly("outer", "outer too");
    }
  }

  @Test
  default void rollbackOfTheOuterAskedForInsideAPartRollsAllBack() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(outer -> {
        notes.create(Note.of("outer"));
        db.transaction(inner -> {
          notes.create(Note.of("inner"));
          outer.rollback();
        });
      });
      assertThat(notes.count()).isZero();
    }
  }

  @Test
  default void readOnlyRefusesEveryWrite() {
    try (Database db = open(User.class, Note.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      User ada = users.create(User.of("ada@example.org", "Ada"));
      Note note = notes.create(Note.of("a"));
      List<Runnable> writes =
          List.of(
              () -> users.create(User.of("bob@example.org", "Bob")),
              () -> users.createAll(List.of(User.of("bob@example.org", "Bob"))),
              () -> users.update(ada.withFirstName("Eve")),
              () -> users.updateAll(List.of(ada.withFirstName("Eve"))),
              () -> users.patch(ada.id(), c -> c.set(User::firstName, "Eve")),
              () -> users.increment(ada.id(), User::commandCount, 1),
              () -> users.save(ada.withFirstName("Eve")),
              () -> users.delete(ada.id()),
              () -> users.purge(ada.id()),
              () -> users.query().update(c -> c.set(User::firstName, "Eve")),
              () -> users.query().delete(),
              () -> users.query().onlyDeleted().restore(),
              () -> notes.create(Note.of("b")),
              () -> notes.patch(note.id(), c -> c.set(Note::text, "b")),
              () -> notes.delete(note.id()),
              () -> db.transaction(inner -> notes.create(Note.of("b"))),
              () -> db.audit().cleanup(0),
              () -> db.schema().create(Account.class),
              () -> db.sql("insert into note (text) values ('b')").execute());
      db.transaction(
          Transaction.Options.READ_ONLY,
          tx -> {
            for (int i = 0; i < writes.size(); i++) {
              assertThatThrownBy(writes.get(i)::run, "write %d", i)
                  .isInstanceOf(TransactionException.class);
            }
            assertThat(users.get(ada.id())).isEqualTo(ada);
          });
      db.transaction( // the same where only a part is read-only
          outer -> {
            db.transaction(
                Transaction.Options.READ_ONLY,
                tx -> {
                  for (int i = 0; i < writes.size(); i++) {
                    assertThatThrownBy(writes.get(i)::run, "write %d in a part", i)
                        .isInstanceOf(TransactionException.class);
                  }
                });
            notes.create(Note.of("after the part"));
          });
      assertThat(users.query().list()).containsExactly(ada);
      assertThat(texts(notes)).containsExactly("a", "after the part");
      assertThat(db.schema().tables()).doesNotContain("account");
      assertThat(db.audit().of(User.class).count()).isEqualTo(1);
      notes.create(Note.of("and now it writes again"));
    }
  }

  @Test
  default void readOnlyInsideReadOnlyReads() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("a"));
      long seen =
          db.inTransaction(
              Transaction.Options.READ_ONLY,
              outer -> db.inTransaction(Transaction.Options.READ_ONLY, inner -> notes.count()));
      assertThat(seen).isEqualTo(1);
    }
  }

  @Test
  default void readOnlySeesOneMomentsState() throws InterruptedException {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.create(Note.of("a"));
      db.<InterruptedException>transaction(
          Transaction.Options.READ_ONLY,
          tx -> {
            assertThat(notes.count()).isEqualTo(1);
            Together.run(1, thread -> notes.create(Note.of("b")));
            assertThat(notes.count()).isEqualTo(1);
          });
      assertThat(notes.count()).isEqualTo(2);
    }
  }

  @Test
  default void othersSeeNothingBeforeTheCommit() throws InterruptedException {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      AtomicReference<Long> seen = new AtomicReference<>();
      db.<InterruptedException>transaction(tx -> {
        notes.create(Note.of("a"));
        Together.run(1, thread -> seen.set(notes.count()));
        assertThat(notes.count()).isEqualTo(1);
      });
      assertThat(seen).hasValue(0L);
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  @Test
  default void aKeyIsFreeAgainAfterARollback() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Transaction.Options once = Transaction.Options.STANDARD.withIdempotencyKey("order 7");
      IllegalStateException stop = new IllegalStateException("stop");
      assertThatThrownBy(() ->
              db.transaction(
                  once,
                  tx -> {
                    notes.create(Note.of("first"));
                    throw stop;
                  }))
          .isSameAs(stop);
      db.transaction(once, tx -> tx.rollback());
      for (int i = 0; i < 2; i++) {
        db.transaction(once, tx -> notes.create(Note.of("second")));
      }
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("second");
    }
  }

  @Test
  default void aPartThatFailsBeforeItDoesAnythingHarmsNothing() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(tx -> {
        db.transaction(part -> notes.create(Note.of("one")));
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(() ->
                  db.transaction(part -> {
                    throw new IllegalStateException("nothing was done");
                  }))
              .isInstanceOf(IllegalStateException.class);
        }
        db.transaction(part -> notes.create(Note.of("two")));
        notes.create(Note.of("three"));
      });
      assertThat(notes.query().list())
          .extracting(Note::text)
          .containsExactly("one", "two", "three");
    }
  }
}
