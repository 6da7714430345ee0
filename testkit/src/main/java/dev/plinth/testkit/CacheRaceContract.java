package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Cache;
import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Profile;
import dev.plinth.testkit.samples.Rate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What holds for records that are kept in memory while many threads read and write them.
public interface CacheRaceContract extends ContractBase {

  /// Writers count rows up, by all ways there are, and roll back every third time after they wrote
  /// something that nobody may ever see. Whoever reads gets what was committed before he asked, or
  /// later, and never goes back behind what anybody has read.
  @Test
  default void tenThousandRacingReadsSeeOnlyWhatWasCommitted() throws InterruptedException {
    int rows = 3;
    int writes = 60; // of each row
    int reads = 10_000;
    try (Database db = open(Rate.class)) {
      Repository<Rate, Long> rates = db.repository(Rate.class);
      long[] ids = new long[rows];
      for (int row = 0; row < rows; row++) {
        ids[row] = rates.create(new Rate(0, 0)).id();
      }
      AtomicLongArray known = new AtomicLongArray(rows); // to somebody: committed, or read
      AtomicLongArray begun = new AtomicLongArray(rows);
      AtomicInteger writing = new AtomicInteger(rows);
      AtomicInteger done = new AtomicInteger();
      Together.run(
          rows + 4,
          thread -> {
            if (thread < rows) {
              try {
                for (int next = 1; next <= writes; next++) {
                  begun.set(thread, next);
                  write(db, rates, ids[thread], next);
                  known.accumulateAndGet(thread, next, Math::max);
                  Thread.sleep(ThreadLocalRandom.current().nextInt(4));
                }
              } finally {
                writing.decrementAndGet();
              }
              return;
            }
            while (writing.get() > 0 || done.get() < reads) {
              int row = ThreadLocalRandom.current().nextInt(rows);
              long least = known.get(row);
              long read = read(rates, ids[row]);
              assertThat(read).isBetween(least, begun.get(row));
              known.accumulateAndGet(row, read, Math::max);
              done.incrementAndGet();
            }
          });
      for (int row = 0; row < rows; row++) {
        assertThat(rates.get(ids[row]).amount()).isEqualTo(writes);
      }
      Cache.Statistics statistics = db.cache().statistics();
      assertThat(statistics.hits()).as("it was of use").isPositive();
    }
  }

  private static void write(Database db, Repository<Rate, Long> rates, long id, long next) {
    if (next % 3 == 0) {
      try {
        db.transaction(tx -> {
          rates.patch(id, c -> c.set(Rate::amount, -next));
          assertThat(rates.get(id).amount()).isEqualTo(-next);
          assertThat(rates.where(field(Rate::amount).is(-next)).count()).isEqualTo(1);
          throw new IllegalStateException("undo it");
        });
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("undo it");
      }
    }
    switch ((int) (next % 5)) {
      case 0 -> rates.patch(id, c -> c.set(Rate::amount, next));
      case 1 -> rates.update(new Rate(id, next));
      case 2 -> rates.where(field(Rate::id).is(id)).update(c -> c.set(Rate::amount, next));
      case 3 ->
          db.sql("update rate set amount = :next where id = :id")
              .bind("next", next)
              .bind("id", id)
              .execute();
      default ->
          db.transaction(tx -> {
            rates.increment(id, Rate::amount, 1);
            rates.get(id);
          });
    }
  }

  private static long read(Repository<Rate, Long> rates, long id) {
    return switch (ThreadLocalRandom.current().nextInt(4)) {
      case 0 -> rates.where(field(Rate::id).is(id)).one().amount();
      case 1 ->
          rates.query().list().stream().filter(rate -> rate.id() == id).findFirst().get().amount();
      default -> rates.get(id).amount();
    };
  }

  /// Whoever finds a row absent must find it once somebody said that it is there.
  @Test
  default void absenceNeverOutlivesTheRowsCreation() throws InterruptedException {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      List<UUID> ids = IntStream.range(0, 60).mapToObj(i -> new UUID(1, i)).toList();
      AtomicLong created = new AtomicLong();
      Together.run(
          4,
          thread -> {
            while (created.get() < ids.size()) {
              int there = created.intValue();
              if (thread == 0) {
                Profile one = Profile.of("p" + there);
                profiles.create(
                    new Profile(
                        ids.get(there), one.name(), one.picture(), one.settings(), 0, 0, null));
                created.incrementAndGet();
              } else if (there > 0) {
                assertThat(profiles.find(ids.get(there - 1))).isPresent();
                profiles.find(ids.get(Math.min(there, ids.size() - 1)));
                assertThat(profiles.count()).isGreaterThanOrEqualTo(there);
              }
            }
          });
    }
  }
}
