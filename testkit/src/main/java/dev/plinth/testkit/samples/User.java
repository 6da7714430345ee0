package dev.plinth.testkit.samples;

import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A record with every stamp, a secret, JSON, a counter, constraints and soft delete.
@Table("users")
public record User(
    @Id UUID id,
    @Unique @Email String email,
    @Size(min = 2, max = 50) String firstName,
    Role role,
    @Json Map<String, Object> metadata,
    @Secret @Nullable String passwordHash,
    @Counter long commandCount,
    @Version long version,
    @CreatedAt Instant createdAt,
    @UpdatedAt Instant updatedAt,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A user; who has no role is a member.
  public User {
    role = role == null ? Role.MEMBER : role;
    metadata = metadata == null ? Map.of() : metadata;
  }

  /// A user who is about to be created.
  @SuppressWarnings("NullAway") // key and times are the layer's to make
  public static User of(String email, String firstName) {
    return new User(null, email, firstName, Role.MEMBER, Map.of(), null, 0, 0, null, null, null);
  }

  /// The same with this key.
  public User withId(UUID id) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this address.
  public User withEmail(String email) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this first name.
  public User withFirstName(String firstName) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this role.
  public User withRole(Role role) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this metadata.
  public User withMetadata(Map<String, Object> metadata) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this secret.
  public User withPasswordHash(@Nullable String passwordHash) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this count of commands.
  public User withCommandCount(long commandCount) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this version.
  public User withVersion(long version) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }

  /// The same with this instant of creation.
  public User withCreatedAt(Instant createdAt) {
    return new User(
        id,
        email,
        firstName,
        role,
        metadata,
        passwordHash,
        commandCount,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }
}
