package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.query.Order;
import dev.plinth.testkit.ChangesReader.Effect;
import dev.plinth.testkit.ChangesReader.Mode;
import dev.plinth.testkit.samples.Account;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A subscriber in another process that is killed again and again gets every change all the same.
@Timeout(180)
class ChangesProcessTest {

  private static final int CHANGES = 30;

  @TempDir Path folder;

  @Test
  void onSqlite() throws Exception {
    everyChangeHasItsEffect("sqlite:" + folder.resolve("shared.db"));
  }

  @Test
  void onPostgres() throws Exception {
    try (PostgresDatabase server = new PostgresDatabase()) {
      everyChangeHasItsEffect(server.url());
    }
  }

  private static void everyChangeHasItsEffect(String url) throws Exception {
    try (Database db = opened(url)) {
      Map<Mode, List<Effect>> effects = new HashMap<>();
      Repository<Effect, Long> all = db.repository(Effect.class);
      for (Mode mode : Mode.values()) {
        db.sql("delete from reached").execute();
        all.query().purge();
        follow(url, mode, db);
        effects.put(mode, all.query().orderBy(Order.ascending(Effect::id)).list());
      }
      List<Effect> together = effects.get(Mode.TOGETHER);
      assertThat(together).as("here even exactly once").hasSize(CHANGES);
      List<Effect> after = effects.get(Mode.AFTER);
      assertThat(after)
          .as("it was killed in between, so some come twice")
          .hasSizeGreaterThan(CHANGES);
      assertThat(after.stream().map(e -> e.account() + "/" + e.version()).distinct())
          .as("at least once")
          .hasSize(CHANGES);
      for (long account = 1; account <= 3; account++) {
        assertThat(versions(together, account)).as("in order").isSorted().doesNotHaveDuplicates();
        assertThat(versions(after, account)).as("in order").isSorted();
      }
      // The control: who notes a change before he has done it loses it with his life.
      assertThat(effects.get(Mode.BEFORE)).hasSizeLessThan(CHANGES);
    }
  }

  private static Database opened(String url) {
    Database db = Database.open(url);
    db.schema().create(Account.class, Effect.class, ChangesReader.Reached.class);
    Repository<Account, Long> accounts = db.repository(Account.class);
    List<Account> three =
        accounts.createAll(
            IntStream.range(0, 3).mapToObj(i -> Account.of("owner " + i, 0)).toList());
    for (int i = 3; i < CHANGES / 2; i++) { // the rest comes while it is followed
      accounts.increment(three.get(i % 3).id(), Account::balance, 1);
    }
    return db;
  }

  private static List<Long> versions(List<Effect> effects, long account) {
    return effects.stream().filter(e -> e.account() == account).map(Effect::version).toList();
  }

  // lets it take some steps, kills it, and starts another, until all has been seen
  private static void follow(String url, Mode mode, Database db) throws Exception {
    Random random = new Random(mode.ordinal());
    Repository<Account, Long> accounts = db.repository(Account.class);
    boolean last = false;
    while (!last) {
      int life = 9 + 2 * random.nextInt(7); // odd, so that it dies in the middle of a change
      Process reader = ChangesReader.start(url, mode);
      try (BufferedReader said = reader.inputReader()) {
        for (int step = 1; step <= life && !last; step++) {
          if (db.audit().of(Account.class).count() < CHANGES) {
            accounts.increment(1L + random.nextInt(3), Account::balance, 1);
          }
          assertThat(said.readLine()).isIn("change", "noted", "done");
          last = reachedEnd(db);
          if (step < life || mode == Mode.TOGETHER) { // or while it is at work
            goOn(reader);
          }
        }
      } finally {
        reader.destroyForcibly().waitFor(); // SIGKILL
      }
    }
  }

  private static boolean reachedEnd(Database db) {
    String end =
        String.valueOf(
            db.sql("select max(id) from plinth_audit where resource_type = 'account'")
                .as(Long.class)
                .one());
    return db.audit().of(Account.class).count() == CHANGES
        && db.sql("select position from reached").as(String.class).list().stream()
            .anyMatch(position -> position.equals(end) || position.endsWith("/" + end));
  }

  private static void goOn(Process reader) throws IOException {
    reader.getOutputStream().write('\n');
    reader.getOutputStream().flush();
  }
}
