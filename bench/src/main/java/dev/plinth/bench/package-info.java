/// Benchmarks against an expert's hand-written JDBC, and what runs and reports them.
@NullMarked
package dev.plinth.bench;

import org.jspecify.annotations.NullMarked;
