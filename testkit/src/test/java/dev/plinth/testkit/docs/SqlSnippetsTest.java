package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Repository;
import dev.plinth.query.Row;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/sql-and-tables.md`.
class SqlSnippetsTest extends Snippets {

  // docs: sql-record
  record PageViews(String page, long views) {}

  // end

  @BeforeEach
  void visit() {
    visits.createAll(
        List.of(Visit.of(ada.id(), "/"), Visit.of(ada.id(), "/"), Visit.of(ada.id(), "/help")));
  }

  @Test
  void queried() {
    // docs: sql
    List<PageViews> top =
        db.sql(
                """
                select page, count(*) as views from visit
                where page not in (:boring) and seconds >= :least
                group by page order by views desc
                """)
            .bind("boring", List.of("/help", "/about"))
            .bind("least", 1)
            .as(PageViews.class)
            .list();

    long pages = db.sql("select count(distinct page) from visit").as(Long.class).one();

    List<Row> rows = db.sql("select * from visit").rows().list();
    String page = rows.getFirst().text("page");
    // end

    assertThat(top).containsExactly(new PageViews("/", 2));
    assertThat(pages).isEqualTo(2);
    assertThat(page).isEqualTo("/");
  }

  @Test
  void executed() {
    // docs: sql-execute
    long changed =
        db.sql("update visit set page = :to where page = :from")
            .bindAll(Map.of("from", "/help", "to", "/support"))
            .execute();
    // end

    assertThat(changed).isEqualTo(1);
  }

  @Test
  void streamed() {
    long length;
    // docs: sql-stream
    try (Stream<String> pages = db.sql("select page from visit").as(String.class).stream()) {
      length = pages.mapToLong(String::length).sum();
    }
    // end

    assertThat(length).isEqualTo(7);
  }

  @Test
  void aTableWithoutARecord() {
    // docs: table
    Repository<Row, Object> table = db.table("visit");

    Row first = table.get(1);
    long seconds = first.number("seconds");
    table.patch(1, c -> c.set("seconds", seconds + 10));
    List<Row> slow = table.where(field("seconds").greater(5)).list();
    // end

    assertThat(slow).hasSize(1);
  }
}
