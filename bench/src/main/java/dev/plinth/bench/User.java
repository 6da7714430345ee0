package dev.plinth.bench;

import dev.plinth.entity.Audited;
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

/// The row of nearly every workload: twelve columns, a unique one, an index for pages.
///
/// @param id the key; null before it is stored
/// @param bio the one column that may hold nothing
/// @param createdAt null before it is stored
/// @param updatedAt null before it is stored
@Table("users")
@Audited(false)
@Index({"role", "status", "createdAt desc", "id"})
public record User(
    @Id @Nullable UUID id,
    @Unique String email,
    String firstName,
    String lastName,
    Role role,
    Status status,
    int age,
    boolean subscribed,
    @Nullable String bio,
    @Version long version,
    @CreatedAt @Nullable Instant createdAt,
    @UpdatedAt @Nullable Instant updatedAt) {

  /// What a user may do.
  public enum Role {
    /// Reads.
    GUEST,
    /// Writes.
    MEMBER,
    /// Reviews.
    EDITOR,
    /// Decides.
    MODERATOR,
    /// Everything.
    ADMIN
  }

  /// How a user stands.
  public enum Status {
    /// Invited.
    INVITED,
    /// Active.
    ACTIVE,
    /// Suspended.
    SUSPENDED,
    /// Closed.
    CLOSED
  }

  /// The same with another age and text.
  User with(int age, String bio) {
    return new User(
        id,
        email,
        firstName,
        lastName,
        role,
        status,
        age,
        subscribed,
        bio,
        version,
        createdAt,
        updatedAt);
  }
}
