package dev.plinth.testkit.docs;

import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
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
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

// docs: record
@NullMarked
@Table("users")
public record User(
    @Id UUID id,
    @Unique @Email String email,
    @Size(min = 2, max = 50) String firstName,
    @Nullable String phone,
    Role role,
    Map<String, Object> settings,
    @Secret @Nullable String passwordHash,
    @Counter long logins,
    @Version long version,
    @CreatedAt Instant createdAt,
    @UpdatedAt Instant updatedAt,
    @DeletedAt @Nullable Instant deletedAt) {

  public User {
    role = role == null ? Role.MEMBER : role;
    settings = settings == null ? Map.of() : settings;
  }

  public User withFirstName(String firstName) {
    return new User(
        id,
        email,
        firstName,
        phone,
        role,
        settings,
        passwordHash,
        logins,
        version,
        createdAt,
        updatedAt,
        deletedAt);
  }
}
// end
