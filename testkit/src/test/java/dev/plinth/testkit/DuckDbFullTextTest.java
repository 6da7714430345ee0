package dev.plinth.testkit;

import static dev.plinth.query.Filter.fullText;
import static dev.plinth.query.Filter.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Query;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Article;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an engine without full-text search says of it, and what still works there.
class DuckDbFullTextTest {

  @TempDir private Path folder;

  @Test
  void everyWayToAskSaysThatItIsMissingAndTheRestWorks() {
    try (Database db = Database.open("duckdb:" + folder.resolve("test.duckdb"))) {
      assertThat(db.capabilities()).doesNotContain(Capability.FULL_TEXT);
      db.schema().create(Article.class);
      db.schema().create(Article.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.create(Article.of("fox", "The quick brown fox", null));
      Query<Article> foxes = articles.query().fullText("fox");
      List<ThrowingCallable> ways =
          List.of(
              foxes::list,
              foxes::first,
              foxes::count,
              foxes::exists,
              foxes::delete,
              () -> foxes.page(1),
              articles.query().fullText("")::list,
              articles.where(not(fullText("fox")))::list);
      for (ThrowingCallable way : ways) {
        assertThatThrownBy(way)
            .isInstanceOf(UnsupportedException.class)
            .hasMessageContaining("DuckDB")
            .hasMessageContaining("FULL_TEXT")
            .hasMessageContaining("search(");
      }
      assertThat(articles.query().search("QUICK").count()).isEqualTo(1);
    }
  }
}
