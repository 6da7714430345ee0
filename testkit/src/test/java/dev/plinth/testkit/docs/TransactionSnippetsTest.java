package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Transaction;
import dev.plinth.config.Isolation;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.TransactionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/transactions.md`.
class TransactionSnippetsTest extends Snippets {

  private final List<String> mails = new ArrayList<>();

  @Test
  void allOrNothing() {
    // docs: transaction
    db.transaction(tx -> {
      users.patch(ada.id(), c -> c.set(User::role, Role.ADMIN));
      users.delete(grace.id());
      tx.afterCommit(() -> mails.add("Grace has left."));
    });
    // end

    assertThat(mails).containsExactly("Grace has left.");
    assertThat(users.find(grace.id())).isEmpty();
  }

  @Test
  void withAResult() {
    // docs: transaction-result
    long left =
        db.inTransaction(tx -> {
          users.delete(alan.id());
          return users.count();
        });
    // end

    assertThat(left).isEqualTo(2);
  }

  @Test
  void anException() {
    assertThatThrownBy(() ->
            db.transaction(tx -> {
              users.delete(ada.id());
              throw new java.io.IOException("the caller's own");
            }))
        .isExactlyInstanceOf(java.io.IOException.class);
    assertThat(users.find(ada.id())).isPresent();
  }

  @Test
  void nested() {
    // docs: transaction-nested
    db.transaction(outer -> {
      users.patch(ada.id(), c -> c.set(User::phone, "555-0199"));
      try {
        db.transaction(inner -> {
          users.delete(grace.id());
          users.patch(alan.id(), c -> c.set(User::email, ada.email()));
        });
      } catch (ConstraintException e) {
        // Grace is back; Ada's new number stands
      }
    });
    // end

    assertThat(users.find(grace.id())).isPresent();
    assertThat(users.get(ada.id()).phone()).isEqualTo("555-0199");
  }

  @Test
  void rolledBack() {
    // docs: transaction-rollback
    db.transaction(tx -> {
      users.where(field(User::role).is(Role.MEMBER)).delete();
      tx.rollback(); // a trial: nothing stays
    });
    // end

    assertThat(users.count()).isEqualTo(3);
  }

  @Test
  void readOnly() {
    // docs: transaction-read-only
    long members =
        db.inTransaction(
            Transaction.Options.READ_ONLY,
            tx -> {
              long all = users.count();
              long admins = users.where(field(User::role).is(Role.ADMIN)).count();
              return all - admins; // of one moment
            });
    // end

    assertThat(members).isEqualTo(2);
    assertThatThrownBy(
            () -> db.transaction(Transaction.Options.READ_ONLY, tx -> users.delete(ada.id())))
        .isInstanceOf(TransactionException.class);
  }

  @Test
  void options() {
    // docs: transaction-options
    db.transaction(
        Transaction.Options.STANDARD
            .withIsolation(Isolation.SERIALIZABLE)
            .withTimeLimit(Duration.ofSeconds(5))
            .withIdempotencyKey("invoice 4711"),
        tx -> users.patch(ada.id(), c -> c.set(User::role, Role.MODERATOR)));
    // end

    assertThat(users.get(ada.id()).role()).isEqualTo(Role.MODERATOR);
  }
}
