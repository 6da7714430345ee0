package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The workloads as an expert writes them by hand for PostgreSQL.
///
/// Statements stay prepared, cells come in binary, many rows go through `copy` or as arrays, a single
/// write commits by itself. What is stored is what Plinth stores.
final class PostgresContender implements Contender {

  private static final int FETCH = 1000;

  private final Stamps stamps = new Stamps();
  private final PostgresConnection connection;
  private final PostgresAudit audit;
  private final PreparedStatement find;
  private final PreparedStatement page;
  private final PreparedStatement count;
  private final PreparedStatement all;
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement patch;
  private final PreparedStatement updateAll;

  PostgresContender(String url) {
    try {
      connection = new PostgresConnection(url);
      audit = new PostgresAudit(connection);
      find = connection.prepare("select " + Stamps.COLUMNS + " from users where id = ?");
      page =
          connection.prepare(
              "select "
                  + Stamps.COLUMNS
                  + " from users where role = ? and status = ?"
                  + " order by created_at desc, id limit ?");
      count = connection.prepare("select count(*) from users where role = ? and status = ?");
      all = connection.prepare("select " + Stamps.COLUMNS + " from users order by id");
      all.setFetchSize(FETCH);
      insert =
          connection.prepare(
              "insert into users ("
                  + Stamps.COLUMNS
                  + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      update =
          connection.prepare(
              "update users set email = ?, first_name = ?, last_name = ?, role = ?, status = ?,"
                  + " age = ?, subscribed = ?, bio = ?, updated_at = ?, version = version + 1"
                  + " where id = ? and version = ?");
      patch =
          connection.prepare(
              "update users set age = ?, bio = ?, updated_at = ?, version = version + 1"
                  + " where id = ? returning "
                  + Stamps.COLUMNS);
      updateAll =
          connection.prepare(
              "update users u set email = g.email, first_name = g.first_name,"
                  + " last_name = g.last_name, role = g.role, status = g.status, age = g.age,"
                  + " subscribed = g.subscribed, bio = g.bio, updated_at = ?,"
                  + " version = u.version + 1"
                  + " from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int4[],"
                  + " ?::bool[], ?::text[], ?::uuid[], ?::int8[])"
                  + " as g(email, first_name, last_name, role, status, age, subscribed, bio, id,"
                  + " version) where u.id = g.id and u.version = g.version");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  PostgresConnection connection() {
    return connection;
  }

  @Override
  public User findByKey(UUID id) {
    try {
      find.setObject(1, id);
      try (ResultSet row = find.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("There is no row " + id);
        }
        return read(row);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static User read(ResultSet row) throws SQLException {
    return new User(
        row.getObject(1, UUID.class),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        User.Role.valueOf(row.getString(5)),
        User.Status.valueOf(row.getString(6)),
        row.getInt(7),
        row.getBoolean(8),
        row.getString(9),
        row.getLong(10),
        row.getTimestamp(11).toInstant(),
        row.getTimestamp(12).toInstant());
  }

  @Override
  public User insert(User row) {
    try {
      User stamped = stamps.created(row, stamps.now());
      insert.setObject(1, stamped.id());
      insert.setString(2, stamped.email());
      insert.setString(3, stamped.firstName());
      insert.setString(4, stamped.lastName());
      insert.setString(5, stamped.role().name());
      insert.setString(6, stamped.status().name());
      insert.setInt(7, stamped.age());
      insert.setBoolean(8, stamped.subscribed());
      insert.setString(9, stamped.bio());
      insert.setLong(10, stamped.version());
      setTime(insert, 11, Objects.requireNonNull(stamped.createdAt()));
      setTime(insert, 12, Objects.requireNonNull(stamped.updatedAt()));
      insert.executeUpdate();
      return stamped;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void setTime(PreparedStatement statement, int position, Instant time) throws SQLException {
    statement.setObject(position, time.atOffset(ZoneOffset.UTC));
  }

  @Override
  public AuditedUser insertAudited(AuditedUser row) {
    try {
      Instant now = stamps.now();
      return connection.transaction(() -> audit.insert(stamps.created(row, now), now));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public User update(User row) {
    try {
      Instant now = stamps.now();
      update.setString(1, row.email());
      update.setString(2, row.firstName());
      update.setString(3, row.lastName());
      update.setString(4, row.role().name());
      update.setString(5, row.status().name());
      update.setInt(6, row.age());
      update.setBoolean(7, row.subscribed());
      update.setString(8, row.bio());
      setTime(update, 9, now);
      update.setObject(10, row.id());
      update.setLong(11, row.version());
      if (update.executeUpdate() != 1) {
        throw new IllegalStateException("Gone, or at another version: " + row.id());
      }
      return Stamps.updated(row, now);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public User patch(UUID id, int age, String bio) {
    try {
      patch.setInt(1, age);
      patch.setString(2, bio);
      setTime(patch, 3, stamps.now());
      patch.setObject(4, id);
      try (ResultSet row = patch.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("There is no row " + id);
        }
        return read(row);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<User> page100(User.Role role, User.Status status) {
    try {
      page.setString(1, role.name());
      page.setString(2, status.name());
      page.setLong(3, 100);
      List<User> rows = new ArrayList<>(100);
      try (ResultSet row = page.executeQuery()) {
        while (row.next()) {
          rows.add(read(row));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public long count(User.Role role, User.Status status) {
    try {
      count.setString(1, role.name());
      count.setString(2, status.name());
      try (ResultSet row = count.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void stream(Consumer<User> each) {
    try {
      connection.transaction(() -> { // or all rows would come at once
        try (ResultSet row = all.executeQuery()) {
          while (row.next()) {
            each.accept(read(row));
          }
        }
        return each;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<User> createAll(List<User> rows) {
    try {
      Instant now = stamps.now();
      List<User> created = new ArrayList<>(rows.size());
      PostgresCopyOfUsers copy = new PostgresCopyOfUsers(connection.driver());
      try (copy) {
        for (User row : rows) {
          User stamped = stamps.created(row, now);
          copy.add(stamped);
          created.add(stamped);
        }
        copy.end();
      }
      return created;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // one statement of arrays, which the driver sends in binary if they hold primitives or text
  @Override
  public List<User> updateAll(List<User> rows) {
    int size = rows.size();
    String[] emails = new String[size];
    String[] firstNames = new String[size];
    String[] lastNames = new String[size];
    String[] roles = new String[size];
    String[] statuses = new String[size];
    int[] ages = new int[size];
    boolean[] subscribed = new boolean[size];
    @Nullable String[] bios = new @Nullable String[size];
    @Nullable UUID[] ids = new @Nullable UUID[size];
    long[] versions = new long[size];
    Instant now = stamps.now();
    List<User> updated = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      User row = rows.get(i);
      emails[i] = row.email();
      firstNames[i] = row.firstName();
      lastNames[i] = row.lastName();
      roles[i] = row.role().name();
      statuses[i] = row.status().name();
      ages[i] = row.age();
      subscribed[i] = row.subscribed();
      bios[i] = row.bio();
      ids[i] = row.id();
      versions[i] = row.version();
      updated.add(Stamps.updated(row, now));
    }
    try {
      setTime(updateAll, 1, now);
      setArray(2, "text", emails);
      setArray(3, "text", firstNames);
      setArray(4, "text", lastNames);
      setArray(5, "text", roles);
      setArray(6, "text", statuses);
      setArray(7, "int4", ages);
      setArray(8, "bool", subscribed);
      setArray(9, "text", bios);
      setArray(10, "uuid", ids);
      setArray(11, "int8", versions);
      connection.transaction(() -> {
        if (updateAll.executeUpdate() != size) {
          throw new IllegalStateException("A row is gone, or at another version.");
        }
        return updated;
      });
      return updated;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void setArray(int position, String type, Object elements) throws SQLException {
    updateAll.setArray(position, connection.driver().createArrayOf(type, elements));
  }

  @Override
  public List<User> transaction(List<User> rows) {
    try {
      return connection.transaction(() -> {
        List<User> created = new ArrayList<>(rows.size());
        for (User row : rows) {
          created.add(insert(row));
        }
        return created;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
