package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.Saved;
import dev.plinth.audit.AuditEntry;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Rows saved at once leave what the same rows leave that are saved one by one.
public interface SaveAllRandomContract extends ContractBase {

  /// What is there after rows were saved: the table, the log, what came back, and the counts.
  record Left(
      Set<User> table,
      Set<List<Object>> log,
      List<User> rows,
      long created,
      long updated,
      long ignored) {}

  @Test
  default void rowsAtOnceAreAsRowsOneByOne() {
    try (Database db = open(new Ticking(), User.class)) {
      for (long seed = 0; seed < 25; seed++) {
        Random random = new Random(seed);
        prepare(db, random);
        List<User> given = given(db, random);
        boolean byKey = random.nextBoolean();
        Function<User, Object> same = byKey ? User::id : User::email;
        Duplicates duplicates = Duplicates.values()[random.nextInt(2)];
        AtomicReference<Left> atOnce = new AtomicReference<>();
        long logged = db.audit().count();
        db.transaction(tx -> {
          atOnce.set(left(db, logged, atOnce(db, given, duplicates, byKey)));
          tx.rollback();
        });
        Left oneByOne = left(db, logged, oneByOne(db, given, duplicates, same));
        assertThat(atOnce.get()).as("seed " + seed).isEqualTo(oneByOne);
      }
    }
  }

  private static void prepare(Database db, Random random) {
    Repository<User, UUID> users = db.repository(User.class);
    for (User user : users.query().list()) {
      if (random.nextInt(4) == 0) {
        users.delete(user.id());
      } else if (random.nextInt(4) == 0) {
        users.increment(user.id(), User::commandCount, random.nextInt(9));
      }
    }
  }

  // a key that is given belongs to its address, so that no row meets two that are there
  private static List<User> given(Database db, Random random) {
    Map<String, UUID> live =
        db.repository(User.class).query().list().stream()
            .collect(Collectors.toMap(User::email, User::id));
    List<User> given = new ArrayList<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      String email = "user" + random.nextInt(50) + "@example.org";
      User user =
          User.of(email, "Name " + random.nextInt(9))
              .withId(live.computeIfAbsent(email, _ -> new UUID(random.nextLong(), 1)))
              .withCommandCount(random.nextInt(9))
              .withVersion(random.nextInt(9))
              .withMetadata(Map.of("n", random.nextInt(3)))
              .withRole(Role.values()[random.nextInt(Role.values().length)]);
      given.add(random.nextBoolean() ? user : user.withPasswordHash("hash" + random.nextInt(3)));
    }
    return given;
  }

  private static Saved<User> atOnce(
      Database db, List<User> given, Duplicates duplicates, boolean byKey) {
    Repository<User, UUID> users = db.repository(User.class);
    return byKey
        ? users.createAll(given, duplicates)
        : users.createAll(given, duplicates, User::email);
  }

  private static Saved<User> oneByOne(
      Database db, List<User> given, Duplicates duplicates, Function<User, Object> same) {
    Repository<User, UUID> users = db.repository(User.class);
    long created = 0;
    List<User> rows = new ArrayList<>();
    if (duplicates == Duplicates.IGNORE) {
      for (User user : given) {
        if (!users.where(field(User::email).is(user.email())).exists()) {
          rows.add(users.create(user));
        }
      }
      return new Saved<>(rows, rows.size(), 0, given.size() - rows.size());
    }
    Map<Object, User> last = new LinkedHashMap<>();
    given.forEach(user -> last.put(same.apply(user), user));
    for (Map.Entry<Object, User> entry : last.entrySet()) {
      User saved =
          same.apply(entry.getValue()).equals(entry.getValue().id())
              ? users.save(entry.getValue())
              : users.save(entry.getValue(), User::email);
      created += saved.version() == 1 ? 1 : 0;
      entry.setValue(saved);
    }
    given.forEach(user -> rows.add(last.get(same.apply(user))));
    return new Saved<>(rows, created, last.size() - created, 0);
  }

  private static Left left(Database db, long logged, Saved<User> saved) {
    List<AuditEntry> entries = db.audit().query().list();
    Set<List<Object>> log =
        entries.stream()
            .sorted((a, b) -> Long.compare(a.id(), b.id()))
            .skip(logged)
            .<List<Object>>map(e ->
                List.of(
                    e.action(),
                    e.resourceId(),
                    String.valueOf(e.oldValues()),
                    String.valueOf(e.newValues())))
            .collect(Collectors.toSet());
    assertThat(db.audit().count() - logged).isEqualTo(saved.created() + saved.updated());
    return new Left(
        Set.copyOf(db.repository(User.class).query().includeDeleted().list()),
        log,
        saved.rows(),
        saved.created(),
        saved.updated(),
        saved.ignored());
  }
}
