package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Counter;
import dev.plinth.entity.Id;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Changes;
import dev.plinth.testkit.samples.Account;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Additions in the database: never beyond a column's range, and each column once.
public interface ArithmeticContract extends ContractBase {

  /// A record of every number that can be added to.
  record Tally(
      @Id long id, short tiny, int small, long large, double real, @Counter long loginCount) {}

  /// The same without an audit trail, whose rows nobody reads after a write.
  @Audited(false)
  record Meter(
      @Id long id, short tiny, int small, long large, double real, @Counter long loginCount) {}

  /// A record with fewer numbers than others.
  record Narrow(@Id int id, String name) {}

  /// A record of a decimal.
  record Sum(@Id long id, BigDecimal amount) {}

  private static <T> void refuses(
      Repository<T, Long> rows, T stored, UnaryOperator<Changes<T>> addition) {
    assertThatThrownBy(() -> rows.patch(1L, addition)).isInstanceOf(ValidationException.class);
    assertThat(rows.get(1L)).isEqualTo(stored);
    assertThatThrownBy(() -> rows.query().update(addition)).isInstanceOf(ValidationException.class);
    assertThat(rows.get(1L)).isEqualTo(stored);
    assertThatThrownBy(() -> rows.save(c -> addition.apply(c.set("id", 1L))))
        .isInstanceOf(ValidationException.class);
    assertThat(rows.query().list()).containsExactly(stored);
  }

  private static <T> void refusesEverySumBeyondTheEnd(Repository<T, Long> rows, T most) {
    rows.create(most);
    for (String column : List.of("tiny", "small", "large", "loginCount", "login_count")) {
      refuses(rows, most, c -> c.add(column, 1));
      refuses(rows, most, c -> c.add(column, Long.MAX_VALUE));
    }
    refuses(rows, most, c -> c.add("real", Double.MAX_VALUE));
    // nothing is broken: there is a way back
    rows.patch(1L, c -> c.add("large", -1).add("small", -1).add("tiny", -1));
    rows.query().update(c -> c.add("large", 1).add("small", 1).add("tiny", 1));
    assertThat(rows.query().list()).containsExactly(most);
  }

  private static <T> void refusesEverySumBeforeTheStart(Repository<T, Long> rows, T least) {
    rows.create(least);
    for (String column : List.of("tiny", "small", "large", "loginCount")) {
      refuses(rows, least, c -> c.add(column, -1));
      refuses(rows, least, c -> c.add(column, Long.MIN_VALUE));
    }
    refuses(rows, least, c -> c.add("real", -Double.MAX_VALUE));
  }

  @Test
  default void aSumBeyondItsRangeIsRefusedAndTheRowStays() {
    try (Database db = open(Tally.class)) {
      refusesEverySumBeyondTheEnd(
          db.repository(Tally.class),
          new Tally(
              1,
              Short.MAX_VALUE,
              Integer.MAX_VALUE,
              Long.MAX_VALUE,
              Double.MAX_VALUE,
              Long.MAX_VALUE));
      // the creation, one change and one set-based change: nothing that was refused left a trace
      assertThat(db.audit().count()).isEqualTo(3);
    }
  }

  @Test
  default void aSumBelowItsRangeIsRefusedAndTheRowStays() {
    try (Database db = open(Tally.class)) {
      refusesEverySumBeforeTheStart(
          db.repository(Tally.class),
          new Tally(
              1,
              Short.MIN_VALUE,
              Integer.MIN_VALUE,
              Long.MIN_VALUE,
              -Double.MAX_VALUE,
              Long.MIN_VALUE));
      assertThat(db.audit().count()).isEqualTo(1);
    }
  }

  @Test
  default void aSumBeyondItsRangeIsRefusedWithoutAnAuditTrailToo() {
    try (Database db = open(Meter.class)) {
      refusesEverySumBeyondTheEnd(
          db.repository(Meter.class),
          new Meter(
              1,
              Short.MAX_VALUE,
              Integer.MAX_VALUE,
              Long.MAX_VALUE,
              Double.MAX_VALUE,
              Long.MAX_VALUE));
    }
  }

  @Test
  default void aSumBelowItsRangeIsRefusedWithoutAnAuditTrailToo() {
    try (Database db = open(Meter.class)) {
      refusesEverySumBeforeTheStart(
          db.repository(Meter.class),
          new Meter(
              1,
              Short.MIN_VALUE,
              Integer.MIN_VALUE,
              Long.MIN_VALUE,
              -Double.MAX_VALUE,
              Long.MIN_VALUE));
    }
  }

