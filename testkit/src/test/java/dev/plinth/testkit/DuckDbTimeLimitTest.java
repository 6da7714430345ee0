package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.TimeoutException;
import dev.plinth.testkit.samples.Note;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What takes DuckDB too long is stopped, and is said to have been.
@Timeout(60)
final class DuckDbTimeLimitTest {

  private static final String SLOW =
      "select count(*) from range(0, 100000000000) r(i) where i % 7 = i % 3";

  // the first rows come at once
  private static final String SLOW_ROWS =
      "select i from range(0, 100000000000) r(i) where i < 5000 or i % 7919 = -i";

  @TempDir Path folder;

  private Database db;

  @BeforeEach
  void open() {
    db =
        Database.open(
            DatabaseConfig.of("duckdb:" + folder.resolve("test.duckdb"))
                .with("statementTimeout", "1"));
  }

  @AfterEach
  void close() {
    db.close();
  }

  private void isStopped(ThrowingCallable work) {
    TimeoutException e = catchThrowableOfType(TimeoutException.class, work);
    assertThat(e).isNotNull();
    assertThat(e.ofStatement()).isTrue();
    assertThat(db.sql("select 1").as(Long.class).one()).isEqualTo(1);
  }

  private long read(String sql) {
    try (Stream<Long> rows = db.sql(sql).as(Long.class).stream()) {
      return rows.count();
    }
  }

  @Test
  void aQueryIsStopped() {
    isStopped(() -> db.sql(SLOW).as(Long.class).one());
    isStopped(() -> db.transaction(tx -> db.sql(SLOW).as(Long.class).one()));
    isStopped(() -> db.sql("create table t as " + SLOW).execute());
  }

  @Test
  void aStreamIsStopped() {
    isStopped(() -> read(SLOW));
    isStopped(() -> read(SLOW_ROWS));
    isStopped(() -> db.transaction(tx -> read(SLOW_ROWS)));
  }

  @Test
  void aTransactionIsStopped() {
    isStopped(() ->
        db.transaction(
            Transaction.Options.STANDARD.withTimeLimit(Duration.ofMillis(500)), tx -> read(SLOW)));
  }

  /// DuckDB can be stopped behind its commit, while it tidies up; then all would be there.
  @Test
  void whatIsSaidToBeStoppedIsNotThere() {
    Path file = folder.resolve("stopped.duckdb");
    List<Note> many = IntStream.range(0, 150_000).mapToObj(i -> Note.of("n" + i)).toList();
    long stored = 0;
    try (Database db =
        Database.open(DatabaseConfig.of("duckdb:" + file).with("statementTimeout", "1"))) {
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      for (int round = 0; round < 3; round++) {
        try {
          notes.createAll(many);
          stored += many.size();
        } catch (TimeoutException e) {
          // none of them
        }
        assertThat(notes.count()).isEqualTo(stored);
      }
      try {
        stored += db.sql("insert into note (text) select text from note").execute();
      } catch (TimeoutException e) {
        // none of them
      }
      assertThat(notes.count()).isEqualTo(stored);
    }
    try (Database db = Database.open("duckdb:" + file)) {
      assertThat(db.repository(Note.class).count()).isEqualTo(stored);
    }
  }
}
