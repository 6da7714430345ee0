package dev.plinth.architecture.planted.internal.engine;

import dev.plinth.architecture.planted.internal.pipeline.Direct;

/// Planted: an engine that looks up at the pipeline.
public record Nosy(Direct direct) {}
