package dev.plinth.bench;

import java.io.StringWriter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// A new row and its row of the audit log, as an expert writes the two by hand.
final class JdbcAudit {

  private static final JsonMapper JSON = new JsonMapper();

  private final PreparedStatement insert;
  private final PreparedStatement audit;

  JdbcAudit(SqliteConnection writer) throws SQLException {
    insert =
        writer.prepare(
            "insert into audited_users ("
                + JdbcContender.COLUMNS
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    audit =
        writer.prepare(
            "insert into plinth_audit (at, actor, action, resource_type, resource_id, new_values)"
                + " values (?, ?, ?, ?, ?, ?)");
  }

  AuditedUser insert(AuditedUser row, UUID id, Instant now) throws SQLException {
    AuditedUser stamped =
        new AuditedUser(
            id,
            row.email(),
            row.firstName(),
            row.lastName(),
            row.role(),
            row.status(),
            row.age(),
            row.subscribed(),
            row.bio(),
            1,
            row.createdAt() == null ? now : row.createdAt(),
            row.updatedAt() == null ? now : row.updatedAt());
    String key = id.toString();
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
    insert.setLong(11, JdbcContender.micros(Objects.requireNonNull(stamped.createdAt())));
    insert.setLong(12, JdbcContender.micros(Objects.requireNonNull(stamped.updatedAt())));
    insert.executeUpdate();
    audit.setLong(1, JdbcContender.micros(now));
    audit.setString(2, "system");
    audit.setString(3, "CREATE");
    audit.setString(4, "audited_users");
    audit.setString(5, key);
    audit.setString(6, json(stamped, key));
    audit.executeUpdate();
    return stamped;
  }

  private static String json(AuditedUser row, String key) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringProperty("id", key);
      json.writeStringProperty("email", row.email());
      json.writeStringProperty("first_name", row.firstName());
      json.writeStringProperty("last_name", row.lastName());
      json.writeStringProperty("role", row.role().name());
      json.writeStringProperty("status", row.status().name());
      json.writeNumberProperty("age", row.age());
      json.writeBooleanProperty("subscribed", row.subscribed());
      json.writeStringProperty("bio", row.bio());
      json.writeNumberProperty("version", row.version());
      json.writeStringProperty("created_at", Objects.requireNonNull(row.createdAt()).toString());
      json.writeStringProperty("updated_at", Objects.requireNonNull(row.updatedAt()).toString());
      json.writeEndObject();
    }
    return text.toString();
  }
}
