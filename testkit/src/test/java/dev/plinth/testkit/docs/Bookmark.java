package dev.plinth.testkit.docs;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;

// docs: bookmark
@Audited(false)
public record Bookmark(@Id String reader, String position) {}
// end
