package dev.plinth.testkit.docs;

import dev.plinth.Database;
import dev.plinth.Repository;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What the programs of the documentation stand on: a database with three users.
///
/// The lines between `// docs: name` and `// end` in this folder are the blocks of the
/// documentation; [DocsTest] compares them.
abstract class Snippets {

  @TempDir Path folder;
  Database db;
  Repository<User, UUID> users;
  Repository<Visit, Long> visits;
  User ada;
  User grace;
  User alan;

  /// Where the database is: an SQLite file, unless a test says otherwise.
  String url() {
    return "sqlite:" + folder.resolve("shop.db");
  }

  @BeforeEach
  void open() {
    db = Database.open(url());
    db.schema().create(User.class, Visit.class, Device.class);
    users = db.repository(User.class);
    visits = db.repository(Visit.class);
    ada = users.create(c -> c.set(User::email, "ada@example.org").set(User::firstName, "Ada"));
    grace =
        users.create(c ->
            c.set(User::email, "grace@example.org")
                .set(User::firstName, "Grace")
                .set(User::role, Role.ADMIN)
                .set(User::phone, "555-0100"));
    alan = users.create(c -> c.set(User::email, "alan@example.org").set(User::firstName, "Alan"));
  }

  @AfterEach
  void close() {
    db.close();
  }
}