  @Test
  default void anIncrementPastTheEndIsRefused() {
    try (Database db = open(Tally.class)) {
      Repository<Tally, Long> tallies = db.repository(Tally.class);
      Tally first = tallies.create(new Tally(0, (short) 0, 0, 0, 0, Long.MAX_VALUE));
      assertThatThrownBy(() -> tallies.increment(first.id(), Tally::loginCount, 1))
          .isInstanceOf(ValidationException.class);
      assertThat(tallies.get(first.id())).isEqualTo(first);
      assertThat(tallies.increment(first.id(), Tally::loginCount, -1).loginCount())
          .isEqualTo(Long.MAX_VALUE - 1);
    }
  }

  /// One row of many does not fit: none is changed.
  @Test
  default void oneSumBeyondItsRangeUndoesThemAll() {
    try (Database db = open(Meter.class)) {
      Repository<Meter, Long> meters = db.repository(Meter.class);
      List<Meter> stored =
          meters.createAll(
              List.of(
                  new Meter(0, (short) 1, 1, 1, 1, 1),
                  new Meter(0, (short) 2, Integer.MAX_VALUE, 2, 2, 2),
                  new Meter(0, (short) 3, 3, 3, 3, 3)));
      assertThatThrownBy(() -> meters.query().update(c -> c.add(Meter::small, 1)))
          .isInstanceOf(ValidationException.class);
      assertThat(meters.query().list()).containsExactlyInAnyOrderElementsOf(stored);
    }
  }

  private static <T> void refusesTwoSpellings(Repository<T, Long> rows, T stored) {
    refuses(rows, stored, c -> c.add("loginCount", 1).add("login_count", 10));
    refuses(rows, stored, c -> c.add("login_count", 1).add("loginCount", 10));
    refuses(rows, stored, c -> c.set("loginCount", 100).add("login_count", 10));
    refuses(rows, stored, c -> c.add("login_count", 10).set("loginCount", 100));
    assertThatThrownBy(() -> rows.create(c -> c.add("loginCount", 1).add("login_count", 10)))
        .isInstanceOf(ValidationException.class);
    assertThat(rows.query().list()).containsExactly(stored);
  }

  @Test
  default void twoChangesOfOneColumnUnderTwoSpellingsAreRefused() {
    try (Database db = open(Tally.class, Meter.class)) {
      Repository<Tally, Long> tallies = db.repository(Tally.class);
      Repository<Meter, Long> meters = db.repository(Meter.class);
      refusesTwoSpellings(tallies, tallies.create(new Tally(0, (short) 0, 0, 0, 0, 5)));
      refusesTwoSpellings(meters, meters.create(new Meter(0, (short) 0, 0, 0, 0, 5)));
      assertThatThrownBy(
              () -> tallies.patch(1L, c -> c.add(Tally::loginCount, 1).add("login_count", 10)))
          .isInstanceOf(ValidationException.class);
      assertThat(tallies.get(1L).loginCount()).isEqualTo(5);
    }
  }

  /// A number of too many digits cannot be reached by adding either.
  @Test
  default void aDecimalSumHasAsManyDigitsAsADecimalMayHave() {
    try (Database db = open(Sum.class)) {
      Repository<Sum, Long> sums = db.repository(Sum.class);
      BigDecimal most = new BigDecimal("9".repeat(16_383));
      Sum stored = sums.create(new Sum(0, most));
      refuses(sums, stored, c -> c.add("amount", 1));
      assertThat(sums.patch(stored.id(), c -> c.add("amount", -1)).amount())
          .isEqualTo(most.subtract(BigDecimal.ONE));
    }
  }

  /// What was not stored, or lies beyond all that is ever numbered, uses up nothing.
  @Test
  default void aKeyAtTheEndDoesNotUseUpTheNumbers() {
    try (Database db = open(Account.class, Narrow.class)) {
      Repository<Account, Long> accounts = db.repository(Account.class);
      Account last = new Account(Long.MAX_VALUE, "last", -1, 0);
      assertThatThrownBy(() -> accounts.create(last)).isInstanceOf(ConstraintException.class);
      assertThatThrownBy(() -> accounts.save(last)).isInstanceOf(ConstraintException.class);
      db.transaction(tx -> {
        accounts.create(last.withBalance(1));
        tx.rollback();
      });
      accounts.create(Account.of("next", 1));
      accounts.createAll(List.of(Account.of("a", 1), Account.of("b", 1)));
      assertThat(accounts.count()).isEqualTo(3);
      Repository<Narrow, Integer> narrow = db.repository(Narrow.class);
      db.transaction(tx -> {
        narrow.create(new Narrow(Integer.MAX_VALUE, "last"));
        tx.rollback();
      });
      narrow.create(new Narrow(0, "next"));
      assertThat(narrow.count()).isEqualTo(1);
    }
  }
}
