package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.TransactionException;
import dev.plinth.testkit.samples.Note;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A stream of a transaction ends with it: loudly, for nobody may take a part for the whole.
public interface StreamEndContract extends ContractBase {

  private static Repository<Note, Long> filled(Database db) {
    Repository<Note, Long> notes = db.repository(Note.class);
    notes.createAll(IntStream.range(0, 1_000).mapToObj(i -> Note.of("n" + i)).toList());
    return notes;
  }

  private static List<Stream<Note>> streams(Database db, Repository<Note, Long> notes) {
    return List.of(
        notes.query().stream(), db.sql("select * from note order by id").as(Note.class).stream());
  }

  @Test
  default void aStreamThatOutlivesItsTransactionThrows() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = filled(db);
      for (Stream<Note> late : db.inTransaction(tx -> streams(db, notes))) {
        try (late) {
          assertThatThrownBy(late::toList).isInstanceOf(TransactionException.class);
        }
      }
      try (Stream<Note> stream = notes.query().stream()) {
        assertThat(stream).hasSize(1_000);
      }
    }
  }

  @Test
  default void aHalfReadStreamDoesNotEndInSilence() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = filled(db);
      AtomicReference<List<Stream<Note>>> opened = new AtomicReference<>(List.of());
      List<Iterator<Note>> half =
          db.inTransaction(tx -> {
            opened.set(streams(db, notes));
            List<Iterator<Note>> iterators = opened.get().stream().map(Stream::iterator).toList();
            iterators.forEach(iterator -> assertThat(iterator.next()).isNotNull());
            return iterators;
          });
      for (Iterator<Note> rest : half) {
        assertThatThrownBy(() -> rest.forEachRemaining(note -> {}))
            .isInstanceOf(TransactionException.class);
      }
      opened.get().forEach(Stream::close);
      assertThat(notes.count()).isEqualTo(1_000);
    }
  }

  @Test
  default void aStreamThatOutlivesARollbackThrows() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = filled(db);
      AtomicReference<List<Stream<Note>>> opened = new AtomicReference<>(List.of());
      db.transaction(tx -> {
        notes.create(Note.of("undone"));
        opened.set(streams(db, notes));
        tx.rollback();
      });
      for (Stream<Note> late : opened.get()) {
        try (late) {
          assertThatThrownBy(late::toList).isInstanceOf(TransactionException.class);
        }
      }
    }
  }

  @Test
  default void aStreamOfATransactionIsNotHandedToAnotherThread() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = filled(db);
      db.transaction(tx -> {
        for (Stream<Note> stream : streams(db, notes)) {
          try (stream) {
            Throwable thrown =
                CompletableFuture.supplyAsync(() -> catchThrowable(stream::toList)).join();
            assertThat(thrown).isInstanceOf(TransactionException.class);
          }
        }
        notes.create(Note.of("the transaction goes on"));
      });
      assertThat(notes.count()).isEqualTo(1_001);
    }
  }

  @Test
  default void aStreamOutsideTransactionsMayBeHandedOn() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = filled(db);
      try (Stream<Note> stream = notes.query().stream()) {
        assertThat(CompletableFuture.supplyAsync(stream::toList).join()).hasSize(1_000);
      }
    }
  }
}
