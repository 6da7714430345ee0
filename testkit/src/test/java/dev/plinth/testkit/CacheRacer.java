package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Rate;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/// A program that reads rows which it keeps in memory and counts them up, beside others of its kind.
///
/// At its end it says what it committed (`w`) and what it read (`r`): the row, its amount, and when:
/// the instant after the commit, and the one before the read. In between it rolls writes back.
final class CacheRacer {

  static final int ROWS = 3;

  private CacheRacer() {}

  static Process start(String url) {
    return JavaProgram.start(CacheRacer.class, url);
  }

  static void main(String[] arguments) throws Exception {
    Queue<String> said = new ConcurrentLinkedQueue<>();
    try (Database db = Database.open(arguments[0])) {
      Repository<Rate, Long> rates = db.repository(Rate.class);
      System.out.println("ready");
      System.out.flush();
      System.in.read();
      Together.run(
          3,
          thread -> {
            while (System.in.available() == 0) {
              if (thread == 0) {
                said.add(written(db, rates));
                Thread.sleep(ThreadLocalRandom.current().nextInt(20));
              } else {
                long id = row();
                long at = CacheWriter.now();
                said.add("r %d %d %d".formatted(id, rates.get(id).amount(), at));
                Thread.sleep(0, 500_000);
              }
            }
          });
      said.add("h " + db.cache().statistics().hits());
    }
    said.forEach(System.out::println);
    System.out.flush();
  }

  private static long row() {
    return ThreadLocalRandom.current().nextLong(1, ROWS + 1);
  }

  private static String written(Database db, Repository<Rate, Long> rates) {
    long id = row();
    if (ThreadLocalRandom.current().nextInt(4) == 0) {
      db.transaction(tx -> {
        rates.update(new Rate(id, -1));
        tx.rollback();
      });
    }
    long amount = rates.increment(id, Rate::amount, 1).amount();
    return "w %d %d %d".formatted(id, amount, CacheWriter.now());
  }
}
