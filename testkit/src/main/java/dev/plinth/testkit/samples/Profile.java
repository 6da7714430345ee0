package dev.plinth.testkit.samples;

import dev.plinth.entity.Cached;
import dev.plinth.entity.Counter;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Json;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A record that is kept in memory, with values in it that can be changed.
@Cached
public record Profile(
    @Id UUID id,
    @Unique String name,
    byte[] picture,
    @Json Map<String, Object> settings,
    @Counter long visits,
    @Version long version,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A profile that is about to be created.
  @SuppressWarnings("NullAway") // the key is the layer's to make
  public static Profile of(String name) {
    return new Profile(
        null, name, new byte[] {1, 2, 3}, new HashMap<>(Map.of("theme", "dark")), 0, 0, null);
  }

  /// The same with this name.
  public Profile withName(String name) {
    return new Profile(id, name, picture, settings, visits, version, deletedAt);
  }
}
