package dev.plinth.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Cached;
import dev.plinth.entity.Id;
import dev.plinth.error.MappingException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.transaction.CommitWindow;
import dev.plinth.internal.transaction.CommitWindows;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Engine;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reads and commits in every order that matters, one step at a time.
final class KeptTest {

  @Cached
  record Coin(@Id long id, int face) {}

  @Cached(seconds = 0)
  record Never(@Id long id) {}

  private static final long KEY = 7;

  private final Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"));
  private final Caches caches = new Caches(engine);
  private final Kept kept = caches.of(Shapes.of(Coin.class));
  private final TableStamps stamps = Objects.requireNonNull(caches.stamps("COIN"));

  @AfterEach
  void close() {
    engine.close();
  }

  private @Nullable Object read(@Nullable Object stored) {
    return kept.row(KEY, KEY, () -> stored);
  }

  private Object count(long stored) {
    return kept.answer(
        new Kept.Question("count", new Object[0], Long.class, Deleted.EXCLUDED),
        () -> new Kept.Answer(1, stored));
  }

  private static void during(CommitWindows windows, Runnable work) {
    windows.open();
    windows.<Integer, RuntimeException>around(() -> {
      work.run();
      return 0;
    });
  }

  private static void commit(CommitWindows windows) {
    during(windows, () -> {});
  }

  private CommitWindows write(Consumer<Consumer<CommitWindow>> concern) {
    CommitWindows windows = new CommitWindows();
    concern.accept(windows::add);
    return windows;
  }

  private CommitWindows writeOfRow() {
    return write(concerned -> stamps.changed(KEY, concerned));
  }

  @Test
  void whatWasReadBeforeACommitIsVoidAfterIt() {
    assertThat(read("old")).isEqualTo("old");
    assertThat(read("not asked")).isEqualTo("old");
    commit(writeOfRow());
    assertThat(read("new")).isEqualTo("new");
    assertThat(read("not asked")).isEqualTo("new");
  }

  @Test
  void whoReadsWhileACommitBeginsAndEndsKeepsNothing() {
    kept.row(
        KEY,
        KEY,
        () -> {
          commit(writeOfRow());
          return "old";
        });
    assertThat(read("new")).isEqualTo("new");
  }

  @Test
  void whoReadsWhileACommitIsOnItsWayKeepsNothing() {
    during(
        writeOfRow(),
        () -> {
          assertThat(read("old")).isEqualTo("old");
          assertThat(count(1)).isEqualTo(1L);
          assertThat(read("new")).as("committed by now, and seen by somebody").isEqualTo("new");
          assertThat(count(2)).isEqualTo(2L);
          assertThat(read("newer")).isEqualTo("newer");
        });
    assertThat(read("newest")).isEqualTo("newest");
  }

  @Test
  void ofTwoCommitsOnTheirWayBothMustBeOver() {
    CommitWindows first = writeOfRow();
    CommitWindows second = writeOfRow();
    first.open();
    commit(second);
    assertThat(read("old")).isEqualTo("old");
    first.close(true);
    assertThat(read("new")).isEqualTo("new");
  }

  @Test
  void afterACommitInDoubtNothingIsKeptForAWhile() {
    assertThat(read("old")).isEqualTo("old");
    assertThatThrownBy(() ->
            during(
                writeOfRow(),
                () -> {
                  throw new OutcomeUnknownException("no answer", null);
                }))
        .isInstanceOf(OutcomeUnknownException.class);
    assertThat(read("old")).isEqualTo("old");
    assertThat(read("new")).as("the server took its time").isEqualTo("new");
  }

  @Test
  void anAddedRowVoidsItsAbsenceAndNoRowThatIsThere() {
    assertThat(read(null)).isNull();
    assertThat(read("not asked")).isNull();
    commit(write(stamps::added));
    assertThat(read("added")).isEqualTo("added");
    assertThat(count(1)).isEqualTo(1L);
    commit(write(stamps::added));
    assertThat(read("not asked")).isEqualTo("added");
    assertThat(count(2)).isEqualTo(2L);
  }

  @Test
  void aWriteOfUnknownRowsVoidsAll() {
    read("old");
    commit(write(stamps::changed));
    assertThat(read("new")).isEqualTo("new");
    caches.changed("coin");
    assertThat(read("newer")).isEqualTo("newer");
    caches.forget("coin", KEY);
    assertThat(read("newest")).isEqualTo("newest");
    caches.changed("");
    assertThat(read("last")).isEqualTo("last");
  }

  @Test
  void aFailedReadLeavesNothing() {
    assertThatThrownBy(() ->
            kept.row(
                KEY,
                KEY,
                () -> {
                  throw new IllegalStateException("away");
                }))
        .hasMessage("away");
    assertThat(read("there")).isEqualTo("there");
  }

  @Test
  void aTimeThatCannotBeIsRefused() {
    assertThatThrownBy(() -> caches.of(Shapes.of(Never.class)))
        .isInstanceOf(MappingException.class)
        .hasMessage("@Cached on Never: seconds and entries are 1 or more.");
  }
}
