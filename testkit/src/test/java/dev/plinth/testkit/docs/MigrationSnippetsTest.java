package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Migration;
import dev.plinth.Migrations;
import dev.plinth.migration.MigrationStatus;
import dev.plinth.migration.Version;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/migrations.md`, with the files that it shows on the class path.
class MigrationSnippetsTest extends Snippets {

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @BeforeEach
  void files() throws IOException {
    Path migrations = Files.createDirectories(folder.resolve("classes/db/migration"));
    Files.writeString(
        migrations.resolve("V1.0.0__make_shops.sql"), "create table shops (id bigint, name text);");
    List<String> shown = Docs.blocks("docs/guide/migrations.md", "sql");
    Files.writeString(migrations.resolve("V1.1.0__add_rating.sql"), shown.getFirst());
    URL url = URI.create(folder.resolve("classes").toUri() + "/").toURL();
    Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[] {url}, before));
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void applying() {
    // docs: migrations-apply
    List<MigrationStatus> ran = db.migrations().apply();
    // end
    assertThat(ran).hasSize(2);

    // docs: migrations-status
    Migrations migrations = db.migrations();
    List<MigrationStatus> all = migrations.status(); // state, when, by whom
    List<MigrationStatus> pending = migrations.pending();
    List<String> sql = migrations.dryRun(); // what apply() would run
    migrations.validate(); // throws if any was edited or is missing
    // end
    assertThat(all).hasSize(2);
    assertThat(pending).isEmpty();
    assertThat(sql).isEmpty();
    assertThat(migrations.rollbackWithLoss(1)).hasSize(1);
    assertThat(migrations.pending()).hasSize(1);
  }

  @Test
  void goingBack() throws IOException {
    Files.writeString(
        folder.resolve("classes/db/migration/V1.2.0__more.sql"),
        "-- migrate:up\ncreate table more (id bigint);\n-- migrate:down\ndrop table more;");
    db.migrations().apply();
    // docs: migrations-rollback
    List<MigrationStatus> undone = db.migrations().rollback(1); // the newest
    // end
    assertThat(undone).hasSize(1);
    assertThat(db.schema().tables()).doesNotContain("more");
  }

  @Test
  void baseline() {
    db.sql("create table shops (id bigint, name text)").execute();
    // docs: migrations-baseline
    db.migrations().baseline("1.0.0"); // what is there is version 1.0.0
    // end
    assertThat(db.migrations().apply()).hasSize(1);
  }

  // docs: migrations-java
  static final class LowerCaseEmails implements Migration {
    @Override
    public Version version() {
      return Version.of("1.2.0");
    }

    @Override
    public String description() {
      return "write e-mail addresses in lower case";
    }

    @Override
    public void up(Database db) {
      db.sql("update users set email = lower(email)").execute();
    }
  }

  // end

  @Test
  void inJava() {
    users.patch(ada.id(), c -> c.set(User::email, "Ada@Example.org"));
    // docs: migrations-with
    Migrations more = db.migrations().with(new LowerCaseEmails());
    List<MigrationStatus> done = more.apply();
    // end
    assertThat(done).hasSize(3);
    assertThat(users.get(ada.id()).email()).isEqualTo("ada@example.org");
  }
}
