package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Article;
import dev.plinth.testkit.server.PostgresServer;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The index of words on a PostgreSQL server: used, not needed, and the same in every locale.
class PostgresFullTextTest {

  @Test
  void theIndexIsUsed() {
    try (Database db = Database.open(PostgresServer.shared().freshDatabase())) {
      db.schema().create(Article.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.createAll(
          IntStream.range(0, 5_000)
              .mapToObj(i -> Article.of("s" + i, "word" + i, "text"))
              .toList());
      db.sql("analyze articles").execute();
      assertThat(articles.query().fullText("word7").explain())
          .contains("Bitmap Index Scan on articles_title_body_fts");
      assertThat(articles.query().fullText("word7").orderBy().one().slug()).isEqualTo("s7");
    }
  }

  @Test
  void aTableWithoutItsIndexIsSearchedAllTheSame() {
    try (Database db = Database.open(PostgresServer.shared().freshDatabase())) {
      db.schema().create(Article.class);
      db.sql("drop index articles_title_body_fts").execute();
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.create(Article.of("a", "alpha", null));
      assertThat(articles.query().fullText("ALPHA").count()).isEqualTo(1);
      db.schema().create(Article.class);
      assertThat(articles.query().fullText("ALPHA").count()).isEqualTo(1);
    }
  }

  /// The server's own parser goes by the database's locale; the words must not.
  @Test
  void wordsAreTheSameInEveryLocale() {
    for (String options :
        List.of(
            "template template0 locale_provider libc locale 'C'",
            "template template0 locale_provider libc locale 'C.UTF-8'",
            "template template0 locale_provider icu icu_locale 'tr' locale 'C'")) {
      try (Database db = Database.open(PostgresServer.shared().freshDatabase(options))) {
        db.schema().create(Article.class);
        Repository<Article, UUID> articles = db.repository(Article.class);
        articles.create(
            Article.of("a", "«Große Straße», İSTANBUL… МОСКВА", "हिन्दी—ΣΊΣΥΦΟΣ a@b.org 1.5 x/y"));
        for (String text :
            List.of(
                "grosse strasse",
                "istanbul",
                "İstanbul",
                "ISTANBUL",
                "москва",
                "हिन्दी",
                "σίσυφος",
                "b.org",
                "\"org 1 5\"",
                "x/y",
                "y")) {
          assertThat(articles.query().fullText(text).count()).as(text + options).isEqualTo(1);
        }
        assertThat(articles.query().fullText("हिन").exists()).isFalse();
      }
    }
  }

  @Test
  void aTextWithTooManyWordsIsRefused() {
    try (Database db = Database.open(PostgresServer.shared().freshDatabase())) {
      db.schema().create(Article.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      String many =
          IntStream.range(0, 200_000).mapToObj(Integer::toString).collect(Collectors.joining(" "));
      assertThatThrownBy(() -> articles.create(Article.of("a", "many", many)))
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("too many words");
      articles.create(Article.of("b", "long", "word ".repeat(300_000)));
      assertThat(articles.query().fullText("long word").count()).isEqualTo(1);
      articles.create(Article.of("c", "wide", "x".repeat(100_000) + " narrow"));
      assertThat(articles.query().fullText("narrow").count()).isEqualTo(1);
    }
  }
}
