package dev.plinth.spi;

import java.util.List;

/// How one tells what was committed since one looked last, where writers do not take turns.
///
/// A transaction that took its numbers first may commit last, so a number tells nothing. Instead every
/// row names its transaction, in a column that is added once somebody asks, and a snapshot, which is
/// text, tells the transactions that were over from those that were not. Immutable.
///
/// @param column the column that names a row's transaction
/// @param additions what adds it to a table whose transactions have all ended
/// @param now a query: the snapshot of this moment
/// @param ahead a query: whether the snapshot that is the parameter, or a row, is of a time to come,
///     and so of another server
/// @param recent the condition that a row's transaction may have ended behind the snapshot that is the
///     parameter; an index serves it
/// @param between the condition that it ended behind the first snapshot and not behind the second
/// @param beginning the snapshot before all others
/// @param form what a snapshot looks like, as a regular expression
public record CommitOrder(
    String column,
    List<String> additions,
    String now,
    String ahead,
    String recent,
    String between,
    String beginning,
    String form) {

  /// An order of commits.
  public CommitOrder {
    additions = List.copyOf(additions);
  }
}
