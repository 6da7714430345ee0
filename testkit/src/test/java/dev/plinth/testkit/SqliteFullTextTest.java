package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.QueryException;
import dev.plinth.testkit.samples.Article;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index of words beside an SQLite table: in step with it whatever others do to the file.
class SqliteFullTextTest {

  /// A line of text whose key is a number, with the names that FTS5 keeps for itself.
  @Table("lines")
  @Audited(false)
  record Line(@Id long id, @FullText String rank, @FullText String rowid) {}

  @TempDir private Path folder;

  private Database open() {
    return Database.open("sqlite:" + folder.resolve("test.db"));
  }

  private void byOthers(String... statements) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void keysThatAreNumbersAndNamesOfFts5Work() {
    try (Database db = open()) {
      db.schema().create(Line.class);
      Repository<Line, Long> lines = db.repository(Line.class);
      lines.createAll(List.of(new Line(1, "one", "two"), new Line(7, "two two", "three")));
      assertThat(lines.query().fullText("two").list())
          .extracting(Line::id)
          .containsExactlyInAnyOrder(1L, 7L);
      assertThat(lines.query().fullText("one two").count()).isEqualTo(1);
      assertThat(db.schema().tables()).containsExactly("lines");
      lines.patch(7L, c -> c.set(Line::rank, "four"));
      lines.purge(1L);
      assertThat(lines.query().fullText("two").exists()).isFalse();
      assertThat(lines.query().fullText("three").one().id()).isEqualTo(7);
    }
  }

  @Test
  void whatOtherProgramsWriteIsFound() throws Exception {
    try (Database db = open()) {
      db.schema().create(Article.class, Line.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.createAll(List.of(Article.of("a", "alpha", null), Article.of("b", "beta", null)));
      Repository<Line, Long> lines = db.repository(Line.class);
      byOthers(
          "update articles set title = 'gamma' where slug = 'a'",
          "insert into lines values (1, 'red', 'x'), (2, 'green', 'x')",
          "insert or replace into lines values (1, 'blue', 'y')",
          "insert or ignore into lines values (2, 'black', 'y')",
          "insert into lines values (2, 'white', 'z') on conflict do update set rank = 'grey'",
          "update lines set id = 3 where id = 2");
      assertThat(articles.query().fullText("gamma").count()).isEqualTo(1);
      assertThat(articles.query().fullText("alpha").count()).isZero();
      for (String gone : List.of("red", "green", "black", "white")) {
        assertThat(lines.query().fullText(gone).list()).as(gone).isEmpty();
      }
      assertThat(lines.query().fullText("blue y").one().id()).isEqualTo(1);
      assertThat(lines.query().fullText("grey x").one().id()).isEqualTo(3);
    }
  }

  /// A vacuum may give new numbers to rows whose key is none; the index does not depend on them.
  @Test
  void aVacuumLeavesTheIndexRight() throws Exception {
    try (Database db = open()) {
      db.schema().create(Article.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      for (int i = 0; i < 50; i++) {
        articles.create(Article.of("s" + i, "word" + i, null));
      }
      for (int i = 0; i < 50; i += 3) {
        articles.query().fullText("word" + i).purge();
      }
    }
    byOthers("update articles set rowid = rowid + 1000", "vacuum");
    try (Database db = open()) {
      Repository<Article, UUID> articles = db.repository(Article.class);
      for (int i = 0; i < 50; i++) {
        assertThat(articles.query().fullText("word" + i).list())
            .extracting(Article::slug)
            .isEqualTo(i % 3 == 0 ? List.of() : List.of("s" + i));
      }
    }
  }

  @Test
  void aTableWithoutItsIndexSaysHowToMakeIt() throws Exception {
    byOthers(
        "create table lines (id integer primary key, rank text, rowid text)",
        "insert into lines values (5, 'old', 'row')");
    try (Database db = open()) {
      Repository<Line, Long> lines = db.repository(Line.class);
      assertThatThrownBy(() -> lines.query().fullText("old").list())
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("lines_rank_rowid_fts")
          .hasMessageContaining("db.schema().create");
      assertThatThrownBy(() -> lines.query().fullText("old").count())
          .isInstanceOf(QueryException.class);
      db.schema().create(Line.class);
      assertThat(lines.query().fullText("old").one().id()).isEqualTo(5);
    }
  }

  @Test
  void whatWasLeftByATableThatIsGoneIsNotFound() throws Exception {
    try (Database db = open()) {
      db.schema().create(Article.class, Line.class);
      db.repository(Article.class).create(Article.of("a", "alpha", null));
      db.repository(Line.class).create(new Line(1, "one", "two"));
    }
    byOthers("drop table lines", "drop table articles");
    try (Database db = open()) {
      db.schema().create(Article.class, Line.class);
      Repository<Line, Long> lines = db.repository(Line.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      assertThat(lines.query().fullText("one").exists()).isFalse();
      lines.create(new Line(1, "three", "four"));
      articles.create(Article.of("b", "beta", null));
      assertThat(lines.query().fullText("one").exists()).isFalse();
      assertThat(lines.query().fullText("three").exists()).isTrue();
      assertThat(articles.query().fullText("beta").count()).isEqualTo(1);
    }
  }

  @Test
  void anIndexThatSomebodyDroppedIsMadeAgain() throws Exception {
    try (Database db = open()) {
      db.schema().create(Article.class);
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.create(Article.of("a", "alpha", null));
      db.sql("drop table articles_title_body_fts").execute();
      assertThatThrownBy(() -> articles.create(Article.of("b", "beta", null)))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("full-text index");
      db.schema().create(Article.class);
      articles.create(Article.of("b", "beta", null));
      assertThat(articles.query().fullText("alpha").count()).isEqualTo(1);
      assertThat(articles.query().fullText("beta").count()).isEqualTo(1);
    }
  }

  @Test
  void theIndexIsRead() {
    try (Database db = open()) {
      db.schema().create(Article.class);
      assertThat(db.repository(Article.class).query().fullText("fox").explain())
          .contains("articles_title_body_fts VIRTUAL TABLE INDEX")
          .contains("SEARCH articles USING INDEX")
          .doesNotContain("SCAN articles\n");
    }
  }
}
