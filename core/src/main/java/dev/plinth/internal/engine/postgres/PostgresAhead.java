package dev.plinth.internal.engine.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What only changes a transaction's state, and waits to travel in front of the next statement.
///
/// So it costs no round trip of its own, and nothing at all if it is taken back before.
final class PostgresAhead {

  private static final String RELEASE = "release savepoint plinth_";
  private static final String SAVEPOINT = "savepoint plinth_";

  private final List<String> waiting = new ArrayList<>();
  private boolean unsure; // whether a savepoint that was to be released is still there

  void add(String sql) {
    waiting.add(sql);
  }

  void savepoint(int depth) {
    waiting.add(SAVEPOINT + depth);
  }

  void release(int depth) {
    waiting.add(RELEASE + depth);
  }

  /// How many results come before that of the statement itself.
  int size() {
    return waiting.size();
  }

  /// A statement's text with what waits in front of it.
  String before(String sql) {
    return waiting.isEmpty() ? sql : String.join("; ", waiting) + "; " + sql;
  }

  /// The last one, which then does not wait any more.
  String removeLast() {
    return waiting.removeLast();
  }

  /// Notes that all of it was done, or is of no use any more.
  void clear() {
    waiting.clear();
  }

  /// Begins anew.
  void reset() {
    waiting.clear();
    unsure = false;
  }

  /// Notes that the statement which it travelled with has failed.
  void failed(SQLException e) {
    if (PostgresErrors.isOfServer(e)) { // otherwise nothing was sent
      unsure |=
          PostgresErrors.isStopped(e) && waiting.stream().anyMatch(s -> s.startsWith(RELEASE));
      waiting.clear();
    }
  }

  /// Takes back a savepoint and all behind it, if it was not sent: whether that was enough.
  boolean takeBack(int depth) {
    int unsent = waiting.lastIndexOf(SAVEPOINT + depth);
    if (unsent < 0) {
      return false;
    }
    waiting.subList(unsent, waiting.size()).clear();
    return true;
  }

  /// Whether a savepoint of an earlier part may be there still, under the name of a later one.
  boolean isUnsure() {
    return unsure;
  }
}
