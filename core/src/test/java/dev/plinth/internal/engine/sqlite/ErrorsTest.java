package dev.plinth.internal.engine.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each real error of SQLite, provoked, and the kind that the layer makes of it.
final class ErrorsTest {

  @TempDir Path folder;

  @Test
  void brokenRulesTellKindTableAndColumns() {
    try (Database db = open("a.db")) {
      db.sql(
              "create table people (id integer primary key, email text, shop text, number int,"
                  + " name text not null, age int constraint grown check (age > 17))")
          .execute();
      db.sql("create unique index people_email on people (email)").execute();
      db.sql("create unique index people_both on people (shop, number)").execute();
      db.sql("create unique index people_lower on people (lower(name))").execute();
      db.sql("create table pets (id integer primary key, owner int references people (id))")
          .execute();
      db.sql("insert into people values (1, 'secret@x', 'a', 1, 'Ada', 36)").execute();
      db.sql("insert into pets values (1, 1)").execute();

      assertBroken(db, "insert into people values (1, 'b', 'b', 1, 'B', 36)", Kind.UNIQUE, "id");
      assertBroken(
          db, "insert into people values (2, 'secret@x', 'b', 1, 'B', 36)", Kind.UNIQUE, "email");
      assertBroken(
          db, "insert into people values (2, 'b', 'a', 1, 'B', 36)", Kind.UNIQUE, "shop", "number");
      assertBroken(
          db, "insert into people values (2, 'b', 'b', 1, null, 36)", Kind.NOT_NULL, "name");
      assertBroken(db, "update people set name = null", Kind.NOT_NULL, "name");
      assertThat(assertBroken(db, "insert into people values (2, 'b', 'b', 1, 'B', 3)", Kind.CHECK))
          .satisfies(e -> assertThat(e.constraint()).contains("grown"));
      assertThat(
              assertBroken(
                  db, "insert into people values (2, 'b', 'b', 2, 'ADA', 20)", Kind.UNIQUE))
          .satisfies(e -> assertThat(e.constraint()).contains("people_lower"));
      assertBroken(db, "insert into pets values (2, 99)", Kind.FOREIGN_KEY);
      assertBroken(db, "delete from people where id = 1", Kind.FOREIGN_KEY);
      assertThat(db.sql("select count(*) from people").as(Long.class).one()).isEqualTo(1);
    }
  }

