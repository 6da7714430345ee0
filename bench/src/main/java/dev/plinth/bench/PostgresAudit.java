package dev.plinth.bench;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Objects;

/// A new row and its row of the audit log, as an expert writes the two by hand.
final class PostgresAudit {

  private final PreparedStatement insert;
  private final PreparedStatement audit;

  PostgresAudit(PostgresConnection connection) throws SQLException {
    insert =
        connection.prepare(
            "insert into audited_users ("
                + Stamps.COLUMNS
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    audit =
        connection.prepare(
            "insert into plinth_audit (at, actor, action, resource_type, resource_id, new_values)"
                + " values (?, ?, ?, ?, ?, ?)");
  }

  AuditedUser insert(AuditedUser stamped, Instant now) throws SQLException {
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
    PostgresContender.setTime(insert, 11, Objects.requireNonNull(stamped.createdAt()));
    PostgresContender.setTime(insert, 12, Objects.requireNonNull(stamped.updatedAt()));
    insert.executeUpdate();
    PostgresContender.setTime(audit, 1, now);
    audit.setString(2, "system");
    audit.setString(3, "CREATE");
    audit.setString(4, "audited_users");
    audit.setString(5, Objects.requireNonNull(stamped.id()).toString());
    audit.setObject(6, AuditJson.of(stamped), Types.OTHER);
    audit.executeUpdate();
    return stamped;
  }
}
