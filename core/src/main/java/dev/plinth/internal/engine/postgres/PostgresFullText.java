package dev.plinth.internal.engine.postgres;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect.Condition;
import dev.plinth.spi.FullTextDialect;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Term;
import java.util.List;
import java.util.stream.Collectors;

/// Full text by `tsvector`, as an index on an expression.
///
/// PostgreSQL's own parser takes addresses, versions and paths for single words, and knows letters by
/// the database's locale. So it gets a text in which words are parted by spaces alone, after ICU has
/// said what a letter is and made cases alike: the same words on every database, and those of FTS5.
record PostgresFullText(PostgresDialect dialect) implements FullTextDialect {

  // marks on letters, beside ICU's letters and digits; where it makes the list shorter, with
  // letters
  // between them. It stands in indexes that were made, so it never changes
  private static final String MARKS =
      "\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7"
          + "\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06ed\\u0711-\\u0963\\u0971-\\u0df3"
          + "\\u0e31-\\u0e4e\\u0eb1-\\u0ece\\u0f18-\\u0f39\\u0f3e-\\u0fc6\\u102b-\\u1049"
          + "\\u1056-\\u109d\\u135d-\\u135f\\u1712-\\u1734\\u1752-\\u17d3\\u180b-\\u193b"
          + "\\u1a17-\\u1aff\\u1b00-\\u1b44\\u1b6b-\\u1bf3\\u1c24-\\u1c37\\u1cd0-\\u1dff"
          + "\\u20d0-\\u20f0\\u2cef-\\u2cf1\\u2d7f-\\u2dff\\u302a-\\u302f\\u3099\\u309a"
          + "\\ua66f-\\ua6f1\\ua802-\\ua82c\\ua880-\\ua8c5\\ua8e0-\\ua953\\ua980-\\uaa4d"
          + "\\uaa7b-\\uabed\\ufb1e\\ufe00-\\ufe0f\\ufe20-\\ufe2f";

  private static final String WORDS = "plinth_words";

  private String q(String name) {
    return dialect.quote(name);
  }

  @Override
  public List<Made> create(Shape<?> shape, String index) {
    return List.of(
        new Made(
            index,
            "create index if not exists %s on %s using gin (%s)"
                .formatted(q(index), q(shape.table()), words(shape))));
  }

  // between two columns stands a word that nobody can ask for, so that no phrase goes across
  private String words(Shape<?> shape) {
    String text =
        shape.fullText().stream()
            .map(column -> "coalesce(" + q(column.name()) + ", '')")
            .collect(Collectors.joining(" || chr(31) || "));
    boolean several = shape.fullText().size() > 1;
    String parted =
        "regexp_replace(%s, '[^[:alnum:]%s%s]+', ' ', 'g')"
            .formatted(folded(text), MARKS, several ? "\\x1f" : "");
    return "to_tsvector('pg_catalog.simple', %s)"
        .formatted(several ? "replace(" + parted + ", chr(31), ' -0 ')" : parted);
  }

  // as FTS5 folds: letter by letter, and without regard to a letter's place in its word
  private static String folded(String text) {
    return "replace(translate(lower(replace(%s, 'İ', 'i') collate \"und-x-icu\"), 'µſςϐϑϕϖϰϱϵẛι', 'μsσβθφπκρεṡι'), 'ß', 'ss')"
        .formatted(text);
  }

  @Override
  public Condition found(Shape<?> shape, String index, List<Term> terms) {
    return condition(words(shape) + " @@ " + folded("?") + "::tsquery", terms);
  }

  @Override
  public Ranked ranked(Shape<?> shape, String index, List<Term> terms) {
    String from =
        "%s join (select %s::tsquery as %s) as plinth_search on %s @@ %3$s"
            .formatted(q(shape.table()), folded("?"), WORDS, words(shape));
    return new Ranked(
        condition(from, terms), "ts_rank_cd(" + words(shape) + ", " + WORDS + ", 1) desc");
  }

  private static Condition condition(String sql, List<Term> terms) {
    String query = terms.stream().map(PostgresFullText::phrase).collect(Collectors.joining(" & "));
    return new Condition(sql, List.of(ColumnType.TEXT), List.of(query));
  }

  // words have no signs in them, so quotes make everything literal
  private static String phrase(Term term) {
    String words =
        term.words().stream().map(word -> '\'' + word + '\'').collect(Collectors.joining(" <-> "));
    return (term.excluded() ? "!" : "") + "(" + words + (term.prefix() ? ":*" : "") + ")";
  }
}
