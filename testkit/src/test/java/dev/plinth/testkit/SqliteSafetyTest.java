package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hand-written SQL of SQLite's own that would change a connection which others use after it.
class SqliteSafetyTest {

  @TempDir Path folder;

  private Database db;

  @BeforeEach
  void open() {
    db = Database.open("sqlite:" + folder.resolve("test.db"));
    db.schema().create(User.class, Activity.class, Note.class);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pragma foreign_keys = off",
        "PRAGMA Foreign_Keys=0",
        "pragma foreign_keys(0)",
        "pragma main.foreign_keys = off",
        "pragma /* a remark */ foreign_keys = off",
        "pragma \"foreign_keys\" = off",
        "pragma [foreign_keys] = off",
        "pragma `foreign_keys` = off",
        "pragma \"main\".foreign_keys = off",
        "pragma \"query_only\"(0)",
        "pragma synchronous = off",
        "pragma synchronous(0)",
        "pragma query_only = 0",
        "pragma query_only(0)",
        "pragma journal_mode = delete",
        "attach ':memory:' as other",
        "attach database ':memory:' as other",
        "detach other"
      })
  void whatTheLayerKeepsOfAConnectionCannotBeChanged(String sql) {
    assertThatThrownBy(() -> db.sql(sql).execute()).isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> db.sql(sql).rows().list()).isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> db.transaction(tx -> db.sql(sql).execute()))
        .isInstanceOf(ValidationException.class);
    Repository<Activity, UUID> activities = db.repository(Activity.class);
    assertThatThrownBy(() -> activities.create(Activity.of(UUID.randomUUID(), "orphan")))
        .isInstanceOf(ConstraintException.class);
    assertThat(db.sql("pragma query_only").as(Long.class).one()).isEqualTo(1);
    assertThat(db.sql("pragma journal_mode").as(String.class).one()).isEqualTo("wal");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create temp table note (id integer primary key, text text)",
        "create table temp.note (id integer primary key, text text)",
        "create table [temp].note as select 1 as id, 'a' as text",
        "create temporary view note as select 1 as id, 'a' as text",
        "create view `temp`.note as select 1 as id, 'a' as text",
        "create temp trigger t after insert on main.note begin delete from note; end"
      })
  void whatIsTemporaryTakesNobodysRows(String sql) {
    for (String url : List.of("sqlite::memory:", "sqlite:" + folder.resolve("other.db"))) {
      try (Database other = Database.open(url)) {
        other.schema().create(Note.class);
        Repository<Note, Long> notes = other.repository(Note.class);
        notes.create(Note.of("before"));
        other.sql(sql).execute();
        notes.create(Note.of("after"));
        assertThat(notes.count()).isEqualTo(2);
        other.transaction(tx -> assertThat(notes.count()).isEqualTo(2));
      }
    }
  }

  @Test
  void whatOnlyTellsIsRead() {
    assertThat(db.sql("pragma foreign_keys").as(Long.class).one()).isEqualTo(1);
    assertThat(db.sql("pragma table_info(note)").rows().list()).hasSize(2);
    assertThat(db.sql("pragma user_version").as(Long.class).one()).isZero();
  }

  /// SQLite takes these for parameters as well, and would read what nobody gave them as null.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select $a as a",
        "select @b as b",
        "select $a || @b as c",
        "select 1 where 1 = $id",
        "select * from note where text = @text"
      })
  void parametersOfOtherFormsAreRefused(String sql) {
    assertThatThrownBy(() -> db.sql(sql).rows().list()).isInstanceOf(ValidationException.class);
  }

  @Test
  void parametersOfOtherFormsChangeNothing() {
    Repository<Note, Long> notes = db.repository(Note.class);
    Note note = notes.create(Note.of("a"));
    assertThatThrownBy(() -> db.sql("update note set text = $text").execute())
        .isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> db.sql("delete from note where id <> @id or @id is null").execute())
        .isInstanceOf(ValidationException.class);
    assertThat(notes.query().list()).containsExactly(note);
    // in texts, names and remarks they are letters
    assertThat(db.sql("select '$a @b' as \"@c\" /* $d */ -- @e").rows().one().text("@c"))
        .isEqualTo("$a @b");
  }
}
