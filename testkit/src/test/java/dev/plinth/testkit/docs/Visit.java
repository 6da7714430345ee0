package dev.plinth.testkit.docs;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Column;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.References;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

// docs: visit
@NullMarked
@Audited(false)
@Index({"userId", "at desc"})
public record Visit(
    @Id long id,
    @References(User.class) UUID userId,
    String page,
    @Column(check = "seconds >= 0") int seconds,
    @Nullable String referrer,
    @CreatedAt Instant at) {

  public static Visit of(UUID userId, String page) {
    return new Visit(0, userId, page, 1, null, null);
  }
}
// end
