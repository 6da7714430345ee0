package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.fullText;
import static dev.plinth.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Order;
import dev.plinth.query.Query;
import dev.plinth.testkit.samples.Article;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Full-text search: words, phrases, beginnings and exclusions, the best rows first.
public interface FullTextContract extends ContractBase {

  /// What the tests look into.
  static Repository<Article, UUID> articles(Database db) {
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

  /// The slugs of the rows, sorted.
  static List<String> slugs(Query<Article> query) {
    return query.list().stream().map(Article::slug).sorted().toList();
  }

  /// A text finds the articles with these slugs.
  static void assertFound(Repository<Article, UUID> articles, String text, String... slugs) {
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
              "'",
              "\"",
              "\"\"",
              "\\",
              "(",
              ")",
              "()",
              "fox)",
              "(fox",
              "\"fox",
              "fox\"",
              "*fox",
              "f*x",
              "fox**",
              "--fox",
              "-",
              "- -",
              "-*",
              "\"*",
              "*\"",
              "a:b",
              "title:fox",
              "fox:*",
              "fox & dog",
              "fox | dog",
              "!fox",
              "fox <-> dog",
              "<->",
              "NEAR(fox dog)",
              "^fox",
              "{title}:fox",
              "fox + dog",
              "fox,",
              "'fox'",
              "'; drop table articles; --",
              "fox' --",
              "fox\\",
              "\\'fox",
              "$1",
              "?",
              "??",
              "%",
              "_",
              ":name",
              "\u0000".replace('\u0000', ' '),
              "😀",
              "fox😀",
              "\u200d",
              "\u0301",
              "<b>fox</b>",
              "&amp;",
              "a@b.c",
              "1.5e10",
              "-1",
              "1e5",
              "\u00a0fox\u00a0",
              "٣",
              "x²",
              "½",
              "fox\tdog\nlazy",
              "\uFFFD",
              "\u0085",
              "“fox”",
              "AND",
              "OR",
              "NOT",
              "fox AND dog",
              "fox OR NOT",
              "a AND",
              "NOT a",
              "\"-\"")) {
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
}
