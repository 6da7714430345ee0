package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TransactionException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens when the store is ill: full, damaged, or no database at all.
class SqliteFaultTest {

  @TempDir Path folder;

  private Database open() {
    Database db = Database.open("sqlite:" + folder.resolve("test.db"));
    db.schema().create(Note.class, Account.class, User.class);
    return db;
  }

  /// Lets the file grow by so many pages only, on the connection that writes.
  private static void roomFor(Database db, long pages) {
    db.transaction(tx -> {
      long now = db.sql("pragma page_count").as(Long.class).one();
      long most = db.sql("pragma max_page_count = " + (now + pages)).as(Long.class).one();
      assertThat(most).isEqualTo(now + pages);
    });
  }

  private static List<Account> many() {
    return IntStream.range(0, 3_000).mapToObj(i -> Account.of("owner " + i, i)).toList();
  }

  private static List<User> manyUsers() {
    return IntStream.range(0, 3_000)
        .mapToObj(i -> User.of("user" + i + "@example.org", "User"))
        .toList();
  }

  @Test
  void aFullDiskIsAStorageErrorAndNothingIsHalfWritten() {
    try (Database db = open()) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      Repository<User, UUID> users = db.repository(User.class);
      Account first = accounts.create(Account.of("first", 1));
      Note note = notes.create(Note.of("a"));
      roomFor(db, 5);
      assertThatThrownBy(() -> accounts.createAll(many())).isInstanceOf(StorageException.class);
      assertThatThrownBy(() -> users.createAll(manyUsers())).isInstanceOf(StorageException.class);
      assertThatThrownBy(() -> notes.create(Note.of("x".repeat(100_000))))
          .isInstanceOf(StorageException.class);
      assertThatThrownBy(() -> notes.patch(note.id(), c -> c.set(Note::text, "x".repeat(100_000))))
          .isInstanceOf(StorageException.class);
      assertThat(accounts.query().list()).containsExactly(first);
      assertThat(notes.query().list()).containsExactly(note);
      assertThat(users.count()).isZero();
      assertThat(db.audit().count()).isEqualTo(1);
      assertThat(db.sql("pragma integrity_check").as(String.class).one()).isEqualTo("ok");

      roomFor(db, 1_000_000); // somebody has made room
      assertThat(accounts.createAll(many())).hasSize(3_000);
      assertThat(users.createAll(manyUsers())).hasSize(3_000);
      assertThat(db.audit().count()).isEqualTo(6_001);
    }
  }

  @Test
  void aTransactionThatMeetsAFullDiskIsGoneEvenIfTheErrorIsCaught() {
    try (Database db = open()) {
      Repository<Note, Long> notes = db.repository(Note.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      accounts.create(Account.of("first", 1));
      List<String> hooks = new ArrayList<>();
      roomFor(db, 5);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                tx.afterCommit(() -> hooks.add("never"));
                notes.create(Note.of("before"));
                assertThatThrownBy(() -> accounts.createAll(many()))
                    .isInstanceOf(StorageException.class);
                assertThatThrownBy(
                        () -> notes.create(Note.of("after")),
                        "what came now would be outside the transaction")
                    .isInstanceOf(TransactionException.class);
              }))
          .as("it cannot be committed")
          .isInstanceOf(TransactionException.class);
      assertThatThrownBy(() ->
              db.transaction(outer -> {
                notes.create(Note.of("outer"));
                assertThatThrownBy(
                        () -> db.transaction(inner -> notes.create(Note.of("x".repeat(100_000)))))
                    .isInstanceOf(StorageException.class);
              }))
          .isInstanceOf(TransactionException.class);
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                notes.create(Note.of("before"));
                notes.create(Note.of("x".repeat(100_000)));
              }))
          .isInstanceOf(StorageException.class);
      assertThat(hooks).isEmpty();
      assertThat(notes.count()).isZero();
      assertThat(accounts.count()).isEqualTo(1);
      notes.create(Note.of("a small one finds room"));
      roomFor(db, 1_000_000);
      db.transaction(tx -> accounts.createAll(many()));
      assertThat(accounts.count()).isEqualTo(3_001);
      assertThat(notes.count()).isEqualTo(1);
      assertThat(db.sql("pragma integrity_check").as(String.class).one()).isEqualTo("ok");
    }
  }

  @Test
  void whatIsNoDatabaseIsATypedErrorAndIsLeftAsItWas() throws Exception {
    Path file = Files.writeString(folder.resolve("letter.db"), "Dear Sir or Madam, ".repeat(500));
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(
            () -> {
              try (Database db = Database.open("sqlite:" + file)) {
                db.schema().create(Note.class);
              }
            })
        .isInstanceOf(StorageException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThatThrownBy(() -> Database.open("sqlite:" + folder))
        .isInstanceOf(ConnectionException.class);
    assertThatThrownBy(() -> Database.open("sqlite:" + file.resolve("below.db")))
        .isInstanceOf(ConnectionException.class);
  }

  @Test
  void aDamagedFileIsAStorageErrorAndTheLayerStaysUsable() throws Exception {
    Path file = folder.resolve("test.db");
    try (Database db = open()) {
      db.<Note, Long>repository(Note.class)
          .createAll(IntStream.range(0, 5_000).mapToObj(i -> Note.of("note " + i)).toList());
    }
    byte[] bytes = Files.readAllBytes(file);
    int page = 4096;
    assertThat(bytes.length).isGreaterThan(10 * page);
    for (int i = 4 * page; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31); // everything behind the first tables' roots
    }
    Files.write(file, bytes);
    try (Database db = Database.open("sqlite:" + file)) {
      Repository<Note, Long> notes = db.repository(Note.class);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> notes.query().list()).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> notes.query().update(c -> c.set(Note::text, "x")))
            .isInstanceOf(StorageException.class);
      }
      assertThat(db.sql("select 1").as(Long.class).one()).isEqualTo(1);
    }
  }
}
