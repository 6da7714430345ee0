package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.fullText;
import static dev.plinth.query.Filter.not;
import static dev.plinth.query.Order.descending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Repository;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Searchable;
import dev.plinth.query.Page;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/searching.md`.
class SearchingSnippetsTest extends Snippets {

  // docs: search-record
  public record Article(
      @Id UUID id,
      @Searchable String author,
      @Searchable @FullText String title,
      @FullText @Nullable String body,
      @CreatedAt Instant createdAt) {}

  // end

  @Test
  void searched() {
    db.schema().create(Article.class);
    Repository<Article, UUID> articles = db.repository(Article.class);
    Article foxes =
        articles.create(c ->
            c.set(Article::author, "John")
                .set(Article::title, "The quick brown fox")
                .set(Article::body, "It previews."));
    // docs: search-pieces
    List<Article> declared = articles.query().search("john").list();
    List<Article> named = articles.query().search("BROWN", Article::title, Article::body).list();
    // end
    // docs: search-words
    Page<Article> best = articles.query().fullText("quick \"brown fox\" -lazy pre*").page(1);

    List<Article> newest =
        articles.query().fullText("fox").orderBy(descending(Article::createdAt)).list();

    List<Article> others =
        articles.where(not(fullText("dog")).and(field(Article::author).is("John"))).list();
    // end

    assertThat(declared).containsExactly(foxes);
    assertThat(named).containsExactly(foxes);
    assertThat(best.items()).containsExactly(foxes);
    assertThat(newest).containsExactly(foxes);
    assertThat(others).containsExactly(foxes);
  }
}
