package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;

/// A new row and its row of the audit log, as an expert writes the two by hand.
final class SqliteAudit {

  private final PreparedStatement insert;
  private final PreparedStatement audit;

  SqliteAudit(SqliteConnection writer) throws SQLException {
    insert =
        writer.prepare(
            "insert into audited_users ("
                + Stamps.COLUMNS
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    audit =
        writer.prepare(
            "insert into plinth_audit (at, actor, action, resource_type, resource_id, new_values)"
                + " values (?, ?, ?, ?, ?, ?)");
  }

  AuditedUser insert(AuditedUser stamped, Instant now) throws SQLException {
    String key = Objects.requireNonNull(stamped.id()).toString();
    insert.setString(1, key);
    insert.setString(2, stamped.email());
    insert.setString(3, stamped.firstName());
    insert.setString(4, stamped.lastName());
    insert.setString(5, stamped.role().name());
    insert.setString(6, stamped.status().name());
    insert.setInt(7, stamped.age());
    insert.setInt(8, stamped.subscribed() ? 1 : 0);
    insert.setString(9, stamped.bio());
    insert.setLong(10, stamped.version());
    insert.setLong(11, SqliteContender.micros(Objects.requireNonNull(stamped.createdAt())));
    insert.setLong(12, SqliteContender.micros(Objects.requireNonNull(stamped.updatedAt())));
    insert.executeUpdate();
    audit.setLong(1, SqliteContender.micros(now));
    audit.setString(2, "system");
    audit.setString(3, "CREATE");
    audit.setString(4, "audited_users");
    audit.setString(5, key);
    audit.setString(6, AuditJson.of(stamped));
    audit.executeUpdate();
    return stamped;
  }
}
