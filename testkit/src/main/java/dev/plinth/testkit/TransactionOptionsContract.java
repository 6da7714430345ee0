package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.Freshness;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Note;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a transaction may be given: a key, a time limit.
public interface TransactionOptionsContract extends ContractBase {

  @Test
  default void aKeyWhoseWorkFailedServesAgain() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Transaction.Options key = Transaction.Options.STANDARD.withIdempotencyKey("k");
      assertThatThrownBy(() ->
              db.transaction(
                  key,
                  tx -> {
                    notes.create(Note.of("a"));
                    throw new IllegalStateException("mine");
                  }))
          .hasMessage("mine");
      db.transaction(key, tx -> tx.rollback());
      assertThat(db.inTransaction(key, tx -> notes.create(Note.of("b"))).text()).isEqualTo("b");
      db.transaction(key, tx -> notes.create(Note.of("c")));
      assertThatThrownBy(() -> db.inTransaction(key, tx -> notes.create(Note.of("d"))))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("was done before");
      assertThat(notes.query().list()).extracting(Note::text).containsExactly("b");
    }
  }

  @Test
  default void aTimeLimitMayBeLongerThanAnyTime() {
    try (Database db = open(Note.class)) {
      Transaction.Options forever =
          Transaction.Options.STANDARD.withTimeLimit(ChronoUnit.FOREVER.getDuration());
      long count = db.inTransaction(forever, tx -> db.repository(Note.class).count());
      assertThat(count).isZero();
      assertThat(db.ping(ChronoUnit.FOREVER.getDuration())).isTrue();
    }
  }

  @Test
  default void aTimeLimitAlsoEndsWhatIsReadSlowly() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes.createAll(IntStream.range(0, 3000).mapToObj(i -> Note.of("n" + i)).toList());
      Transaction.Options limit = Transaction.Options.STANDARD.withTimeLimit(Duration.ofSeconds(1));
      long start = System.nanoTime();
      assertThatThrownBy(() ->
              db.transaction(
                  limit,
                  tx -> {
                    try (Stream<Note> stream = notes.query().stream()) {
                      stream.forEach(note -> LockSupport.parkNanos(2_000_000));
                    }
                  }))
          .isInstanceOf(TimeoutException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  default void aPositionIsOneThatWasTold() {
    try (Database db = open(Note.class)) {
      assertThatThrownBy(() -> db.reading(Freshness.STALE_OK).after("hello"))
          .isInstanceOf(ValidationException.class);
      String none = db.reading(Freshness.STALE_OK).position();
      assertThat(db.reading(Freshness.STALE_OK).after(none).position()).isEqualTo(none);
    }
  }
}