  private static ConstraintException assertBroken(
      Database db, String sql, Kind kind, String... columns) {
    Throwable thrown = catchThrowable(() -> db.sql(sql).execute());
    assertThat(thrown).as(sql).isInstanceOf(ConstraintException.class);
    ConstraintException e = (ConstraintException) thrown;
    assertThat(e.kind()).as(sql).isEqualTo(kind);
    assertThat(e.code()).isEqualTo(kind.name());
    assertThat(e.columns()).as(sql).containsExactly(columns);
    if (columns.length > 0) {
      assertThat(e.table()).contains("people");
    }
    assertThat(e).hasCauseInstanceOf(SQLException.class).hasMessageNotContaining("secret@x");
    return e;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from nothing",
        "select nothing from t",
        "selec 1",
        "insert into t (b) values (1) returning a",
        "select nosuchfunction(1)",
        "with x as (select 1 as y) select z from x"
      })
  void whatTheTextGetsWrongIsAnErrorOfTheQuery(String sql) {
    try (Database db = open("a.db")) {
      db.sql("create table t (a integer)").execute();
      assertThatThrownBy(() -> db.sql(sql).rows().list())
          .isInstanceOf(QueryException.class)
          .hasCauseInstanceOf(SQLException.class);
    }
  }

  @Test
  void anotherProcessThatHoldsTheLockIsATimeout() throws SQLException {
    try (Database db = open("a.db", "poolTimeout", "0.2");
        Connection other = connect("a.db");
        Statement statement = other.createStatement()) {
      db.sql("create table t (a integer)").execute();
      statement.execute("begin immediate");
      statement.execute("insert into t values (1)");
      long start = System.nanoTime();
      for (Runnable write :
          List.<Runnable>of(
              () -> db.sql("insert into t values (2)").execute(),
              () -> db.transaction(tx -> db.sql("insert into t values (2)").execute()))) {
        assertThatThrownBy(write::run)
            .isInstanceOf(TimeoutException.class)
            .hasCauseInstanceOf(SQLException.class);
      }
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(10).toNanos());
      assertThat(db.sql("select count(*) from t").as(Long.class).one()).isZero(); // reads go on
      statement.execute("commit");
      db.sql("insert into t values (2)").execute(); // and nothing is left behind
      assertThat(db.sql("select sum(a) from t").as(Long.class).one()).isEqualTo(3);
    }
  }

  @Test
  void anotherWriterOfTheSameProcessIsATimeoutAsWell() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (Database db = open("a.db", "poolTimeout", "0.2")) {
      db.sql("create table t (a integer)").execute();
      db.transaction(tx -> {
        Runnable write =
            () -> thrown.set(catchThrowable(() -> db.sql("insert into t values (1)").execute()));
        assertThat(Thread.ofVirtual().start(write).join(Duration.ofSeconds(10))).isTrue();
      });
    }
    assertThat(thrown.get())
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("writing connection");
  }

  @Test
  void aFullStoreIsAnErrorOfTheStorageAndTheTransactionIsOver() {
    try (Database db = open("a.db")) {
      db.sql("create table t (a blob)").execute();
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                db.sql("pragma max_page_count = 20").rows().list();
                db.sql("insert into t values (1)").execute();
                assertThatThrownBy(
                        () -> db.sql("insert into t values (zeroblob(10000000))").execute())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("full");
                db.sql("insert into t values (2)").execute();
              }))
          .isInstanceOf(DatabaseException.class);
      assertThat(db.sql("select count(*) from t").as(Long.class).one()).isZero();
    }
  }

  /// A file of a newer format may be read and not written; unlike its permissions that stops root.
  @Test
  void aFileThatCannotBeWrittenIsAnErrorOfTheStorage() throws IOException {
    try (Database db = open("a.db")) {
      db.sql("create table t (a integer)").execute();
    }
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("a.db").toFile(), "rw")) {
      file.seek(18); // "file format write version", sqlite.org/fileformat.html, section 1.3.3
      file.write(3);
    }
    try (Database db = open("a.db")) {
      assertThat(db.sql("select count(*) from t").as(Long.class).one()).isZero();
      assertThatThrownBy(() -> db.sql("insert into t values (1)").execute())
          .isInstanceOf(StorageException.class)
          .hasCauseInstanceOf(SQLException.class);
    }
  }

  @Test
  void pragmasThatGiveNoRowsWork() {
    try (Database db = open("a.db")) {
      db.sql("pragma user_version = 5").execute();
      assertThat(db.sql("pragma user_version").as(Long.class).one()).isEqualTo(5);
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsAnErrorThatNamesIt() throws IOException {
    Path file = folder.resolve("letter.db");
    Files.writeString(file, "Dear reader, this is no database. ".repeat(100));
    assertThatThrownBy(() -> open("letter.db").close())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("letter.db");
    assertThat(file).content().startsWith("Dear reader"); // and it was left alone
    Files.delete(file); // nobody holds it any more
  }

  @Test
  void aDamagedFileIsAnErrorOfTheStorage() throws IOException {
    try (Database db = open("a.db")) {
      db.sql("create table t (a text)").execute();
      db.sql(
              "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
                  + " insert into t select 'row ' || i from n")
          .execute();
    }
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("a.db").toFile(), "rw")) {
      byte[] noise = "noise ".repeat(3000).getBytes(StandardCharsets.US_ASCII);
      file.seek(8192);
      file.write(noise);
    }
    try (Database db = open("a.db")) {
      assertThatThrownBy(() -> db.sql("select sum(length(a)) from t").rows().list())
          .isInstanceOf(StorageException.class);
    }
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    Files.createDirectory(folder.resolve("shop.db"));
    assertThatThrownBy(() -> open("shop.db").close())
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("shop.db")
        .hasMessageContaining("folder");
  }

  /// Below a regular file nothing can be made, not even by root.
  @Test
  void aFolderThatCannotBeMadeIsAnErrorOfTheConnection() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    for (String below : List.of("file/shop.db", "file/deep/er/shop.db")) {
      assertThatThrownBy(() -> open(below).close())
          .as(below)
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("shop.db");
    }
  }

  @Test
  void foldersAreMade() {
    try (Database db = open("a/b/c d/ü.db")) {
      assertThat(db.file()).contains(folder.resolve("a/b/c d/ü.db").toString());
      assertThat(folder.resolve("a/b/c d/ü.db")).exists();
    }
  }

  @Test
  void aClosedDatabaseSaysSo() {
    Database db = open("a.db");
    db.close();
    db.close();
    assertThat(db.isActive()).isFalse();
    for (Runnable use :
        List.<Runnable>of(
            () -> db.sql("select 1").rows().list(),
            () -> db.sql("select 1").rows().stream().close(),
            () -> db.sql("create table t (a)").execute(),
            () -> db.transaction(tx -> {}),
            () -> db.schema().tables(),
            () -> db.table("t").count())) {
      assertThatThrownBy(use::run).isInstanceOf(ConnectionException.class);
    }
  }

  /// A value that one asks for may be secret: no message repeats it.
  @Test
  void messagesDoNotRepeatValues() {
    try (Database db = open("a.db")) {
      db.sql("create table t (a text unique, b integer check (b > 0))").execute();
      db.sql("insert into t values ('hunter2', 1)").execute();
      for (String sql :
          List.of(
              "insert into t values (:v, 1)",
              "insert into t values (:v, -1)",
              "select * from t where nothing = :v")) {
        Throwable thrown = catchThrowable(() -> db.sql(sql).bind("v", "hunter2").rows().list());
        for (Throwable one = thrown; one != null; one = one.getCause()) {
          assertThat(one.toString()).doesNotContain("hunter2");
        }
        assertThat(thrown).as(sql).isInstanceOf(DatabaseException.class);
      }
    }
  }

  private Database open(String file, String... settings) {
    DatabaseConfig config = DatabaseConfig.of("sqlite:" + folder.resolve(file));
    for (int i = 0; i < settings.length; i += 2) {
      config = config.with(settings[i], settings[i + 1]);
    }
    return Database.open(config);
  }

  private Connection connect(String file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(file));
  }
}
