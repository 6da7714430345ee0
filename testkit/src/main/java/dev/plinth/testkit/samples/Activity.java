package dev.plinth.testkit.samples;

import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.References;
import java.time.Instant;
import java.util.UUID;

/// A child of [User], which refers to it by a foreign key.
@Index({"userId", "at desc"})
public record Activity(
    @Id UUID id, @References(User.class) UUID userId, String type, @CreatedAt Instant at) {

  /// An activity that is about to be created.
  @SuppressWarnings("NullAway") // key and time are the layer's to make
  public static Activity of(UUID userId, String type) {
    return new Activity(null, userId, type, null);
  }
}
