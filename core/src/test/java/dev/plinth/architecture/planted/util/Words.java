package dev.plinth.architecture.planted.util;

/// Planted: a name that says nothing.
public record Words() {}
