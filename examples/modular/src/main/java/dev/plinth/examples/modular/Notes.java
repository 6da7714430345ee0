package dev.plinth.examples.modular;

import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import java.lang.invoke.MethodHandles;
import java.util.UUID;

/// A private record in a closed package, which the program itself gives access to.
public final class Notes {

  private record Note(@Id UUID id, String text) {}

  private Notes() {}

  /// Stores two notes and finds one.
  public static void main(String[] args) {
    try (Database db = Database.open("sqlite::memory:")) {
      // the lookup carries this class's own right to see its private record
      Repository<Note, UUID> notes = db.repository(Note.class, MethodHandles.lookup());
      db.schema().create(Note.class);

      notes.create(n -> n.set(Note::text, "water the plants"));
      notes.create(n -> n.set(Note::text, "feed the cat"));
      notes.where(field(Note::text).contains("cat")).list().forEach(n -> IO.println(n.text()));
    }
  }
}
