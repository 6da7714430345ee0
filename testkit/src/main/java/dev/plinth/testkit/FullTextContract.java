package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.fullText;
import static dev.plinth.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Full-text search: words, phrases, beginnings and exclusions, the best rows first.
public interface FullTextContract extends ContractBase {

  /// Something to read, with a key that is no number.
  @Table("articles")
  record Article(
      @Id UUID id,
      @Unique String slug,
      @FullText String title,
      @FullText @Nullable String body,
      int stars,
      @Version long version,
      @CreatedAt Instant createdAt,
      @DeletedAt @Nullable Instant deletedAt) {

    @SuppressWarnings("NullAway") // key and times are the layer's to make
    static Article of(String slug, String title, @Nullable String body) {
      return new Article(null, slug, title, body, 0, 0, null, null);
    }

    Article withTitle(String title) {
      return new Article(id, slug, title, body, stars, version, createdAt, deletedAt);
    }
  }

  /// A choice of an article's columns.
  record Heading(String slug, String title) {}

  /// What the tests look into.
  private static Repository<Article, UUID> articles(Database db) {
    Repository<Article, UUID> articles = db.repository(Article.class);
    articles.createAll(
        List.of(
            Article.of("fox", "The quick brown fox", "jumps over the lazy dog"),
            Article.of("dog", "A lazy dog", "sleeps; the fox is quick"),
            Article.of("brown", "Brown and quick", "fox hunting is for the lazy"),
            Article.of("prefix", "Prefixes", "a prelude, then pre-war precision"),
            Article.of("street", "Große Straße", "ΣΊΣΥΦΟΣ in İstanbul, Москва"),
            Article.of("empty", "…", null)));
    return articles;
  }

  private static List<String> slugs(Query<Article> query) {
    return query.list().stream().map(Article::slug).sorted().toList();
  }

  private static void assertFound(
      Repository<Article, UUID> articles, String text, String... slugs) {
    assertThat(slugs(articles.query().fullText(text)))
        .as("full text of %s", text)
        .containsExactly(Stream.of(slugs).sorted().toArray(String[]::new));
  }

