package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.error.ConstraintException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only SQLite needs of migrations.
class SqliteMigrationTest {

  @TempDir private Path folder;

  @Test
  void aTableThatOthersReferToIsMadeAnew() throws IOException {
    Files.writeString(
        folder.resolve("V1__make.sql"),
        """
        create table shops (id integer primary key, name text);
        create table sales (id integer primary key, shop integer references shops (id));
        insert into shops values (1, 'one');
        insert into sales values (1, 1);
        """);
    Files.writeString(
        folder.resolve("V2__make_anew.sql"),
        """
        pragma defer_foreign_keys = on;
        create table kept as select * from shops;
        drop table shops;
        create table shops (id integer primary key, name text not null);
        insert into shops (id, name) select id, name from kept;
        drop table kept;
        """);
    try (Database db = Database.open("sqlite:" + folder.resolve("test.db"))) {
      assertThat(db.migrations().from(folder).apply()).hasSize(2);
      assertThat(db.sql("select count(*) from sales").as(Long.class).one()).isEqualTo(1);
      assertThatThrownBy(() -> db.sql("delete from shops").execute())
          .isInstanceOf(ConstraintException.class);
    }
  }
}
