package dev.plinth;

import java.util.List;

/// What came of rows to be created of which some were there.
///
/// @param rows the rows as they are stored, in the order in which they were given; without those that
///     were ignored
/// @param created how many were new
/// @param updated how many stored rows were written over
/// @param ignored how many given rows were left out, since there was one already
/// @param <T> the record
public record Saved<T>(List<T> rows, long created, long updated, long ignored) {}
