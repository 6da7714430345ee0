package dev.plinth.architecture.planted.error;

/// Planted: a name that says nothing.
public record TextUtil() {}
