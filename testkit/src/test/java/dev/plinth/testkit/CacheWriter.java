package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Rate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;

/// A program that counts a row up, to be a second process beside one that keeps the row in memory.
///
/// It says each number once it is committed, and when. In between it writes what it rolls back.
final class CacheWriter {

  private CacheWriter() {}

  /// Starts the program on this Java and class path; it ends when its input does.
  static Process start(String url, long id) {
    return JavaProgram.start(CacheWriter.class, url, Long.toString(id));
  }

  /// Microseconds since 1970, by the clock that all processes have.
  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  static void main(String[] arguments) throws Exception {
    long id = Long.parseLong(arguments[1]);
    try (Database db = Database.open(arguments[0])) {
      Repository<Rate, Long> rates = db.repository(Rate.class);
      for (long next = 1; System.in.available() == 0; next++) {
        long amount = next;
        if (next % 4 == 0) {
          db.transaction(tx -> {
            rates.update(new Rate(id, -amount));
            tx.rollback();
          });
        }
        rates.update(new Rate(id, amount));
        System.out.println(amount + " " + now());
        System.out.flush();
        Thread.sleep(ThreadLocalRandom.current().nextInt(40));
      }
    }
  }
}
