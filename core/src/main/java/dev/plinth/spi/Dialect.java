package dev.plinth.spi;

import dev.plinth.query.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How one engine's SQL differs from the common text. Pure functions of text.
public interface Dialect {

  /// A condition with its parameters in order.
  record Condition(String sql, List<ColumnType> types, List<?> values) {}

  /// An identifier as SQL, whatever characters it has.
  default String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  /// The column's type for `CREATE TABLE`, without nullability.
  String typeName(ColumnType type);

  /// The declared type of a column.
  default String typeName(Column column) {
    return typeName(column.type());
  }

  /// The type and clauses of a key column that the database numbers.
  String generatedKey(String table, String key, ColumnType type);

  /// A statement that makes what numbers the keys of a table, before the table; null where the column
  /// does it by itself.
  default @Nullable String numbering(String table, String key) {
    return null;
  }

  /// Whether the engine keeps foreign keys.
  default boolean foreignKeys() {
    return true;
  }

  /// Whether an index serves an order.
  default boolean ordersByIndex() {
    return true;
  }

  /// What a unique index is on, behind the table's name, for live rows only.
  default String uniqueAmongLive(List<String> columns, String deletedAt) {
    return "(" + String.join(", ", columns) + ") where " + deletedAt + " is null";
  }

  /// Whether an upsert can name a rule that holds among live rows; otherwise it is a `merge`.
  default boolean conflictsAmongLive() {
    return true;
  }

  /// Whether brackets quote a name.
  default boolean bracketsQuote() {
    return false;
  }

  /// A query that takes so many numbers for keys, one a row; null where a row is numbered as it is
  /// inserted.
  default @Nullable String reserveKeys(String table, String key) {
    return null;
  }

  /// A query that keeps a key, given as the parameter, from being numbered later; null where the
  /// engine sees to it.
  ///
  /// It lets keys near the end of all numbers be: no numbering comes so far, and none were left.
  default @Nullable String advanceKeys(String table, String key) {
    return null;
  }

  /// Whether a function changes nothing, as far as its name tells, in lower case.
  ///
  /// Words that stand before a parenthesis are asked for as well.
  default boolean harmless(String function) {
    return true;
  }

  /// A table in a `from`, made of lists that are bound by [#rowsArgument], one for each of its
  /// columns; null where a batch of single statements is the faster way.
  default @Nullable String rowsOf(List<ColumnType> types) {
    return null;
  }

  /// Whether an update gives back the changed rows for little; where it does not, they are looked for
  /// by a query of their own.
  default boolean returnsUpdated() {
    return true;
  }

  /// A statement that adds a foreign key to a table that is there already, unless it has it; null
  /// where a table may refer to one that comes later.
  default @Nullable String addForeignKey(String table, String name, String clause) {
    return null;
  }

  /// What stands between table and column in an index on JSON or a list; null where none would be used.
  default @Nullable String containing() {
    return null;
  }

  /// A query that gives the tables and indexes there are: the name of each, and that of its table.
  String relations();

  /// A query that gives the names of the views, those of other schemas as well.
  String views();

  /// A query that makes others who change the schema wait until the transaction ends; null where
  /// writers take turns.
  default @Nullable String schemaLock() {
    return null;
  }

  /// A query that says whether the transaction has the turn to change the schema step by step, and
  /// keeps it until its end; null where writers take turns.
  ///
  /// It never waits: whoever waited in it would hold up those who wait for all others to end.
  default @Nullable String migrationTurn() {
    return null;
  }

  /// As [#migrationTurn], for a session without a transaction, which keeps it until
  /// [#migrationUnlock].
  default @Nullable String migrationLock() {
    return null;
  }

  /// A query that gives back what [#migrationLock] took.
  default @Nullable String migrationUnlock() {
    return null;
  }

  /// A query for the statements that remove what this one has left if it broke off; null if it
  /// leaves nothing.
  default @Nullable String leftovers(String statement) {
    return null;
  }