  @Test
  default void wordsAreFoundWholeAndInEitherCase() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertFound(articles, "fox", "fox", "dog", "brown");
      assertFound(articles, "FOX", "fox", "dog", "brown");
      assertFound(articles, "fo");
      assertFound(articles, "jumps quick", "fox");
      assertFound(articles, "GROSSE strasse", "street");
      assertFound(articles, "große straße", "street");
      assertFound(articles, "σίσυφος istanbul МОСКВА", "street");
      assertFound(articles, "grosse fox");
    }
  }

  @Test
  default void phrasesStandTogether() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertFound(articles, "\"quick brown\"", "fox");
      assertFound(articles, "\"brown quick\"");
      assertFound(articles, "\"lazy dog\"", "fox", "dog");
      assertFound(articles, "\"pre war\"", "prefix");
      assertFound(articles, "pre-war", "prefix");
      assertFound(articles, "war-pre");
      assertFound(articles, "\"lazy dog", "fox", "dog");
    }
  }

  @Test
  default void aPhraseStandsInOneComponent() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertFound(articles, "fox jumps", "fox");
      assertFound(articles, "\"fox jumps\"");
      assertFound(articles, "\"dog sleeps\"");
      assertFound(articles, "\"jumps over\"", "fox");
    }
  }

  @Test
  default void wordsCanBeExcluded() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertFound(articles, "quick -dog", "brown");
      assertFound(articles, "quick -dog -brown");
      assertFound(articles, "-dog quick", "brown");
      assertFound(articles, "fox -\"lazy dog\"", "brown");
      assertFound(articles, "lazy -\"quick brown\"", "dog", "brown");
      assertFound(articles, "quick - dog", "fox", "dog");
      assertFound(articles, "fox -slee*", "fox", "brown");
    }
  }

  @Test
  default void beginningsOfWordsAreFound() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertFound(articles, "pre*", "prefix");
      assertFound(articles, "prec*", "prefix");
      assertFound(articles, "PREC*", "prefix");
      assertFound(articles, "STRAß*", "street");
      assertFound(articles, "ΣΊΣ*", "street");
      assertFound(articles, "\"the la\"*", "fox", "brown");
      assertFound(articles, "bro* fo*", "fox", "brown");
      assertFound(articles, "*");
      assertFound(articles, "fox *", "fox", "dog", "brown");
    }
  }

  /// Nothing that people type is an error, and nothing of it is SQL or a language of the engine's.
  @Test
  default void everyTextIsASearch() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      for (String text :
          List.of(
              "'", "\"", "\"\"", "\\", "(", ")", "()", "fox)", "(fox", "\"fox", "fox\"", "*fox",
              "f*x", "fox**", "--fox", "-", "- -", "-*", "\"*", "*\"", "a:b", "title:fox", "fox:*",
              "fox & dog", "fox | dog", "!fox", "fox <-> dog", "<->", "NEAR(fox dog)", "^fox",
              "{title}:fox", "fox + dog", "fox,", "'fox'", "'; drop table articles; --", "fox' --",
              "fox\\", "\\'fox", "$1", "?", "??", "%", "_", ":name", "\u0000".replace('\u0000', ' '),
              "😀", "fox😀", "\u200d", "\u0301", "<b>fox</b>", "&amp;", "a@b.c", "1.5e10", "-1",
              "1e5", "\u00a0fox\u00a0", "٣", "x²", "½", "fox\tdog\nlazy", "\uFFFD", "\u0085",
              "“fox”", "AND", "OR", "NOT", "fox AND dog", "fox OR NOT", "a AND", "NOT a", "\"-\"")) {
        articles.query().fullText(text).list();
        articles.where(not(fullText(text))).count();
        articles.query().fullText("fox -" + text).count();
      }
      assertThat(articles.count()).isEqualTo(6);
      assertFound(articles, "<b>fox</b>");
      assertFound(articles, "(fox)", "fox", "dog", "brown");
      assertFound(articles, "!fox", "fox", "dog", "brown");
      assertFound(articles, "'fox'", "fox", "dog", "brown");
      assertFound(articles, "\u00a0fox\u00a0lazy", "fox", "dog", "brown");
    }
  }

  @Test
  default void withoutAWordToLookForNothingIsFound() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      for (String text : List.of("", " ", "…", "-fox", "-fox -\"lazy dog\"", "\"\"")) {
        assertThat(articles.query().fullText(text).list()).as(text).isEmpty();
        assertThat(articles.query().fullText(text).count()).as(text).isZero();
        assertThat(articles.where(not(fullText(text))).count()).as(text).isEqualTo(6);
      }
    }
  }

  @Test
  default void aFullTextSearchHasItsLimits() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      String hundred = "fox ".repeat(100);
      assertFound(articles, hundred, "fox", "dog", "brown");
      assertFound(articles, "fox " + "-x ".repeat(99), "fox", "dog", "brown");
      assertThatThrownBy(() -> articles.query().fullText(hundred + "dog").list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("100");
      assertFound(articles, "x".repeat(500));
      assertThatThrownBy(() -> articles.query().fullText("x".repeat(501)).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("500");
      assertThatThrownBy(() -> articles.query().fullText("fox\u0000").list())
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void theBestComeFirst() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.createAll(
          List.of(
              Article.of("once", "Animals", "cat dog cow hen pig one fox and more of them"),
              Article.of("often", "Fox", "fox fox fox fox"),
              Article.of("twice", "Animals", "cat dog cow hen fox pig one fox and more"),
              Article.of("never", "Animals", "cat dog cow hen pig one and more of them")));
      Query<Article> foxes = articles.query().fullText("fox");
      assertThat(foxes.list()).extracting(Article::slug).containsExactly("often", "twice", "once");
      assertThat(foxes.first()).map(Article::slug).hasValue("often");
      assertThat(foxes.offset(1).limit(1).list())
          .extracting(Article::slug)
          .containsExactly("twice");
      assertThat(foxes.orderBy(Order.ascending(Article::slug)).list())
          .extracting(Article::slug)
          .containsExactly("often", "once", "twice");
      try (Stream<Article> rows = foxes.stream()) {
        assertThat(rows.map(Article::slug)).containsExactly("often", "twice", "once");
      }
      assertThat(foxes.where(field(Article::title).is("Animals")).list())
          .extracting(Article::slug)
          .containsExactly("twice", "once");
      assertThat(articles.where(field(Article::stars).is(0).and(fullText("fox"))).list())
          .extracting(Article::slug)
          .containsExactly("often", "twice", "once");
    }
  }

  @Test
  default void wordsGoWithEveryOtherFilter() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      Filter fox = fullText("fox");
      assertThat(slugs(articles.where(not(fox)))).containsExactly("empty", "prefix", "street");
      assertThat(slugs(articles.where(fox.or(field(Article::slug).is("street")))))
          .containsExactly("brown", "dog", "fox", "street");
      assertThat(slugs(articles.where(fullText("prelude").or(fullText("jumps")))))
          .containsExactly("fox", "prefix");
      assertThat(slugs(articles.query().fullText("fox").fullText("sleeps")))
          .containsExactly("dog");
      assertThat(slugs(articles.where(fox.and(not(fullText("sleeps"))))))
          .containsExactly("brown", "fox");
      assertThat(slugs(articles.query().fullText("fox").search("QUICK", Article::title)))
          .containsExactly("brown", "fox");
      assertThat(articles.query().fullText("fox").as(Heading.class).list())
          .extracting(Heading::slug)
          .containsExactlyInAnyOrder("brown", "dog", "fox");
    }
  }

  @Test
  default void wordsAreCountedAndPaged() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      Query<Article> foxes = articles.query().fullText("fox");
      assertThat(foxes.count()).isEqualTo(3);
      assertThat(foxes.exists()).isTrue();
      assertThat(articles.query().fullText("unheard").exists()).isFalse();
      assertThat(articles.query().fullText("jumps").one().slug()).isEqualTo("fox");
      Page<Article> page = foxes.page(2, 2);
      assertThat(page.total()).isEqualTo(3);
      assertThat(page.items()).hasSize(1);
      assertThat(foxes.page(1, 2).items()).hasSize(2).doesNotContainAnyElementsOf(page.items());
      assertThat(foxes.explain()).isNotBlank();
    }
  }

  @Test
  default void slicesOfWordsNeedAnOrder() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      Query<Article> foxes = articles.query().fullText("fox").limit(2);
      assertThatThrownBy(foxes::slice)
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("orderBy");
      Query<Article> sorted = foxes.orderBy(Order.ascending(Article::slug));
      Slice<Article> first = sorted.slice();
      assertThat(first.items()).extracting(Article::slug).containsExactly("brown", "dog");
      Cursor next = first.next().orElseThrow();
      assertThat(sorted.after(next).slice().items())
          .extracting(Article::slug)
          .containsExactly("fox");
      assertThatThrownBy(() -> foxes.after(next).list()).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> foxes.before(null).list()).isInstanceOf(ValidationException.class);
      // a search that does not decide the order does not stand in its way
      assertThat(articles.where(not(fullText("fox"))).limit(2).slice().items()).hasSize(2);
    }
  }

  @Test
  default void deletedRowsAreFoundOnlyWhereAskedFor() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      UUID id = articles.query().fullText("jumps").one().id();
      articles.delete(id);
      assertFound(articles, "fox", "dog", "brown");
      assertThat(slugs(articles.query().fullText("fox").includeDeleted()))
          .containsExactly("brown", "dog", "fox");
      assertThat(slugs(articles.query().fullText("fox").onlyDeleted())).containsExactly("fox");
      articles.restore(id);
      assertFound(articles, "fox", "fox", "dog", "brown");
      articles.purge(id);
      assertThat(slugs(articles.query().fullText("fox").includeDeleted()))
          .containsExactly("brown", "dog");
      assertThat(articles.query().fullText("lazy").delete()).isEqualTo(2);
      assertThat(articles.query().fullText("lazy").restore()).isEqualTo(2);
      assertThat(articles.query().fullText("lazy").purge()).isEqualTo(2);
      assertFound(articles, "fox");
      assertThat(articles.count()).isEqualTo(3);
    }
  }

  @Test
  default void rowsAreChangedByTheirWords() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertThat(
              articles
                  .query()
                  .fullText("fox")
                  .update(c -> c.set(Article::title, "Wolves").set(Article::stars, 5)))
          .isEqualTo(3);
      assertFound(articles, "wolves", "fox", "dog", "brown");
      assertFound(articles, "\"brown fox\"");
      assertThat(db.audit().of(Article.class).action(Action.UPDATE).count()).isEqualTo(3);
      assertThat(articles.where(field(Article::stars).is(5).and(fullText("sleeps"))).delete())
          .isEqualTo(1);
      assertFound(articles, "wolves", "fox", "brown");
    }
  }

  @Test
  default void everyWriteIsFound() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = db.repository(Article.class);
      Article one = articles.create(Article.of("one", "alpha", null));
      assertFound(articles, "alpha", "one");
      one = articles.patch(one.id(), c -> c.set(Article::title, "beta"));
      assertFound(articles, "alpha");
      assertFound(articles, "beta", "one");
      one = articles.update(one.withTitle("gamma"));
      assertFound(articles, "beta");
      assertFound(articles, "gamma", "one");
      one = articles.save(one.withTitle("delta"));
      assertFound(articles, "gamma");
      assertFound(articles, "delta", "one");
      articles.save(Article.of("two", "epsilon", null), Article::slug);
      articles.save(Article.of("two", "zeta", null), Article::slug);
      assertFound(articles, "epsilon");
      assertFound(articles, "zeta", "two");
      articles.updateAll(
          articles.query().list().stream().map(row -> row.withTitle("eta " + row.slug())).toList());
      assertFound(articles, "zeta");
      assertFound(articles, "eta", "one", "two");
      assertFound(articles, "\"eta two\"", "two");
      articles.saveAll(List.of(Article.of("three", "theta", "eta")));
      assertFound(articles, "eta", "one", "two", "three");
      db.table("articles")
          .create(c ->
              c.set("id", UUID.randomUUID())
                  .set("slug", "four")
                  .set("title", "iota")
                  .set("stars", 1));
      assertFound(articles, "iota", "four");
      db.sql("update articles set title = 'kappa' where slug = 'four'").execute();
      assertFound(articles, "iota");
      assertFound(articles, "kappa", "four");
      db.sql("update articles set stars = 2").execute();
      assertFound(articles, "kappa", "four");
      db.sql("delete from articles where slug = 'four'").execute();
      assertFound(articles, "kappa");
      db.sql("delete from articles").execute();
      assertFound(articles, "eta");
    }
  }

  @Test
  default void aKeyMayChange() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      UUID other = UUID.randomUUID();
      db.sql("update articles set id = :id where slug = 'fox'").bind("id", other).execute();
      assertThat(articles.query().fullText("jumps").one().id()).isEqualTo(other);
      articles.purge(other);
      assertFound(articles, "jumps");
    }
  }

  @Test
  default void whatIsRolledBackIsNotFound() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      assertThatThrownBy(
              () ->
                  db.transaction(tx -> {
                    articles.create(Article.of("new", "foxes", "fox"));
                    articles.query().fullText("jumps").purge();
                    assertFound(articles, "fox", "new", "dog", "brown");
                    throw new IllegalStateException("no");
                  }))
          .isInstanceOf(IllegalStateException.class);
      assertFound(articles, "fox", "fox", "dog", "brown");
      db.transaction(tx -> {
        articles.create(Article.of("kept", "vixen", null));
        assertThatThrownBy(
                () ->
                    db.transaction(part -> {
                      articles.create(Article.of("lost", "vixen", null));
                      throw new IllegalStateException("no");
                    }))
            .isInstanceOf(IllegalStateException.class);
        assertFound(articles, "vixen", "kept");
      });
      assertFound(articles, "vixen", "kept");
      assertFound(articles, "fox", "fox", "dog", "brown");
    }
  }

  @Test
  default void theIndexIsMadeOnceAndOfRowsThatAreThere() {
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = articles(db);
      db.schema().create(Article.class);
      db.schema().create(Article.class);
      assertFound(articles, "fox", "fox", "dog", "brown");
      assertThat(articles.query().fullText("fox").count()).isEqualTo(3);
      articles.query().fullText("jumps").purge();
      assertFound(articles, "fox", "dog", "brown");
    }
  }

  @Test
  default void aTableOpenedByItsNameFindsWords() {
    try (Database db = open(Article.class)) {
      articles(db);
      assertThat(db.table("articles").query().fullText("\"brown fox\"").list())
          .singleElement()
          .satisfies(row -> assertThat(row.text("slug")).isEqualTo("fox"));
    }
  }

  @Test
  default void theIndexIsNoTable() {
    try (Database db = open(Article.class)) {
      articles(db);
      assertThat(db.schema().tables()).containsExactlyInAnyOrder("articles", "plinth_audit");
      assertThatThrownBy(() -> db.table("articles_title_body_fts"))
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void theStatementsOfTheSchemaMakeTheIndexToo() {
    try (Database db = open()) {
      for (int i = 0; i < 2; i++) {
        String all = db.schema().sql(Article.class).stream().collect(Collectors.joining("\n"));
        assertThat(all).contains("articles_title_body_fts");
      }
    }
  }
}
