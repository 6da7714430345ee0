package dev.plinth.internal.engine.sqlite;

import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect.Condition;
import dev.plinth.spi.FullTextDialect;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Full text by FTS5: a table of words beside the table, kept by triggers.
///
/// The table of words holds no text, only where which word stands. Its rows are numbered by the key
/// where that is a number. Any other key gets a number in one more table, because the numbers that
/// SQLite itself gives to rows may change when the file is vacuumed.
record SqliteFullText(SqliteDialect dialect) implements FullTextDialect {

  // what is a word, and which letters are alike: as PostgresFullText has it
  private static final String WORDS =
      "content='', contentless_delete=1,"
          + " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* Nd'\"";

  private static final String ROW = "plinth_row";
  private static final String RANK = "plinth_rank";

  // the trigger which shows that there is an index, and all of it
  private static final String TRIGGER = "_plinth_insert";

  /// A query for the names of all tables of words, of what FTS5 makes of them, and of their keys.
  static final String HIDDEN =
      "select substr(t.name, 1, length(t.name) - %d) || part.value from sqlite_schema t,"
              .formatted(TRIGGER.length())
          + " json_each('[\"\",\"_data\",\"_idx\",\"_docsize\",\"_config\",\"_key\"]') part"
          + " where t.type = 'trigger' and t.name like '%\\_plinth\\_insert' escape '\\'";

  private static boolean numbered(Shape<?> shape) {
    return shape.key().type() == ColumnType.LONG || shape.key().type() == ColumnType.INTEGER;
  }

  private String q(String name) {
    return dialect.quote(name);
  }

  @Override
  public List<Made> create(Shape<?> shape, String index) {
    List<String> made = new ArrayList<>();
    boolean numbered = numbered(shape);
    String key = q(shape.key().name());
    String stored = q(shape.table()) + "." + key;
    String keys = q(index + "_key");
    String columns = joined(shape, column -> q(name(column)));
    made.add(
        "create virtual table if not exists %s using fts5(%s, %s)"
            .formatted(q(index), columns, WORDS));
    if (!numbered) {
      made.add(
          "create table if not exists %s (id integer primary key, key text not null unique)"
              .formatted(keys));
    }
    // without its triggers it was left behind by a table that is gone
    String left =
        " where not exists (select 1 from sqlite_schema where type = 'trigger' and name = '%s')"
            .formatted((index + TRIGGER).replace("'", "''"));
    made.add("insert into %s(%s) select 'delete-all'%s".formatted(q(index), q(index), left));
    if (!numbered) {
      made.add("delete from " + keys + left);
      made.add(
          "insert into %s(key) select %s from %s%s"
              .formatted(keys, key, q(shape.table()), empty(keys)));
    }
    made.add(
        "insert into %s(rowid, %s) select %s, %s from %s%s%s"
            .formatted(
                q(index),
                columns,
                numbered ? stored : keys + ".id",
                joined(shape, column -> folded(q(shape.table()) + "." + q(column.name()))),
                q(shape.table()),
                numbered ? "" : " join " + keys + " on " + keys + ".key = " + stored,
                empty(q(index))));
    made.add(trigger(shape, index, "_plinth_delete", "delete", removed(shape, index, "old")));
    made.add(
        trigger(
            shape,
            index,
            "_plinth_update",
            "update of " + key + ", " + joined(shape, column -> q(column.name())),
            " when old.%s is not new.%1$s or %s"
                .formatted(
                    key,
                    shape.fullText().stream()
                        .map(column -> "old.%s is not new.%1$s".formatted(q(column.name())))
                        .collect(Collectors.joining(" or "))),
            removed(shape, index, "old") + added(shape, index, columns)));
    // the last, as it shows that all is there
    made.add(trigger(shape, index, TRIGGER, "insert", added(shape, index, columns)));
    return made.stream().map(sql -> new Made(null, sql)).toList();
  }

  private static String empty(String table) {
    return " where not exists (select 1 from " + table + ")";
  }

