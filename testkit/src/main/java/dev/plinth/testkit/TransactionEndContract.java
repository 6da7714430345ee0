package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How transactions end: hooks after the commit, misuse, and nothing held afterwards.
public interface TransactionEndContract extends ContractBase {

  @Test
  default void hooksRunInOrderAfterTheCommit() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<String> ran = new ArrayList<>();
      db.transaction(tx -> {
        tx.afterCommit(() -> ran.add("1, sees " + notes.count()));
        notes.create(Note.of("a"));
        db.transaction(inner -> inner.afterCommit(() -> ran.add("2")));
        tx.afterCommit(() -> ran.add("3"));
        assertThat(ran).isEmpty();
      });
      assertThat(ran).containsExactly("1, sees 1", "2", "3");
    }
  }

  @Test
  default void hooksOfWhatIsUndoneAreDropped() {
    try (Database db = open(Note.class)) {
      List<String> ran = new ArrayList<>();
      db.transaction(outer -> {
        outer.afterCommit(() -> ran.add("outer"));
        assertThatThrownBy(() ->
                db.transaction(inner -> {
                  inner.afterCommit(() -> ran.add("failed"));
                  db.transaction(third -> third.afterCommit(() -> ran.add("third")));
                  throw new IllegalStateException("inner");
                }))
            .hasMessage("inner");
        db.transaction(inner -> {
          inner.afterCommit(() -> ran.add("rolled back"));
          inner.rollback();
        });
        outer.afterCommit(() -> ran.add("last"));
      });
      assertThat(ran).containsExactly("outer", "last");
      db.transaction(tx -> {
        tx.afterCommit(() -> ran.add("never"));
        tx.rollback();
      });
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                tx.afterCommit(() -> ran.add("never"));
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThat(ran).containsExactly("outer", "last");
    }
  }

  @Test
  default void aHookThatFailsHarmsNothing() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<String> ran = new ArrayList<>();
      String result =
          db.inTransaction(tx -> {
            notes.create(Note.of("a"));
            tx.afterCommit(() -> {
              throw new IllegalStateException("hook");
            });
            tx.afterCommit(() -> ran.add("next"));
            return "result";
          });
      assertThat(result).isEqualTo("result");
      assertThat(ran).containsExactly("next");
      assertThat(notes.count()).isEqualTo(1);
    }
  }

  @Test
  default void aHookMayUseTheDatabase() {
    try (Database db = open(config -> config.with("poolTimeout", "5"), Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      db.transaction(tx -> {
        notes.create(Note.of("a"));
        tx.afterCommit(() ->
            db.transaction(own -> {
              notes.create(Note.of("by the hook"));
              own.afterCommit(() -> notes.create(Note.of("by its hook")));
            }));
      });
      assertThat(notes.count()).isEqualTo(3);
    }
  }

  @Test
  default void anEndedTransactionIsRefused() {
    try (Database db = open(Note.class)) {
      AtomicReference<Transaction> kept = new AtomicReference<>();
      db.transaction(kept::set);
      assertThatThrownBy(() -> kept.get().afterCommit(() -> {}))
          .isInstanceOf(TransactionException.class);
      assertThatThrownBy(() -> kept.get().rollback()).isInstanceOf(TransactionException.class);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                kept.set(tx);
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThatThrownBy(() -> kept.get().rollback()).isInstanceOf(TransactionException.class);
    }
  }

  @Test
  default void anEndedPartIsRefusedWhileTheOuterRuns() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<String> ran = new ArrayList<>();
      db.transaction(outer -> {
        AtomicReference<Transaction> part = new AtomicReference<>();
        db.transaction(part::set);
        notes.create(Note.of("a"));
        assertThatThrownBy(() -> part.get().rollback()).isInstanceOf(TransactionException.class);
        assertThatThrownBy(() -> part.get().afterCommit(() -> ran.add("late")))
            .isInstanceOf(TransactionException.class);
      });
      assertThat(notes.count()).isEqualTo(1);
      assertThat(ran).isEmpty();
    }
  }

  @Test
  default void anotherThreadIsRefused() throws InterruptedException {
    try (Database db = open(Note.class)) {
      AtomicBoolean ran = new AtomicBoolean();
      db.<InterruptedException>transaction(tx ->
          Together.run(
              1,
              thread -> {
                assertThatThrownBy(() -> tx.afterCommit(() -> ran.set(true)))
                    .isInstanceOf(TransactionException.class);
                assertThatThrownBy(tx::rollback).isInstanceOf(TransactionException.class);
              }));
      assertThat(ran).isFalse();
    }
  }

  @Test
  default void anOwnerWithoutANameIsToldByItsNumber() throws InterruptedException {
    try (Database db = open(Note.class)) {
      Together.run(
          1,
          Thread.ofVirtual().factory(),
          one -> {
            String owner = "#" + Thread.currentThread().threadId();
            db.<InterruptedException>transaction(tx ->
                Together.run(
                    1, other -> assertThatThrownBy(tx::rollback).hasMessageContaining(owner)));
          });
    }
  }

  @Test
  default void anotherThreadIsNoPartOfTheTransaction() throws InterruptedException {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      AtomicReference<Thread> other = new AtomicReference<>();
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                notes.create(Note.of("rolled back"));
                // it has to wait for its turn, so nobody waits for it in here
                other.set(Thread.startVirtualThread(() -> notes.create(Note.of("own"))));
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      other.get().join();
      assertThat(notes.query().one().text()).isEqualTo("own");
    }
  }

  @Test
  default void aClosedDatabaseRefusesEverything() {
    Database db = open(Note.class);
    Repository<Note, Long> notes = db.repository(Note.class);
    Note note = notes.create(Note.of("a"));
    db.close();
    db.close();
    assertThat(db.isActive()).isFalse();
    assertThatThrownBy(() -> notes.get(note.id())).isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> notes.create(Note.of("b"))).isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> db.transaction(tx -> {})).isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> db.sql("select 1").as(Long.class).list())
        .isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> db.schema().create(User.class))
        .isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> db.schema().tables()).isInstanceOf(ConnectionException.class);
  }

  @Test
  default void noFailureOfAnyKindKeepsAConnection() {
    try (Database db =
        open(
            config ->
                config.with("poolSize", "1").with("maxOverflow", "1").with("poolTimeout", "1"),
            User.class,
            Note.class,
            Account.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      notes.createAll(IntStream.range(0, 20).mapToObj(i -> Note.of("note " + i)).toList());
      User ada = users.create(User.of("ada@example.org", "Ada"));
      User eve = User.of("ada@example.org", "Eve");
      UUID nobody = UUID.randomUUID();
      List<Transaction.Action<Exception>> failing =
          List.of(
              tx -> {
                throw new IllegalStateException("unchecked");
              },
              tx -> {
                throw new IOException("checked");
              },
              tx -> {
                throw new StackOverflowError("error");
              },
              tx -> users.create(eve),
              tx -> users.createAll(List.of(User.of("a@example.org", "Bob"), eve)),
              tx -> users.get(nobody),
              tx -> users.patch(nobody, c -> c.set(User::firstName, "Eve")),
              tx -> users.update(ada.withVersion(99)),
              tx -> users.create(User.of("no address", "E")),
              tx -> db.sql("select nonsense from nowhere").rows().list(),
              tx -> db.sql("insert into note (id, text) values (1, null)").execute(),
              tx -> db.sql("select text from note").as(Account.class).list(),
              tx -> accounts.create(Account.of("poor", -1)),
              tx -> {
                Iterator<Note> open = notes.query().stream().iterator(); // and is never closed
                open.next();
                throw new IllegalStateException("streaming");
              },
              tx -> db.transaction(inner -> users.create(eve)),
              tx ->
                  db.<Exception>transaction(inner -> {
                    throw new IOException("inner");
                  }),
              tx -> {
                tx.rollback();
                notes.create(Note.of("undone"));
                throw new IllegalStateException("after rollback()");
              });
      for (int i = 0; i < 204; i++) {
        Transaction.Action<Exception> work = failing.get(i % failing.size());
        assertThatThrownBy(() -> db.transaction(work), "failure %d", i).isNotNull();
        assertThatThrownBy(() -> db.transaction(Transaction.Options.READ_ONLY, work)).isNotNull();
        assertThatThrownBy(() -> db.<Exception>transaction(tx -> db.transaction(work))).isNotNull();
      }
      for (int i = 0; i < 50; i++) { // the same without a transaction around it
        assertThatThrownBy(() -> users.create(eve)).isNotNull();
        assertThatThrownBy(() -> users.get(nobody)).isNotNull();
        assertThatThrownBy(() -> db.sql("select nonsense from nowhere").rows().list()).isNotNull();
        assertThatThrownBy(() -> db.sql("select text from note").as(Account.class).list())
            .isNotNull();
        try (Stream<Note> half = notes.query().stream()) {
          assertThat(half.findFirst()).isPresent();
        }
        assertThatThrownBy(
                () -> {
                  try (Stream<Note> all = notes.query().stream()) {
                    all.forEach(note -> {
                      throw new IllegalStateException("while streaming");
                    });
                  }
                })
            .hasMessage("while streaming");
      }
      assertThat(users.query().list()).containsExactly(ada);
      assertThat(notes.count()).isEqualTo(20);
      assertThat(accounts.count()).isZero();
      assertThat(db.audit().of(User.class).count()).isEqualTo(1);
      assertThatCode(() -> db.transaction(tx -> notes.create(Note.of("and it still serves"))))
          .doesNotThrowAnyException();
    }
  }

  @Test
  default void theLeakCheckNoticesALeak() {
    // The control of the test above: what is really kept is noticed.
    try (Database db =
        open(
            config ->
                config.with("poolSize", "1").with("maxOverflow", "0").with("poolTimeout", "0.2"),
            Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 20).mapToObj(i -> Note.of("note " + i)).toList());
      try (Stream<Note> kept = notes.query().stream()) {
        assertThat(kept.iterator().next()).isNotNull();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        assertThatCode(() ->
                Together.run(
                    1,
                    thread -> {
                      try {
                        notes.count();
                      } catch (TimeoutException e) {
                        refused.set(e);
                      }
                    }))
            .doesNotThrowAnyException();
        assertThat(refused.get()).isNotNull();
      }
      assertThat(notes.count()).isEqualTo(20);
    }
  }

  @Test
  default void aHookThatThrowsWhatItDoesNotDeclareStopsNoOther() {
    List<String> ran = new ArrayList<>();
    try (Database db = open(Account.class)) {
      db.transaction(tx -> {
        tx.afterCommit(() -> sneak(new IOException("undeclared")));
        tx.afterCommit(() -> ran.add("second"));
      });
    }
    assertThat(ran).containsExactly("second");
  }

  @SuppressWarnings("unchecked") // the usual way around checking
  private static <X extends Throwable> void sneak(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /// Where parts cannot be undone alone, the whole is; what failed is never committed.
  @Test
  default void whatFailedDeepInsideIsNeverCommitted() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<String> hooks = new ArrayList<>();
      try {
        db.transaction(outer -> {
          outer.afterCommit(() -> hooks.add("outer"));
          notes.create(Note.of("outer"));
          try {
            db.transaction(middle -> {
              notes.create(Note.of("middle"));
              assertThatThrownBy(() ->
                      db.transaction(inner -> {
                        inner.afterCommit(() -> hooks.add("inner"));
                        notes.create(Note.of("inner"));
                        throw new IllegalStateException("inner");
                      }))
                  .hasMessage("inner");
            });
          } catch (TransactionException e) {
            // an engine without savepoints says that the middle one cannot end well
          }
          notes.create(Note.of("last"));
        });
        assertThat(notes.query().list().stream().map(Note::text))
            .containsExactlyInAnyOrder("outer", "middle", "last");
        assertThat(hooks).containsExactly("outer");
      } catch (TransactionException e) {
        assertThat(notes.count()).isZero();
        assertThat(hooks).isEmpty();
      }
    }
  }
}
