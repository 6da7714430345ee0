package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Row;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables that somebody else made, whose types are not those that the layer would choose.
final class DuckDbAdoptedTest {

  @TempDir Path folder;

  private Database db;

  @BeforeEach
  void open() {
    db = Database.open("duckdb:" + folder.resolve("test.duckdb"));
    db.sql("create type mood as enum('GOOD', 'BAD')").execute();
    db.sql("create sequence adopted_id_seq").execute();
    db.sql(
            """
            create table adopted (id bigint primary key default nextval('adopted_id_seq'), mood mood,
              n integer, price decimal(10, 2), made timestamp, data varchar, day timestamp,
              share float, size hugeint)\
            """)
        .execute();
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Audited(false)
  @Table("adopted")
  record Adopted(
      @Id Long id,
      @Secret String mood,
      Long n,
      BigDecimal price,
      Instant made,
      Map<String, Object> data,
      LocalDate day,
      Double share,
      Integer size) {
    static Adopted of(String mood, long n, String price) {
      return new Adopted(
          null,
          mood,
          n,
          new BigDecimal(price),
          Instant.parse("2024-07-01T12:00:00.123456Z"),
          Map.of("a", 1),
          LocalDate.of(2024, 2, 3),
          1.5,
          7);
    }
  }

  @Table("words")
  record Word(@Id Long id, String word) {}

  private List<Row> stored() {
    return db.sql(
            "select distinct mood::varchar as m, n, price::varchar as p, made::varchar as a, data,"
                + " day::varchar as d, share, size::varchar as s from adopted")
        .rows()
        .list();
  }

  @Test
  void manyRowsAreStoredAsOneIs() {
    Repository<Adopted, Long> rows = db.repository(Adopted.class);
    rows.create(Adopted.of("GOOD", 5, "1.239"));
    List<Row> one = stored();
    assertThat(one).hasSize(1);
    assertThat(one.getFirst().text("p")).as("the column's own digits").isEqualTo("1.24");
    rows.createAll(Collections.nCopies(30, Adopted.of("GOOD", 5, "1.239")));
    assertThat(rows.count()).isEqualTo(31);
    assertThat(stored()).isEqualTo(one);
  }

  /// A name is the same in capitals.
  @Test
  void noColumnIsLeftOutForItsCapitals() {
    db.sql("create table words (id bigint primary key, Word varchar)").execute();
    Repository<Word, Long> words = db.repository(Word.class);
    words.createAll(LongStream.range(0, 30).mapToObj(i -> new Word(i + 1, "w")).toList());
    assertThat(words.query().list()).hasSize(30).allMatch(word -> "w".equals(word.word()));
  }

  @Test
  void whatDoesNotFitIsRefusedAndNotRepeated() {
    Repository<Adopted, Long> rows = db.repository(Adopted.class);
    for (Adopted unfit :
        List.of(
            Adopted.of("canary", 5, "1"),
            Adopted.of("GOOD", 1L << 40, "1"),
            Adopted.of("GOOD", 5, "123456789012"))) {
      for (int count : new int[] {1, 30}) {
        assertThatThrownBy(() -> rows.createAll(Collections.nCopies(count, unfit)))
            .isInstanceOf(ValidationException.class)
            .satisfies(
                e -> assertThat(e + " " + e.getCause()).doesNotContain("canary", "123456789012"));
      }
    }
    assertThat(rows.count()).isZero();
  }
}
