package dev.plinth.testkit.docs;

import dev.plinth.entity.Cached;
import dev.plinth.entity.Id;

// docs: cached
@Cached(seconds = 60, entries = 1_000)
public record Country(@Id String code, String name) {}
// end
