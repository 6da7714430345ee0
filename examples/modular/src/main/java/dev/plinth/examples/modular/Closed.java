package dev.plinth.examples.modular;

import dev.plinth.Database;
import dev.plinth.entity.Id;
import dev.plinth.error.MappingException;
import java.util.UUID;

/// The same without a lookup: an error that prints the line to add.
public final class Closed {

  private record Note(@Id UUID id, String text) {}

  private Closed() {}

  /// Fails to map the record, and says why.
  public static void main(String[] args) {
    try (Database db = Database.open("sqlite::memory:")) {
      db.repository(Note.class);
    } catch (MappingException e) {
      IO.println(e.getMessage());
    }
  }
}
