package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.fullText;
import static dev.plinth.query.Filter.not;
import static dev.plinth.testkit.FullTextContract.articles;
import static dev.plinth.testkit.FullTextContract.assertFound;
import static dev.plinth.testkit.FullTextContract.slugs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.entity.Cached;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import dev.plinth.testkit.samples.Article;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Full-text search goes with everything else that queries do, and sees every write.
public interface FullTextRowsContract extends ContractBase {

  /// A choice of an article's columns.
  record Heading(String slug, String title) {}

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
      assertThat(slugs(articles.query().fullText("fox").fullText("sleeps"))).containsExactly("dog");
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
      articles.save(one.withTitle("delta"));
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
      assertThatThrownBy(() ->
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
        assertThatThrownBy(() ->
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

  /// A record whose answers are kept in memory.
  @Cached
  record Kept(@Id long id, @FullText String text) {}

  @Test
  default void keptAnswersOfSearchesAreVoidedByWrites() {
    try (Database db = open(Kept.class)) {
      Repository<Kept, Long> kept = db.repository(Kept.class);
      Kept first = kept.create(new Kept(0, "red fox"));
      Query<Kept> foxes = kept.query().fullText("fox");
      assertThat(foxes.count()).isEqualTo(1);
      assertThat(foxes.list()).containsExactly(first);
      kept.create(new Kept(0, "grey fox"));
      assertThat(foxes.count()).isEqualTo(2);
      assertThat(foxes.list()).hasSize(2);
      kept.patch(first.id(), c -> c.set(Kept::text, "dog"));
      assertThat(foxes.list()).extracting(Kept::text).containsExactly("grey fox");
    }
  }

  /// A name as long as they come, whose index must have a shorter one.
  @Table("a_table_whose_name_is_longer_than_most_people_would_ever_write")
  record Wordy(
      @Id long id, @FullText String aComponentWithALongName, @FullText String anotherOfThem) {}

  @Test
  default void longNamesOfTablesHaveIndexesToo() {
    try (Database db = open(Wordy.class)) {
      db.schema().create(Wordy.class);
      Repository<Wordy, Long> rows = db.repository(Wordy.class);
      rows.create(new Wordy(0, "red fox", "dog"));
      assertThat(rows.query().fullText("fox dog").count()).isEqualTo(1);
      assertThat(db.schema().tables())
          .containsExactlyInAnyOrder(
              "a_table_whose_name_is_longer_than_most_people_would_ever_write", "plinth_audit");
    }
  }

  /// A table of somebody's own may be called like an index.
  @Test
  default void aTableThatIsCalledLikeAnIndexIsThere() {
    try (Database db = open(Article.class)) {
      db.sql("create table posts_fts (id integer primary key, name varchar(20))").execute();
      assertThat(db.schema().tables()).contains("posts_fts").doesNotContain("articles_fts");
    }
  }
}
