package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.DatabaseException;
import dev.plinth.testkit.samples.Account;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The log and the change are one: both happen, or neither.
public interface AuditRollbackContract extends ContractBase {

  @Test
  default void entriesAreRolledBackWithTheirChange() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.create(Account.of("before", 1));
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                accounts.create(Account.of("a", 1));
                accounts.query().update(c -> c.set(Account::balance, 7L));
                throw new IllegalStateException("no");
              }))
          .hasMessage("no");
      assertThat(db.audit().count()).isEqualTo(1);
      db.transaction(outer -> {
        accounts.create(Account.of("outer", 1));
        assertThatThrownBy(() ->
                db.transaction(inner -> {
                  accounts.query().update(c -> c.set(Account::balance, 9L));
                  throw new IllegalStateException("inner");
                }))
            .hasMessage("inner");
        db.transaction(inner -> accounts.create(Account.of("inner", 1)));
      });
      List<AuditEntry> log = db.audit().list();
      assertThat(log).extracting(AuditEntry::action).containsOnly(Action.CREATE);
      assertThat(log)
          .extracting(entry -> entry.newValues().get("owner"))
          .containsExactly("inner", "outer", "before");
    }
  }

  @Test
  default void theFirstEntryOfAllMayBeRolledBack() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() ->
                db.transaction(tx -> {
                  accounts.create(Account.of("a", 1));
                  throw new IllegalStateException("no");
                }))
            .hasMessage("no");
      }
      db.transaction(outer -> {
        assertThatThrownBy(() ->
                db.transaction(inner -> {
                  accounts.create(Account.of("a", 1));
                  throw new IllegalStateException("inner");
                }))
            .hasMessage("inner");
        accounts.create(Account.of("b", 1));
      });
      accounts.create(Account.of("c", 1));
      assertThat(db.audit().count()).isEqualTo(2);
    }
  }

  @Test
  default void aChangeThatCannotBeLoggedDoesNotHappen() {
    try (Database db = open(Account.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account account = accounts.create(Account.of("ada", 1));
      db.sql("drop table plinth_audit").execute();
      assertThatThrownBy(() -> accounts.create(Account.of("bob", 1)))
          .isInstanceOf(DatabaseException.class);
      assertThatThrownBy(() -> accounts.increment(account.id(), Account::balance, 1))
          .isInstanceOf(DatabaseException.class);
      assertThatThrownBy(() -> accounts.delete(account.id())).isInstanceOf(DatabaseException.class);
      assertThat(accounts.query().list()).containsExactly(account);
    }
  }
}
