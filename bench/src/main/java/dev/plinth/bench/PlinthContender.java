package dev.plinth.bench;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Order.ascending;
import static dev.plinth.query.Order.descending;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The workloads as a user of Plinth writes them.
final class PlinthContender implements Contender {

  private final Database db;
  private final Repository<User, UUID> users;
  private final Repository<AuditedUser, UUID> audited;

  /// Opens a store.
  ///
  /// @param pooled whether connections are made in the background after it is opened
  PlinthContender(String url, boolean pooled) {
    this.db = Database.open(url);
    if (pooled) {
      awaitPool();
    }
    this.users = db.repository(User.class);
    this.audited = db.repository(AuditedUser.class);
  }

  // on a machine with few processors they would disturb what is measured
  private void awaitPool() {
    int wanted = Integer.parseInt(Setting.POOL_SIZE.standard());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (db.poolHealth().idle() < wanted && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public User findByKey(UUID id) {
    return users.find(id).orElseThrow();
  }

  @Override
  public User insert(User row) {
    return users.create(row);
  }

  @Override
  public AuditedUser insertAudited(AuditedUser row) {
    return audited.create(row);
  }

  @Override
  public User update(User row) {
    return users.update(row);
  }

  @Override
  public User patch(UUID id, int age, String bio) {
    return users.patch(id, c -> c.set(User::age, age).set(User::bio, bio));
  }

  @Override
  public List<User> page100(User.Role role, User.Status status) {
    return users
        .where(field(User::role).is(role).and(field(User::status).is(status)))
        .orderBy(descending(User::createdAt))
        .limit(100)
        .list();
  }

  @Override
  public long count(User.Role role, User.Status status) {
    return users.where(field(User::role).is(role).and(field(User::status).is(status))).count();
  }

  @Override
  public void stream(Consumer<User> each) {
    try (Stream<User> rows = users.query().orderBy(ascending(User::id)).stream()) {
      rows.forEach(each);
    }
  }

  @Override
  public List<User> createAll(List<User> rows) {
    return users.createAll(rows);
  }

  @Override
  public List<User> updateAll(List<User> rows) {
    return users.updateAll(rows);
  }

  @Override
  public List<User> transaction(List<User> rows) {
    return db.inTransaction(tx -> {
      List<User> created = new ArrayList<>(rows.size());
      for (User row : rows) {
        created.add(users.create(row));
      }
      return created;
    });
  }

  @Override
  public void close() {
    db.close();
  }
}
