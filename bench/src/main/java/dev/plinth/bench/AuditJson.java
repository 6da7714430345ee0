package dev.plinth.bench;

import java.io.StringWriter;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// What the audit log says of a row, written field by field.
final class AuditJson {

  private static final JsonMapper JSON = new JsonMapper();

  private AuditJson() {}

  static String of(AuditedUser row) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringProperty("id", Objects.requireNonNull(row.id()).toString());
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
