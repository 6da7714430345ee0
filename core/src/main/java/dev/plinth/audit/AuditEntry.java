package dev.plinth.audit;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Json;
import dev.plinth.entity.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One change of one row, written in the transaction of the change.
///
/// Values stand under their column names, in JSON's types: exact numbers, times and UUIDs as text.
/// Secret values are masked. Immutable.
///
/// @param id the place in the log: later changes have larger ones
/// @param at when
/// @param actor who
/// @param action what
/// @param resourceType the table
/// @param resourceId the row's key as text
/// @param oldValues the row before; null for a creation
/// @param newValues the row after; null for a deletion
/// @param bulkId what the rows of one bulk or set-based change share; null for a change of one row
/// @param sessionId the actor's session
/// @param correlationId the actor's correlation
/// @param ipAddress the actor's address
/// @param userAgent the actor's program
@Table("plinth_audit")
@Audited(false)
@Index({"resourceType", "resourceId"})
@Index("actor")
@Index("at")
@Index("correlationId")
@Index("bulkId")
public record AuditEntry(
    @Id long id,
    Instant at,
    String actor,
    Action action,
    String resourceType,
    String resourceId,
    @Json @Nullable Map<String, @Nullable Object> oldValues,
    @Json @Nullable Map<String, @Nullable Object> newValues,
    @Nullable UUID bulkId,
    @Nullable String sessionId,
    @Nullable String correlationId,
    @Nullable String ipAddress,
    @Nullable String userAgent) {

  /// A value before and after.
  ///
  /// @param before the old value; null if there was none
  /// @param after the new value; null if there is none
  public record Difference(@Nullable Object before, @Nullable Object after) {
    @Override
    public String toString() {
      return before + " → " + after;
    }
  }

  /// The fields whose values differ, in the table's order.
  public Map<String, Difference> differences() {
    Map<String, @Nullable Object> before = oldValues == null ? Map.of() : oldValues;
    Map<String, @Nullable Object> after = newValues == null ? Map.of() : newValues;
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    Map<String, Difference> differences = new LinkedHashMap<>();
    for (String name : names) {
      if (!Objects.equals(before.get(name), after.get(name))) {
        differences.put(name, new Difference(before.get(name), after.get(name)));
      }
    }
    return differences;
  }
}
