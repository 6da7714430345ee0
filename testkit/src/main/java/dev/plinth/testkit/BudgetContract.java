package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.QueryBudget.expectQueries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a budget of statements counts, and that it fails whoever exceeds it.
public interface BudgetContract extends ContractBase {

  private static List<Long> notes(Repository<Note, Long> notes) {
    return notes
        .createAll(LongStream.range(0, 5).mapToObj(i -> Note.of("secret text " + i)).toList())
        .stream()
        .map(Note::id)
        .toList();
  }

  @Test
  default void readsWithinTheirBudgetPass() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Long> ids = notes(notes);
      assertThat(expectQueries(1, () -> notes.findAll(ids))).hasSize(5);
      expectQueries(1, () -> notes.query().stream().close());
      expectQueries(2, () -> notes.query().page(1));
      expectQueries(1, () -> db.sql("select count(*) from note").as(Long.class).one());
      expectQueries(0, () -> notes.findAll(List.of()));
      expectQueries(
          2,
          () ->
              db.transaction(tx -> {
                notes.get(ids.getFirst());
                db.transaction(part -> notes.get(ids.getLast())); // a savepoint is no query
              }));
    }
  }

  /// The control: a loop that asks for each row anew is seen, and every statement with it.
  @Test
  default void aQueryForEachRowFailsAndIsPrinted() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      notes(notes);
      assertThatThrownBy(() ->
              expectQueries(
                  2,
                  () -> {
                    for (Note note : notes.query().list()) {
                      notes.where(field(Note::text).is(note.text())).list();
                    }
                  }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("At most 2 statements were expected, but 6 were sent")
          .hasMessageContaining("1 × select")
          .hasMessageContaining("5 × select")
          .hasMessageContaining("where")
          .hasMessageNotContaining("secret text");
    }
  }

  @Test
  default void writesCountAsWell() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Note note = notes.create(Note.of("one"));
      expectQueries(1, () -> notes.update(new Note(note.id(), "two")));
      assertThatThrownBy(() -> expectQueries(0, () -> notes.create(Note.of("three"))))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("insert into");
      assertThat(notes.count()).isEqualTo(2); // counted, not hindered
      List<Note> many = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        many.add(Note.of("n" + i));
      }
      assertThatThrownBy(() -> expectQueries(0, () -> notes.createAll(many)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("insert into");
    }
  }

  @Test
  default void whatIsAnsweredFromMemoryIsFree() {
    try (Database db = open(Profile.class)) {
      Repository<Profile, UUID> profiles = db.repository(Profile.class);
      UUID id = profiles.create(Profile.of("ada")).id();
      profiles.get(id);
      expectQueries(0, () -> profiles.get(id));
    }
  }

  @Test
  default void budgetsNestAndErrorsPassThrough() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      assertThatThrownBy(() ->
              expectQueries(
                  1,
                  () -> {
                    expectQueries(1, () -> notes.count());
                    expectQueries(1, () -> notes.count());
                  }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("but 2 were sent");
      assertThatThrownBy(() ->
              expectQueries(
                  0,
                  () -> {
                    notes.count();
                    throw new IllegalStateException("mine");
                  }))
          .hasMessage("mine");
    }
  }

  @Test
  default void whatOtherThreadsSendIsNotCounted() throws InterruptedException {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      List<Long> counted = new ArrayList<>();
      expectQueries(
          0,
          () -> {
            Thread other = Thread.startVirtualThread(() -> counted.add(notes.count()));
            other.join();
          });
      assertThat(counted).containsExactly(0L);
    }
  }
}
