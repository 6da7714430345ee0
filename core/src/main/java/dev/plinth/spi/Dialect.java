package dev.plinth.spi;

import dev.plinth.query.Filter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one engine's SQL differs from the common text. Pure functions of text.
public interface Dialect {

  /// An identifier as SQL, whatever characters it has.
  default String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /// The column's type for `CREATE TABLE`, without nullability.
  String typeName(ColumnType type);

  /// The type and clauses of a key column that the database numbers.
  String generatedKey(ColumnType type);

  /// A condition that keeps other programs' values out of a column; empty if the type says it all.
  String check(String column, ColumnType type);

  /// A column such that `=`, `<` and `order by` compare by value.
  String comparable(String column, ColumnType type);

  /// The condition that a column is different from one parameter, or null.
  String isDistinct(String column);

  /// The condition that a column holds what one parameter does, null included.
  String isSame(String column);

  /// The condition that a column is one of a list that is bound as a single parameter.
  String inList(String column, ColumnType type);

  /// The single parameter for [#inList]: its type is [ColumnType#TEXT] or what the engine binds.
  @Nullable Object listArgument(List<?> values, ColumnType type);

  /// The condition that a text column matches one parameter, case-sensitively.
  ///
  /// @param text what is looked for; it decides at most how, and never stands in the condition
  String match(String column, Filter.Match.Kind kind, String text);

  /// The parameter for [#match].
  String matchArgument(Filter.Match.Kind kind, String text);

  /// The condition that a text column has the parameter in it, after [#folded] of both.
  String containsFolded(String column);

  /// A text with upper and lower case made alike, exactly as the engine's condition does.
  String folded(String text);

  /// The sum of a column and a parameter.
  String sum(String column, ColumnType type);

  /// Whether a comment can stand inside a comment.
  boolean nestsComments();

  /// The prefix that makes the engine explain a query.
  String explain();

  /// The characters besides `?` and `:` with which the engine marks parameters.
  String parameterMarks();

  /// Why hand-written SQL with these words is refused; null if it is not.
  ///
  /// Refused is what would change the connection for whoever borrows it next.
  ///
  /// @param words the words of the statement, in lower case
  /// @param sets whether it has an `=` or a bracket
  @Nullable String refusal(List<String> words, boolean sets);

  /// What a literal `?` outside quotes must become, for operators that have one; null if the engine
  /// has no such operator.
  @Nullable String literalQuestionMark();
}
