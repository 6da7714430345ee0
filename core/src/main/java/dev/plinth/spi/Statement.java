package dev.plinth.spi;

import java.util.List;

/// SQL text with the types of its parameters, as data.
///
/// The text of a statement is stable, so a session can keep it prepared. Immutable.
///
/// @param sql the text; every `?` is a parameter
/// @param parameters the parameters' types in order
/// @param what what it does, in words for messages: `insert into users`
/// @param byHand whether a caller wrote it, so that nobody knows what its parameters stand beside
/// @param lasting whether it may leave something with the connection
public record Statement(
    String sql, List<ColumnType> parameters, String what, boolean byHand, boolean lasting) {

  /// A statement of the layer's own, which leaves nothing with the connection.
  public Statement(String sql, List<ColumnType> parameters, String what) {
    this(sql, parameters, what, false, false);
  }
}
