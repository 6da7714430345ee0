package dev.plinth.cli.architecture.planted.library.internal;

/// Planted: what no command may see.
public record Hidden() {}
