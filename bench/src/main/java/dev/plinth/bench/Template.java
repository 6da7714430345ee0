package dev.plinth.bench;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Makes the stores that the contenders start from: the same bytes for all.
final class Template {

  private Template() {}

  /// A new file with the tables, and with this many rows.
  static Path make(Engine engine, Path file, int rows) {
    try (Database db = Database.open(engine.url(file))) {
      db.schema().create(User.class, AuditedUser.class, AuditEntry.class);
      db.<User, Object>repository(User.class).createAll(Sample.stored(0, rows));
    }
    return file;
  }

  /// A copy for one contender.
  static Path copy(Path template, Path to) {
    try {
      return Files.copy(template, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A folder for files that are thrown away.
  static Path folder(Path parent) {
    try {
      return Files.createTempDirectory(Files.createDirectories(parent), "bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