  private String trigger(Shape<?> shape, String index, String name, String event, String body) {
    return trigger(shape, index, name, event, "", body);
  }

  private String trigger(
      Shape<?> shape, String index, String name, String event, String when, String body) {
    return "create trigger if not exists %s after %s on %s%s begin %send"
        .formatted(q(index + name), event, q(shape.table()), when, body);
  }

  private String removed(Shape<?> shape, String index, String row) {
    String key = row + "." + q(shape.key().name());
    if (numbered(shape)) {
      return "delete from %s where rowid = %s; ".formatted(q(index), key);
    }
    String keys = q(index + "_key");
    return "delete from %s where rowid = (select id from %s where key = %s); delete from %2$s where key = %3$s; "
        .formatted(q(index), keys, key);
  }

  // a row that "insert or replace" overwrites has left no trigger, so it is removed here
  private String added(Shape<?> shape, String index, String columns) {
    String key = "new." + q(shape.key().name());
    String values = joined(shape, column -> folded("new." + q(column.name())));
    String add =
        numbered(shape)
            ? "insert into %s(rowid, %s) values (%s, %s); "
                .formatted(q(index), columns, key, values)
            : "insert into %s(key) values (%s); insert into %s(rowid, %s) select id, %s from %1$s where key = %2$s; "
                .formatted(q(index + "_key"), key, q(index), columns, values);
    return removed(shape, index, "new") + add;
  }

  // FTS5 takes each letter by itself and so knows no ß as ss
  private static String folded(String text) {
    return "replace(replace(replace(%s, 'ß', 'ss'), 'ẞ', 'ss'), 'İ', 'i')".formatted(text);
  }

  // FTS5 has two names of its own
  private static String name(Column column) {
    return column.name().equalsIgnoreCase("rank") || column.name().equalsIgnoreCase("rowid")
        ? column.name() + "_"
        : column.name();
  }

  private static String joined(Shape<?> shape, Function<Column, String> text) {
    return shape.fullText().stream().map(text).collect(Collectors.joining(", "));
  }

  @Override
  public Condition found(Shape<?> shape, String index, List<Term> terms) {
    String key = q(shape.key().name());
    String words = "select rowid from %s where %1$s match ?".formatted(q(index));
    String keys =
        numbered(shape)
            ? words
            : "select key from %s where id in (%s)".formatted(q(index + "_key"), words);
    return condition("%s in (%s)".formatted(key, keys), terms);
  }

  @Override
  public Ranked ranked(Shape<?> shape, String index, List<Term> terms) {
    String keys = q(index + "_key");
    String row = numbered(shape) ? "rowid" : keys + ".key";
    String joined =
        numbered(shape) ? "" : " join " + keys + " on " + keys + ".id = " + q(index) + ".rowid";
    // a cross join is done in its order: from the words to the rows
    String from =
        "(select %s as %s, %s.rank as %s from %3$s%s where %3$s match ?) cross join %s on %s.%s = %2$s"
            .formatted(
                row,
                ROW,
                q(index),
                RANK,
                joined,
                q(shape.table()),
                q(shape.table()),
                q(shape.key().name()));
    return new Ranked(condition(from, terms), RANK);
  }

  private static Condition condition(String sql, List<Term> terms) {
    String wanted = text(terms, term -> !term.excluded(), " AND ");
    String not = text(terms, Term::excluded, " OR ");
    String match = not.isEmpty() ? wanted : "(%s) NOT (%s)".formatted(wanted, not);
    return new Condition(sql, List.of(ColumnType.TEXT), List.of(match));
  }

  private static String text(List<Term> terms, Predicate<Term> which, String between) {
    return terms.stream()
        .filter(which)
        .map(SqliteFullText::phrase)
        .collect(Collectors.joining(between));
  }

  // words have no signs in them, so quotes make everything literal
  private static String phrase(Term term) {
    String words = String.join(" ", term.words());
    String folded = words.replace("ß", "ss").replace("ẞ", "ss").replace("İ", "i");
    return '"' + folded + '"' + (term.prefix() ? "*" : "");
  }
}
