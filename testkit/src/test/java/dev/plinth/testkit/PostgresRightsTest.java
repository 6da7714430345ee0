package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.error.QueryException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A program whose role may use the tables that another role has made, and nothing more.
final class PostgresRightsTest {

  private final PostgresDatabase own = new PostgresDatabase();
  private final String role = own.name() + "_user";
  private final String url = own.url().replace("postgres@", role + "@");

  @BeforeEach
  void makeTables() {
    own.run("create role " + role + " login");
    try (Database db = own.open(1, 0)) {
      db.schema().create(Note.class, Account.class);
      db.transaction(Options.STANDARD.withIdempotencyKey("first"), tx -> {});
    }
    own.run(
        "grant select, insert, update, delete on all tables in schema public to " + role,
        "grant usage, update on all sequences in schema public to " + role);
  }

  @AfterEach
  void giveBack() {
    own.terminate();
    own.run("drop owned by " + role, "drop role " + role);
    own.close();
  }

  @Test
  void itStartsAndDoesAllThatTheLayerDoes() {
    try (Database db = Database.open(url)) {
      db.schema().create(Note.class, Account.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Note one = notes.create(Note.of("one"));
      List<Note> more = notes.createAll(List.of(Note.of("two"), Note.of("three")));
      notes.save(new Note(one.id(), "saved"));
      notes.save(new Note(100, "given"));
      notes.updateAll(more);
      assertThat(notes.create(Note.of("next")).id()).isEqualTo(101);
      db.repository(Account.class).create(Account.of("a", 1));
      db.transaction(Options.STANDARD.withIdempotencyKey("k"), tx -> notes.delete(one.id()));
      assertThat(db.audit().list()).isNotEmpty();
    }
  }

  @Table("note")
  record IndexedNote(@Id long id, @Unique String text) {}

  @Table("other")
  record Other(@Id long id) {}

  @Test
  void whatIsMissingItMustNotMakeAndSaysSo() {
    try (Database db = Database.open(url)) {
      for (Class<?> record : List.of(IndexedNote.class, Other.class)) {
        assertThatThrownBy(() -> db.schema().create(record))
            .isInstanceOf(QueryException.class)
            .hasMessageMatching(".*(permission denied|must be owner).*");
      }
    }
  }
}
