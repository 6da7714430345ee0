package dev.plinth.architecture.planted.query;

import dev.plinth.architecture.planted.internal.pipeline.Direct;

/// Planted: a word of the vocabulary that knows the machinery.
public record Curious(Direct direct) {}
