package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.TransactionException;
import dev.plinth.query.Filter;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/// Writes users in every way there is, by chance, and counts the rows that it changed.
///
/// Addresses come from a small set, so that conflicts are common; whatever fails must have changed
/// nothing, and is counted so.
final class RandomWrites {

  /// What a nested part throws to be undone.
  private static final class Undo extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final int ADDRESSES = 40;

  private final Database db;
  private final Repository<User, UUID> users;
  private final Random random;
  private long changed;
  private int failed;
  private int undone;

  RandomWrites(Database db, long seed) {
    this.db = db;
    this.users = db.repository(User.class);
    this.random = new Random(seed);
  }

  /// How many rows were changed by what was not undone.
  long changed() {
    return changed;
  }

  /// How many operations failed.
  int failed() {
    return failed;
  }

  /// How many transactions and parts were undone.
  int undone() {
    return undone;
  }

  /// Does one thing: an operation, or a transaction of several with parts of its own.
  void step() {
    if (random.nextInt(5) == 0) {
      db.actingAs(Actor.of("actor " + random.nextInt(3)), () -> part(0));
    } else {
      operation();
    }
  }

  private void part(int depth) {
    long before = changed;
    int end = random.nextInt(4);
    try {
      db.transaction(tx -> {
        int operations = 1 + random.nextInt(4);
        for (int i = 0; i < operations; i++) {
          if (depth < 3 && random.nextInt(3) == 0) {
            part(depth + 1);
          } else {
            operation();
          }
        }
        if (end == 0) {
          throw new Undo();
        }
        if (end == 1) {
          tx.rollback();
        }
      });
      if (end == 1) {
        changed = before;
        undone++;
      }
    } catch (Undo e) {
      changed = before;
      undone++;
    } catch (TransactionException e) {
      if (depth > 0 || db.capabilities().contains(Capability.SAVEPOINTS)) {
        throw e;
      }
      changed = before; // where no part is undone alone, one that fails takes the whole with it
      undone++;
    }
  }

  private void operation() {
    try {
      changed += write(random.nextInt(23));
    } catch (ConstraintException | NotFoundException | StaleVersionException e) {
      failed++; // so it has changed nothing
    }
  }

  private long write(int kind) {
    return switch (kind) {
      case 0, 1, 2 -> one(users.create(fresh()));
      case 3 -> users.createAll(List.of(fresh(), fresh(), fresh())).size();
      case 4 -> users.createAll(IntStream.range(0, 12).mapToObj(i -> fresh()).toList()).size();
      case 5 -> one(users.update(any().withFirstName(name()).withPasswordHash(name())));
      case 6 -> one(users.update(any().withEmail(address()).withVersion(1 + random.nextInt(3))));
      case 7 -> {
        User before = any();
        yield one(users.update(before, before.withMetadata(Map.of("n", random.nextInt()))));
      }
      case 8 -> one(users.patch(id(), c -> c.set(User::firstName, name())));
      case 9 -> one(users.patch(id(), c -> c.set("passwordHash", null).set("email", address())));
      case 10 -> one(users.increment(id(), User::commandCount, 1 + random.nextInt(9)));
      case 11 -> one(users.save(fresh().withId(random.nextBoolean() ? id() : UUID.randomUUID())));
      case 12 -> one(users.save(fresh(), User::email));
      case 13 ->
          one(
              users.save(
                  c ->
                      c.set(User::email, address())
                          .set(User::firstName, name())
                          .add(User::commandCount, 2),
                  User::email));
      case 14 ->
          users
              .updateAll(
                  some().stream().map(user -> user.withRole(role()).withFirstName(name())).toList())
              .size();
      case 15 -> users.delete(id()) ? 1 : 0;
      case 16 -> users.deleteAll(ids());
      case 17 -> random.nextBoolean() ? one(users.restore(id())) : users.restoreAll(ids());
      case 18 -> {
        var deletions = db.audit().action(Action.SOFT_DELETE).limit(30).list();
        UUID group =
            deletions.isEmpty() ? null : deletions.get(random.nextInt(deletions.size())).bulkId();
        yield group == null ? 0 : users.restoreDeletion(group);
      }
      case 19 -> random.nextInt(3) > 0 ? users.purge(id()) ? 1 : 0 : users.purgeAll(ids());
      case 20 -> users.where(few()).update(c -> c.set(User::role, role()).add("commandCount", 1));
      case 21 ->
          random.nextBoolean()
              ? users.where(few()).delete()
              : users.where(few()).onlyDeleted().restore();
      default ->
          random.nextInt(4) > 0
              ? users.where(few()).includeDeleted().update(c -> c.set(User::firstName, name()))
              : users.where(few()).onlyDeleted().purge();
    };
  }

  private static long one(User changed) {
    if (changed == null) {
      throw new AssertionError("a write gave no row");
    }
    return 1;
  }

  private User fresh() {
    return User.of(address(), name())
        .withRole(role())
        .withPasswordHash(random.nextBoolean() ? name() : null)
        .withMetadata(random.nextBoolean() ? Map.of() : Map.of("list", List.of(1, "two")));
  }

  private String address() {
    return "user" + random.nextInt(ADDRESSES) + "@example.org";
  }

  private String name() {
    return "Name " + random.nextInt(1_000_000);
  }

  private Role role() {
    return Role.values()[random.nextInt(Role.values().length)];
  }

  private Filter few() {
    return field(User::email).startsWith("user" + random.nextInt(10));
  }

  private List<User> all() {
    return users.query().includeDeleted().list();
  }

  private User any() {
    List<User> live = users.query().list();
    if (live.isEmpty()) {
      throw new NotFoundException("users", "nobody is there");
    }
    return live.get(random.nextInt(live.size()));
  }

  // mostly of live rows, sometimes of a deleted one, sometimes of none
  private UUID id() {
    List<User> all = all();
    return all.isEmpty() || random.nextInt(20) == 0
        ? UUID.randomUUID()
        : all.get(random.nextInt(all.size())).id();
  }

  private List<UUID> ids() {
    return List.of(id(), id(), id(), id()).stream().distinct().toList();
  }

  private List<User> some() {
    List<User> some = new ArrayList<>(users.query().list());
    Collections.shuffle(some, random);
    return some.subList(0, Math.min(some.size(), 3));
  }
}
