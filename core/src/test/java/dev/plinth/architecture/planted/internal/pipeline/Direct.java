package dev.plinth.architecture.planted.internal.pipeline;

import dev.plinth.architecture.planted.internal.engine.Nosy;
import org.sqlite.SQLiteConfig;

/// Planted: a step that goes past the engine to the driver, and closes a cycle of packages.
public record Direct(Nosy nosy, SQLiteConfig config) {}
