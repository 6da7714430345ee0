package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBTimestampTZ;

/// The workloads as an expert writes them by hand for DuckDB.
///
/// Many rows go by the appender: new ones into the table, others into a temporary one, from which one
/// statement updates.
final class DuckDbContender extends JdbcContender {

  private static final byte[][] ROLES = utf8(User.Role.values());
  private static final byte[][] STATUSES = utf8(User.Status.values());

  private final DuckDbConnection streaming;
  private final DuckDbConnection writer;
  private final PreparedStatement updateAll;
  private final PreparedStatement forget;

  DuckDbContender(String url) throws SQLException {
    this(DuckDbConnection.open(url));
  }

  private DuckDbContender(DuckDbConnection writer) throws SQLException {
    this(writer.streaming(), writer);
  }

  private DuckDbContender(DuckDbConnection streaming, DuckDbConnection writer) throws SQLException {
    super(writer.duplicate(), writer, streaming.prepare(UserSql.ALL));
    this.streaming = streaming;
    this.writer = writer;
    writer.execute(
        "create temp table given (email varchar, first_name varchar, last_name varchar,"
            + " role varchar, status varchar, age integer, subscribed boolean, bio varchar,"
            + " id uuid, version bigint)");
    this.updateAll = writer.prepare(UserSql.updateFrom("given g"));
    this.forget = writer.prepare("truncate given");
  }

  @Override
  void setId(PreparedStatement statement, int position, UUID id) throws SQLException {
    statement.setObject(position, id);
  }

  @Override
  void setTime(PreparedStatement statement, int position, Instant time) throws SQLException {
    statement.setObject(position, new DuckDBTimestampTZ(Stamps.micros(time)));
  }

  @Override
  UUID id(ResultSet row, int position) throws SQLException {
    return row.getObject(position, UUID.class);
  }

  // not as a time: the driver makes one by the machine's time zone
  @Override
  Instant time(ResultSet row, int position) throws SQLException {
    return Stamps.time(row.getLong(position));
  }

  @Override
  void insertAll(List<User> stamped) throws SQLException {
    writer.transaction(() -> {
      try (DuckDBAppender appender = writer.appender("users")) {
        for (User row : stamped) {
          appender.beginRow();
          appender.append(Objects.requireNonNull(row.id()));
          appendValues(appender, row);
          appender.append(row.version());
          appender.appendEpochMicros(Stamps.micros(Objects.requireNonNull(row.createdAt())));
          appender.appendEpochMicros(Stamps.micros(Objects.requireNonNull(row.updatedAt())));
          appender.endRow();
        }
        return appender.flush();
      }
    });
  }

  private static void appendValues(DuckDBAppender appender, User row) throws SQLException {
    appender.append(row.email());
    appender.append(row.firstName());
    appender.append(row.lastName());
    appender.append(ROLES[row.role().ordinal()]);
    appender.append(STATUSES[row.status().ordinal()]);
    appender.append(row.age());
    appender.append(row.subscribed());
    appender.append(row.bio());
  }

  @Override
  void updateAll(List<User> rows, Instant now) throws SQLException {
    try (DuckDBAppender appender = writer.appender("given")) {
      for (User row : rows) {
        appender.beginRow();
        appendValues(appender, row);
        appender.append(Objects.requireNonNull(row.id()));
        appender.append(row.version());
        appender.endRow();
      }
      appender.flush();
    }
    setTime(updateAll, 1, now);
    requireAll(updateAll.executeUpdate() == rows.size());
    forget.executeUpdate();
  }

  @Override
  public void close() {
    try (streaming) {
      super.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
