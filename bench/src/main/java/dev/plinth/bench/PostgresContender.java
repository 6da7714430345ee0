package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The workloads as an expert writes them by hand for PostgreSQL.
///
/// Cells come in binary, many rows go through `copy` or as arrays.
final class PostgresContender extends JdbcContender {

  private static final int FETCH = 1000;

  private final PostgresConnection connection;
  private final PreparedStatement updateAll;

  PostgresContender(String url) throws SQLException {
    this(new PostgresConnection(url));
  }

  private PostgresContender(PostgresConnection connection) throws SQLException {
    super(connection, connection, inPortions(connection.prepare(UserSql.ALL)));
    this.connection = connection;
    this.updateAll =
        connection.prepare(
            UserSql.updateFrom(
                "unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int4[],"
                    + " ?::bool[], ?::text[], ?::uuid[], ?::int8[])"
                    + " as g(email, first_name, last_name, role, status, age, subscribed, bio,"
                    + " id, version)"));
  }

  private static PreparedStatement inPortions(PreparedStatement all) throws SQLException {
    all.setFetchSize(FETCH);
    return all;
  }

  @Override
  void setId(PreparedStatement statement, int position, UUID id) throws SQLException {
    statement.setObject(position, id);
  }

  @Override
  void setTime(PreparedStatement statement, int position, Instant time) throws SQLException {
    statement.setObject(position, time.atOffset(ZoneOffset.UTC));
  }

  @Override
  void setJson(PreparedStatement statement, int position, String json) throws SQLException {
    statement.setObject(position, json, Types.OTHER);
  }

  @Override
  UUID id(ResultSet row, int position) throws SQLException {
    return row.getObject(position, UUID.class);
  }

  @Override
  Instant time(ResultSet row, int position) throws SQLException {
    return row.getTimestamp(position).toInstant();
  }

  @Override
  public void stream(Consumer<User> each) {
    try {
      connection.transaction(() -> { // or all rows would come at once
        super.stream(each);
        return each;
      });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void insertAll(List<User> stamped) throws SQLException {
    try (PostgresCopyOfUsers copy = new PostgresCopyOfUsers(connection.driver())) {
      for (User row : stamped) {
        copy.add(row);
      }
      copy.end();
    }
  }

  // one statement of arrays, which the driver sends in binary if they hold primitives or text
  @Override
  void updateAll(List<User> rows, Instant now) throws SQLException {
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
    }
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
    requireAll(updateAll.executeUpdate() == size);
  }

  private void setArray(int position, String type, Object elements) throws SQLException {
    updateAll.setArray(position, connection.driver().createArrayOf(type, elements));
  }
}
