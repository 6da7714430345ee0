/// The DuckDB engine: one instance per file, connections that share it, functions for what it lacks.
@NullMarked
package dev.plinth.internal.engine.duckdb;

import org.jspecify.annotations.NullMarked;
