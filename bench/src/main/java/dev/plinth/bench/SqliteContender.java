package dev.plinth.bench;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/// The workloads as an expert writes them by hand for SQLite.
///
/// Statements stay prepared, columns are read by position with the getters that the driver takes
/// directly, a single write commits by itself. What is stored is what Plinth stores.
final class SqliteContender implements Contender {

  private static final int BATCH = 1000;

  private final Stamps stamps = new Stamps();
  private final SqliteConnection reader;
  private final SqliteConnection writer;
  private final SqliteAudit audit;
  private final PreparedStatement find;
  private final PreparedStatement page;
  private final PreparedStatement count;
  private final PreparedStatement all;
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement patch;

  SqliteContender(Path file) {
    try {
      reader = new SqliteConnection(file, true);
      writer = new SqliteConnection(file, false);
      audit = new SqliteAudit(writer);
      find = reader.prepare("select " + Stamps.COLUMNS + " from users where id = ?");
      page =
          reader.prepare(
              "select "
                  + Stamps.COLUMNS
                  + " from users where role = ? and status = ?"
                  + " order by created_at desc, id limit ?");
      count = reader.prepare("select count(*) from users where role = ? and status = ?");
      all = reader.prepare("select " + Stamps.COLUMNS + " from users order by id");
      insert =
          writer.prepare(
              "insert into users ("
                  + Stamps.COLUMNS
                  + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      update =
          writer.prepare(
              "update users set email = ?, first_name = ?, last_name = ?, role = ?, status = ?,"
                  + " age = ?, subscribed = ?, bio = ?, updated_at = ?, version = version + 1"
                  + " where id = ? and version = ?");
      patch =
          writer.prepare(
              "update users set age = ?, bio = ?, updated_at = ?, version = version + 1"
                  + " where id = ? returning "
                  + Stamps.COLUMNS);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public User findByKey(UUID id) {
    try {
      find.setString(1, id.toString());
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
        UUID.fromString(row.getString(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        User.Role.valueOf(row.getString(5)),
        User.Status.valueOf(row.getString(6)),
        row.getInt(7),
        row.getInt(8) != 0,
        row.getString(9),
        row.getLong(10),
        time(row.getLong(11)),
        time(row.getLong(12)));
  }

  private static Instant time(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }

  static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000L + time.getNano() / 1000;
  }

  @Override
  public User insert(User row) {
    try {
      User stamped = stamps.created(row, stamps.now());
      bind(stamped, Objects.requireNonNull(stamped.id()));
      insert.executeUpdate();
      return stamped;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void bind(User row, UUID id) throws SQLException {
    insert.setString(1, id.toString());
    insert.setString(2, row.email());
    insert.setString(3, row.firstName());
    insert.setString(4, row.lastName());
    insert.setString(5, row.role().name());
    insert.setString(6, row.status().name());
    insert.setInt(7, row.age());
    insert.setInt(8, row.subscribed() ? 1 : 0);
    insert.setString(9, row.bio());
    insert.setLong(10, row.version());
    insert.setLong(11, micros(Objects.requireNonNull(row.createdAt())));
    insert.setLong(12, micros(Objects.requireNonNull(row.updatedAt())));
  }

  @Override
  public AuditedUser insertAudited(AuditedUser row) {
    try {
      Instant now = stamps.now();
      return writer.transaction(() -> audit.insert(stamps.created(row, now), now));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public User update(User row) {
    try {
      Instant now = stamps.now();
      bindUpdate(row, now);
      if (update.executeUpdate() != 1) {
        throw new IllegalStateException("Gone, or at another version: " + row.id());
      }
      return Stamps.updated(row, now);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void bindUpdate(User row, Instant now) throws SQLException {
    update.setString(1, row.email());
    update.setString(2, row.firstName());
    update.setString(3, row.lastName());
    update.setString(4, row.role().name());
    update.setString(5, row.status().name());
    update.setInt(6, row.age());
    update.setInt(7, row.subscribed() ? 1 : 0);
    update.setString(8, row.bio());
    update.setLong(9, micros(now));
    update.setString(10, Objects.requireNonNull(row.id()).toString());
    update.setLong(11, row.version());
  }

  @Override
  public User patch(UUID id, int age, String bio) {
    try {
      patch.setInt(1, age);
      patch.setString(2, bio);
      patch.setLong(3, micros(stamps.now()));
      patch.setString(4, id.toString());
      try (ResultSet row = patch.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("There is no row " + id);
        }
        User patched = read(row);
        row.next(); // to the end, where the change is durable
        return patched;
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
    try (ResultSet row = all.executeQuery()) {
      while (row.next()) {
        each.accept(read(row));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<User> createAll(List<User> rows) {
    try {
      Instant now = stamps.now();
      List<User> created = new ArrayList<>(rows.size());
      return writer.transaction(() -> {
        for (User row : rows) {
          User stamped = stamps.created(row, now);
          bind(stamped, Objects.requireNonNull(stamped.id()));
          insert.addBatch();
          created.add(stamped);
          if (created.size() % BATCH == 0) {
            insert.executeBatch();
          }
        }
        insert.executeBatch();
        return created;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<User> updateAll(List<User> rows) {
    try {
      Instant now = stamps.now();
      List<User> updated = new ArrayList<>(rows.size());
      return writer.transaction(() -> {
        for (User row : rows) {
          bindUpdate(row, now);
          update.addBatch();
          updated.add(Stamps.updated(row, now));
          if (updated.size() % BATCH == 0) {
            executeUpdates();
          }
        }
        executeUpdates();
        return updated;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void executeUpdates() throws SQLException {
    for (int changed : update.executeBatch()) {
      if (changed != 1) {
        throw new IllegalStateException("A row is gone, or at another version.");
      }
    }
  }

  @Override
  public List<User> transaction(List<User> rows) {
    try {
      return writer.transaction(() -> {
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
    try (writer;
        reader) {
      // the writer goes last, and tidies up
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
