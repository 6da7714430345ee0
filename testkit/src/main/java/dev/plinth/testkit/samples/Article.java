package dev.plinth.testkit.samples;

import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Searchable;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Something to read, whose words are found; its key is no number.
@Table("articles")
public record Article(
    @Id UUID id,
    @Unique @Searchable String slug,
    @FullText @Searchable String title,
    @FullText @Nullable String body,
    int stars,
    @Version long version,
    @CreatedAt Instant createdAt,
    @DeletedAt @Nullable Instant deletedAt) {

  /// An article that is about to be created.
  @SuppressWarnings("NullAway") // key and times are the layer's to make
  public static Article of(String slug, String title, @Nullable String body) {
    return new Article(null, slug, title, body, 0, 0, null, null);
  }

  /// The same with this title.
  public Article withTitle(String title) {
    return new Article(id, slug, title, body, stars, version, createdAt, deletedAt);
  }
}
