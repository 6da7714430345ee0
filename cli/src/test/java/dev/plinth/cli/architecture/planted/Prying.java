package dev.plinth.cli.architecture.planted;

import dev.plinth.cli.architecture.planted.library.internal.Hidden;

/// Planted: a command that reaches behind the users' door.
public record Prying(Hidden hidden) {}
