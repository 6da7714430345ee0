package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Migrations;
import dev.plinth.error.DatabaseException;
import java.io.IOException;
import java.nio.file.Path;

/// A program that migrates a database with the files of a folder, as soon as it is told.
final class Migrator {

  private Migrator() {}

  static Process start(String url, Path folder) {
    return JavaProgram.start(Migrator.class, url, folder.toString());
  }

  static void main(String[] arguments) throws IOException {
    say("ready");
    System.in.read();
    while (true) {
      try (Database db = Database.open(arguments[0])) {
        Migrations migrations = db.migrations().from(Path.of(arguments[1]));
        say("migrating");
        say("applied " + migrations.apply().size());
        return;
      } catch (DatabaseException e) {
        if (!e.getMessage().contains("in use") && !e.getMessage().contains("another process")) {
          throw e;
        } // DuckDB lets in one process at a time
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