  /// What locks the rows of a query until the transaction ends; empty where writers take turns.
  default String forUpdate() {
    return "";
  }

  /// What keeps others from changing the rows of a query until the transaction ends, but not from
  /// looking at them in the same way; empty where writers take turns.
  default String forShare() {
    return "";
  }

  /// A condition that keeps other programs' values out of a column; empty if the type says it all.
  String check(String column, ColumnType type);

  /// A column, or a parameter, such that `=`, `<` and `order by` compare by value.
  String comparable(String column, ColumnType type);

  /// The condition that a column is different from a value, or null.
  ///
  /// @param value a parameter, made comparable
  String isDistinct(String column, String value);

  /// The condition that a column holds what one parameter does, null included.
  String isSame(String column);

  /// The condition that what stands in a JSON column meets a comparison; unknown where nothing does.
  ///
  /// @param path where; empty for the whole document
  /// @param value JSON, or the name of a key
  Condition json(String column, Filter.Json.Kind kind, List<String> path, String value);

  /// The condition that a column is one of a list that is bound as a single parameter.
  String inList(String column, ColumnType type);

  /// The single parameter for [#inList]: its type is [ColumnType#TEXT] or what the engine binds.
  @Nullable Object listArgument(List<? extends @Nullable Object> values, ColumnType type);

  /// The condition that columns together are one of a list of rows, in a text that is the same for a
  /// list of any length.
  default Condition inRows(
      List<String> columns, List<ColumnType> types, List<? extends List<?>> rows) {
    List<Object> lists = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      int at = i;
      lists.add(
          Objects.requireNonNull(
              rowsArgument(rows.stream().map(row -> row.get(at)).toList(), types.get(at))));
    }
    return new Condition(
        "(%s) in (select * from %s as given)".formatted(String.join(", ", columns), rowsOf(types)),
        types.stream().map(_ -> ColumnType.TEXT).toList(),
        lists);
  }

  /// The single parameter for a column of [#rowsOf].
  default @Nullable Object rowsArgument(List<? extends @Nullable Object> values, ColumnType type) {
    return listArgument(values, type);
  }

  /// Whether a condition on another table is asked by `exists` rather than by `in`: where the planner
  /// makes a join of the one, and of the other a list that may be too long for its memory.
  default boolean asksByExists() {
    return false;
  }

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

  /// How words are found.
  default FullTextDialect fullText() {
    return new FullTextDialect.None("This engine");
  }

  /// The condition that a column of arrays holds all of some values.
  ///
  /// @param values canonical, none of them null
  Condition holds(String column, List<?> values);

  /// A JSON column with the keys of an object, which is a parameter, in place of its own.
  String merged(String column);

  /// A JSON column after a merge patch, which is a parameter.
  ///
  /// @param patch what the parameter will be, for engines whose text depends on its depth
  String patched(String column, String patch);

  /// The sum of a column and a parameter.
  String sum(String column, ColumnType type);

  /// Behind a `returning`: whether an upsert has found the row; null where writers take turns, so that
  /// nobody can have made the row since one looked for it.
  default @Nullable String overwrote() {
    return null;
  }

  /// How one tells what was committed to a table of the layer's own since one looked last; null where
  /// writers take turns, so that their numbers are in the order of their commits.
  default @Nullable CommitOrder commitOrder(String table) {
    return null;
  }

  /// How the engine keeps row policies itself; null where it cannot.
  default @Nullable RowSecurity rowSecurity() {
    return null;
  }

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

  /// Whether hand-written SQL with these words may leave something with the connection, which must
  /// then be cleaned before it is lent again.
  default boolean lasts(List<String> words) {
    return false;
  }

  /// What a literal `?` outside quotes must become, for operators that have one; null if the engine
  /// has no such operator.
  @Nullable String literalQuestionMark();
}
