package dev.plinth.bench;

import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The columns of [User] in a table whose changes are audited.
///
/// @param id the key; null before it is stored
/// @param bio the one column that may hold nothing
/// @param createdAt null before it is stored
/// @param updatedAt null before it is stored
@Table("audited_users")
@Index({"role", "status", "createdAt desc", "id"})
public record AuditedUser(
    @Id @Nullable UUID id,
    @Unique String email,
    String firstName,
    String lastName,
    User.Role role,
    User.Status status,
    int age,
    boolean subscribed,
    @Nullable String bio,
    @Version long version,
    @CreatedAt @Nullable Instant createdAt,
    @UpdatedAt @Nullable Instant updatedAt) {

  /// The same values in the audited table.
  static AuditedUser of(User user) {
    return new AuditedUser(
        user.id(),
        user.email(),
        user.firstName(),
        user.lastName(),
        user.role(),
        user.status(),
        user.age(),
        user.subscribed(),
        user.bio(),
        user.version(),
        user.createdAt(),
        user.updatedAt());
  }
}
