package dev.plinth.testkit.samples;

import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tree: it goes and comes with the folder above it, and links to one that it does not go with.
@Table("folders")
public record Folder(
    @Id UUID id,
    @References(value = Folder.class, cascade = true) @Nullable UUID above,
    @References(Folder.class) @Nullable UUID link,
    String name,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A folder that is about to be created, with its key.
  public static Folder of(UUID id, @Nullable UUID above, String name) {
    return new Folder(id, above, null, name, null);
  }

  /// The same with a link.
  public Folder withLink(@Nullable UUID link) {
    return new Folder(id, above, link, name, deletedAt);
  }

  /// The same below another.
  public Folder withAbove(@Nullable UUID above) {
    return new Folder(id, above, link, name, deletedAt);
  }

  /// The same with another name.
  public Folder withName(String name) {
    return new Folder(id, above, link, name, deletedAt);
  }
}
