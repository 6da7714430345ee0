package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.JsonFilterContract.Indexed;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// JSON and lists on PostgreSQL, which has indexes for them.
final class PostgresJsonTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  @Test
  void whatIsContainedIsFoundByTheIndex() {
    try (Database db = Database.open(own.url())) {
      db.schema().create(Indexed.class);
      Repository<Indexed, Long> indexed = db.repository(Indexed.class);
      db.transaction(tx -> {
        db.sql("set local enable_seqscan = off").execute();
        assertThat(indexed.where(field(Indexed::data).json().contains(Map.of("n", 7))).explain())
            .contains("indexed_data_idx");
        assertThat(indexed.where(field(Indexed::tags).hasItems("t")).explain())
            .contains("indexed_tags_idx");
        assertThat(indexed.where(field(Indexed::data).json("n").is(7)).explain())
            .as("the control: a path is compared row by row")
            .doesNotContain("indexed_data_idx");
      });
    }
  }
}
