package dev.plinth.testkit.samples;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;

/// A record of primitive components.
@Audited(false)
public record Primitives(
    @Id int id, short int16, int int32, long int64, float float32, double float64, boolean flag) {}
