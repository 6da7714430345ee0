package dev.plinth.bench;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;

/// The workloads as an expert writes them by hand, where all drivers are called alike.
///
/// Statements stay prepared, columns are read by position with the getters that the driver takes
/// directly, a single write commits by itself. What is stored is what Plinth stores.
abstract class JdbcContender implements Contender {

  private final Stamps stamps = new Stamps();
  private final JdbcConnection reader;
  private final JdbcConnection writer;
  private final PreparedStatement find;
  private final PreparedStatement page;
  private final PreparedStatement count;
  private final PreparedStatement all;
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement patch;
  private final PreparedStatement insertAudited;
  private final PreparedStatement insertAudit;

  /// Works with connections.
  ///
  /// @param all every row by key, so prepared that the rows come one by one
  JdbcContender(JdbcConnection reader, JdbcConnection writer, PreparedStatement all)
      throws SQLException {
    this.reader = reader;
    this.writer = writer;
    this.all = all;
    find = reader.prepare(UserSql.FIND);
    page = reader.prepare(UserSql.PAGE);
    count = reader.prepare(UserSql.COUNT);
    insert = writer.prepare(UserSql.INSERT);
    update = writer.prepare(UserSql.UPDATE);
    patch = writer.prepare(UserSql.PATCH);
    insertAudited = writer.prepare(UserSql.INSERT_AUDITED);
    insertAudit = writer.prepare(UserSql.INSERT_AUDIT);
  }

  abstract void setId(PreparedStatement statement, int position, UUID id) throws SQLException;

  abstract void setTime(PreparedStatement statement, int position, Instant time)
      throws SQLException;

  void setJson(PreparedStatement statement, int position, String json) throws SQLException {
    statement.setString(position, json);
  }

  abstract UUID id(ResultSet row, int position) throws SQLException;

  abstract Instant time(ResultSet row, int position) throws SQLException;

  /// Stores rows that have everything, all or none.
  abstract void insertAll(List<User> stamped) throws SQLException;

  /// Stores rows over those of their versions, in a transaction that is under way.
  abstract void updateAll(List<User> rows, Instant now) throws SQLException;

  /// The names of constants as they are sent, made once.
  static byte[][] utf8(Enum<?>[] constants) {
    return Arrays.stream(constants)
        .map(constant -> constant.name().getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  @Override
  public User findByKey(UUID id) {
    try {
      setId(find, 1, id);
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

  private User read(ResultSet row) throws SQLException {
    return new User(
        id(row, 1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        User.Role.valueOf(row.getString(5)),
        User.Status.valueOf(row.getString(6)),
        row.getInt(7),
        row.getBoolean(8),
        row.getString(9),
        row.getLong(10),
        time(row, 11),
        time(row, 12));
  }

  @Override
  public User insert(User row) {
    try {
      User stamped = stamps.created(row, stamps.now());
      bind(insert, stamped);
      insert.executeUpdate();
      return stamped;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Binds all columns, in their order.
  final void bind(PreparedStatement insert, User row) throws SQLException {
    setId(insert, 1, Objects.requireNonNull(row.id()));
    insert.setString(2, row.email());
    insert.setString(3, row.firstName());
    insert.setString(4, row.lastName());
    insert.setString(5, row.role().name());
    insert.setString(6, row.status().name());
    insert.setInt(7, row.age());
    insert.setBoolean(8, row.subscribed());
    insert.setString(9, row.bio());
    insert.setLong(10, row.version());
    setTime(insert, 11, Objects.requireNonNull(row.createdAt()));
    setTime(insert, 12, Objects.requireNonNull(row.updatedAt()));
  }

  @Override
  public AuditedUser insertAudited(AuditedUser row) {
    try {
      Instant now = stamps.now();
      AuditedUser stamped = stamps.created(row, now);
      return writer.transaction(() -> {
        UUID id = Objects.requireNonNull(stamped.id());
        setId(insertAudited, 1, id);
        insertAudited.setString(2, stamped.email());
        insertAudited.setString(3, stamped.firstName());
        insertAudited.setString(4, stamped.lastName());
        insertAudited.setString(5, stamped.role().name());
        insertAudited.setString(6, stamped.status().name());
        insertAudited.setInt(7, stamped.age());
        insertAudited.setBoolean(8, stamped.subscribed());
        insertAudited.setString(9, stamped.bio());
        insertAudited.setLong(10, stamped.version());
        setTime(insertAudited, 11, Objects.requireNonNull(stamped.createdAt()));
        setTime(insertAudited, 12, Objects.requireNonNull(stamped.updatedAt()));
        insertAudited.executeUpdate();
        setTime(insertAudit, 1, now);
        insertAudit.setString(2, "system");
        insertAudit.setString(3, "CREATE");
        insertAudit.setString(4, "audited_users");
        insertAudit.setString(5, id.toString());
        setJson(insertAudit, 6, AuditJson.of(stamped));
        insertAudit.executeUpdate();
        return stamped;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public User update(User row) {
    try {
      Instant now = stamps.now();
      bindUpdate(update, row, now);
      if (update.executeUpdate() != 1) {
        throw new IllegalStateException("Gone, or at another version: " + row.id());
      }
      return Stamps.updated(row, now);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  final void bindUpdate(PreparedStatement update, User row, Instant now) throws SQLException {
    update.setString(1, row.email());
    update.setString(2, row.firstName());
    update.setString(3, row.lastName());
    update.setString(4, row.role().name());
    update.setString(5, row.status().name());
    update.setInt(6, row.age());
    update.setBoolean(7, row.subscribed());
    update.setString(8, row.bio());
    setTime(update, 9, now);
    setId(update, 10, Objects.requireNonNull(row.id()));
    update.setLong(11, row.version());
  }

  @Override
  public User patch(UUID id, int age, String bio) {
    try {
      patch.setInt(1, age);
      patch.setString(2, bio);
      setTime(patch, 3, stamps.now());
      setId(patch, 4, id);
      try (ResultSet row = patch.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("There is no row " + id);
        }
        User patched = read(row);
        row.next(); // to the end, where the change is durable on SQLite
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
      for (User row : rows) {
        created.add(stamps.created(row, now));
      }
      insertAll(created);
      return created;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<User> updateAll(List<User> rows) {
    try {
      Instant now = stamps.now();
      List<User> updated = new ArrayList<>(rows.size());
      for (User row : rows) {
        updated.add(Stamps.updated(row, now));
      }
      return writer.transaction(() -> {
        updateAll(rows, now);
        return updated;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void requireAll(boolean all) {
    if (!all) {
      throw new IllegalStateException("A row is gone, or at another version.");
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
