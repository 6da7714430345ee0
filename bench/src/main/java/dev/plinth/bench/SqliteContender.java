package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// The workloads as an expert writes them by hand for SQLite.
///
/// Many rows go in batches; identifiers are text, and times numbers.
final class SqliteContender extends JdbcContender {

  private static final int BATCH = 1000;

  private final JdbcConnection writer;
  private final PreparedStatement insertAll;
  private final PreparedStatement updateAll;

  SqliteContender(String url) throws SQLException {
    this(new SqliteConnection(url, true), new SqliteConnection(url, false));
  }

  private SqliteContender(JdbcConnection reader, JdbcConnection writer) throws SQLException {
    super(reader, writer, reader.prepare(UserSql.ALL));
    this.writer = writer;
    this.insertAll = writer.prepare(UserSql.INSERT);
    this.updateAll = writer.prepare(UserSql.UPDATE);
  }

  @Override
  void setId(PreparedStatement statement, int position, UUID id) throws SQLException {
    statement.setString(position, id.toString());
  }

  @Override
  void setTime(PreparedStatement statement, int position, Instant time) throws SQLException {
    statement.setLong(position, Stamps.micros(time));
  }

  @Override
  UUID id(ResultSet row, int position) throws SQLException {
    return UUID.fromString(row.getString(position));
  }

  @Override
  Instant time(ResultSet row, int position) throws SQLException {
    return Stamps.time(row.getLong(position));
  }

  @Override
  void insertAll(List<User> stamped) throws SQLException {
    writer.transaction(() -> {
      int added = 0;
      for (User row : stamped) {
        bind(insertAll, row);
        insertAll.addBatch();
        if (++added % BATCH == 0) {
          insertAll.executeBatch();
        }
      }
      return insertAll.executeBatch();
    });
  }

  @Override
  void updateAll(List<User> rows, Instant now) throws SQLException {
    int added = 0;
    for (User row : rows) {
      bindUpdate(updateAll, row, now);
      updateAll.addBatch();
      if (++added % BATCH == 0) {
        executeUpdates();
      }
    }
    executeUpdates();
  }

  private void executeUpdates() throws SQLException {
    for (int changed : updateAll.executeBatch()) {
      requireAll(changed == 1);
    }
  }
}
