package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Migrations;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.MigrationStatus.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Migrations for the contracts, and what one asks of them.
final class MigrationFiles {

  private MigrationFiles() {}

  /// Writes a migration, and gives the folder of all.
  static Path file(Path folder, String name, String text) {
    try {
      Path migrations = Files.createDirectories(folder.resolve("migrations"));
      Files.writeString(migrations.resolve(name), text);
      return migrations;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Three migrations, of which the first two can be undone.
  static Path threeSteps(Path folder) {
    file(
        folder,
        "V1.9.0__make_people.sql",
        """
        -- migrate:up
        create table people (id bigint primary key, name text not null);
        insert into people (id, name) values (1, 'a;b'), (2, 'it''s');
        -- migrate:down
        drop table people;
        """);
    file(
        folder,
        "V1.10.0__add_age.sql",
        """
        -- migrate:up
        alter table people add column age integer; -- with a ; in a comment
        update people set age = 30;
        -- migrate:check
        select count(*) = 0 from people where age is null;
        -- migrate:down lossy
        alter table people drop column age;
        """);
    return file(
        folder,
        "V2__make_towns.sql",
        """
        create table towns (id bigint primary key, name text);
        /* a comment; with
           one more; */
        insert into towns (id, name) values (1, 'Oslo');
        """);
  }

  static List<String> versions(List<MigrationStatus> statuses) {
    return statuses.stream().map(status -> String.valueOf(status.version())).toList();
  }

  static List<State> states(Migrations migrations) {
    return migrations.status().stream().map(MigrationStatus::state).toList();
  }

  static long count(Database db, String table) {
    return db.sql("select count(*) from " + table).as(Long.class).one();
  }
}
