package dev.plinth.testkit.samples;

import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.UpdatedAt;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A record whose rows take [Payment]s with them when they are deleted.
@Table("customers")
public record Customer(
    @Id UUID id,
    @Unique String name,
    @Version long version,
    @UpdatedAt Instant updatedAt,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A customer who is about to be created.
  @SuppressWarnings("NullAway") // key and time are the layer's to make
  public static Customer of(String name) {
    return new Customer(null, name, 0, null, null);
  }
}
