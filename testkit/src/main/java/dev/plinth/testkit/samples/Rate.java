package dev.plinth.testkit.samples;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Cached;
import dev.plinth.entity.Id;

/// A record that is kept in memory for a moment, ten rows of it, whose writes are single statements.
@Cached(seconds = 1, entries = 10)
@Audited(false)
public record Rate(@Id long id, long amount) {}
