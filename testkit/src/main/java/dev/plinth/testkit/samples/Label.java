package dev.plinth.testkit.samples;

import dev.plinth.entity.Id;
import org.jspecify.annotations.Nullable;

/// A record whose key is a text of the caller's.
public record Label(@Id String name, @Nullable String color, int weight) {}
