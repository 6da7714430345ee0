package dev.plinth.change;

import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One committed change of one row.
///
/// What is secret in a row is masked, as in the log that it comes from. Immutable, if the record is.
///
/// @param <T> the record
/// @param kind what happened to the row
/// @param key the row's key
/// @param before the row before; null for a creation
/// @param after the row after; null if it was removed for good
/// @param actor who did it
/// @param at when it was written, by the clock of the configuration; its commit came later
/// @param position where it stands: keep it with its effect, and go on from it after a crash
public record Change<T>(
    Action kind,
    Object key,
    @Nullable T before,
    @Nullable T after,
    Actor actor,
    Instant at,
    String position) {}
