package dev.plinth.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an engine keeps row policies itself; thread-safe.
public interface RowSecurity {

  /// A table and the condition that its rows meet for the current actor, as SQL.
  record Rule(Shape<?> shape, String condition) {}

  /// What a claim of the current actor is, as an expression of this type.
  ///
  /// @throws dev.plinth.error.UnsupportedException if no claim can be of the type
  String claim(String name, ColumnType type);

  /// A value as SQL, for policies have no parameters.
  ///
  /// @param value canonical
  /// @throws dev.plinth.error.UnsupportedException if there is no such way to write it
  String literal(@Nullable Object value, ColumnType type);

  /// The statements that make the database keep the rules for who works in a role.
  ///
  /// @param log the table that takes what was changed; null if none is audited
  List<String> statements(String role, List<Rule> rules, @Nullable Shape<?> log);

  /// What keeps the database from keeping the rules, for people; empty if nothing does.
  List<String> findings(Session session, String role, List<String> tables);

  /// Whether no policy holds for the role of a session, as it is now.
  boolean seesAll(Session session);
}
