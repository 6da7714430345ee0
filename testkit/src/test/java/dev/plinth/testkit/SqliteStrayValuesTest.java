package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.error.DataException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Values that other programs left in a column of another type: an error, never a 0 in silence.
///
/// SQLite alone keeps any value in any column, so this is no contract.
class SqliteStrayValuesTest {

  @Audited(false)
  record Cell(
      @Id long id, short tiny, int small, long large, double ratio, boolean flag, Instant moment) {}

  @TempDir Path folder;

  private Database db;
  private Repository<Cell, Long> cells;

  @BeforeEach
  void open() {
    db = Database.open("sqlite:" + folder.resolve("test.db"));
    // columns without a type keep whatever they are given
    db.sql("create table cell (id integer primary key, tiny, small, large, ratio, flag, moment)")
        .execute();
    db.sql("insert into cell values (1, 1, 1, 1, 1.5, 1, 1)").execute();
    cells = db.repository(Cell.class);
    assertThat(cells.get(1L).ratio()).isEqualTo(1.5);
  }

  @AfterEach
  void close() {
    db.close();
  }

  private void store(String column, String literal) {
    assertThat(db.sql("update cell set " + column + " = " + literal).execute()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "tiny, 'abc'",
        "tiny, ''",
        "tiny, 1.9",
        "tiny, x'00'",
        "tiny, x''",
        "tiny, 40000",
        "small, 'abc'",
        "small, ''",
        "small, 1.9",
        "small, -0.5",
        "small, 9e99",
        "small, x'00'",
        "small, x''",
        "small, 3000000000",
        "large, 'abc'",
        "large, ''",
        "large, 1.9",
        "large, 9e99",
        "large, -9e99",
        "large, 9223372036854775807 + 1",
        "large, x'00'",
        "large, x''",
        "ratio, 'abc'",
        "ratio, ''",
        "ratio, x'00'",
        "ratio, x''",
        "flag, 'junk'",
        "flag, ''",
        "flag, x'01'",
        "flag, x''",
        "moment, 'junk'",
        "moment, ''",
        "moment, '2026-99-99'",
        "moment, x'00'",
        "moment, x''",
        "moment, 9e99",
      })
  void whatDoesNotFitItsColumnIsAnErrorThatNamesIt(String column, String literal) {
    store(column, literal);
    assertThatThrownBy(() -> cells.get(1L))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(column);
    assertThatThrownBy(() -> cells.query().list())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(column);
    try (Stream<Cell> stream = cells.query().stream()) {
      assertThatThrownBy(stream::toList).isInstanceOf(DataException.class);
    }
    assertThatThrownBy(() -> db.sql("select * from cell").as(Cell.class).list())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(column);
    // and nothing is broken
    store(column, "1");
    assertThat(cells.get(1L).id()).isEqualTo(1);
  }

  /// Whole numbers, whatever their class, and words for booleans, as other programs write them.
  @Test
  void whatFitsIsRead() {
    store("flag", "'true'");
    assertThat(cells.get(1L).flag()).isTrue();
    store("flag", "'false'");
    assertThat(cells.get(1L).flag()).isFalse();
    store("flag", "0");
    assertThat(cells.get(1L).flag()).isFalse();
    store("small", "0");
    store("large", "0");
    store("ratio", "0");
    assertThat(cells.get(1L))
        .extracting(Cell::small, Cell::large, Cell::ratio)
        .containsExactly(0, 0L, 0.0);
    store("large", "9223372036854775807");
    assertThat(cells.get(1L).large()).isEqualTo(Long.MAX_VALUE);
    store("large", "-9223372036854775808");
    assertThat(cells.get(1L).large()).isEqualTo(Long.MIN_VALUE);
    store("ratio", "7");
    assertThat(cells.get(1L).ratio()).isEqualTo(7.0);
    store("moment", "0");
    assertThat(cells.get(1L).moment()).isEqualTo(Instant.EPOCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'abc'", "''", "1.9", "x'00'", "9e99", "9223372036854775807 + 1"})
  void aResultThatIsNoWholeNumberIsAnError(String expression) {
    var sql = db.sql("select " + expression + " as result");
    assertThatThrownBy(() -> sql.as(Long.class).one()).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> sql.as(Integer.class).one()).isInstanceOf(DataException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'yes'", "''", "x'01'"})
  void aResultThatIsNoBooleanIsAnError(String expression) {
    var sql = db.sql("select " + expression + " as result");
    assertThatThrownBy(() -> sql.as(Boolean.class).one()).isInstanceOf(DataException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'abc'", "''", "x'00'"})
  void aResultThatIsNoNumberIsAnError(String expression) {
    var sql = db.sql("select " + expression + " as result");
    assertThatThrownBy(() -> sql.as(Double.class).one()).isInstanceOf(DataException.class);
  }
}
