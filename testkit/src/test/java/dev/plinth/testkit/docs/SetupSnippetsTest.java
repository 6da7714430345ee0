package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Durability;
import dev.plinth.config.Setting;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.MappingException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Metrics;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The programs about opening, tables and errors.
class SetupSnippetsTest extends Snippets {

  @Test
  void configured() {
    String url = "sqlite:" + folder.resolve("other.db");
    long slow;
    // docs: configuration
    DatabaseConfig config =
        DatabaseConfig.of(url)
            .with(Setting.POOL_SIZE, "8")
            .with("slowStatement", "0.25")
            .withDurability(Durability.NORMAL);

    try (Database other = Database.open(config)) {
      Metrics metrics = other.metrics();
      slow = metrics.slow();
    }
    // end

    assertThat(slow).isZero();
    assertThatThrownBy(() -> config.with("poolSice", "8")).hasMessageContaining("poolSize");
  }

  @Test
  void inMemory() {
    // docs: in-memory
    try (Database scratch = Database.open("sqlite::memory:")) {
      scratch.schema().create(User.class);
      scratch.repository(User.class).count();
    }
    // end

    assertThat(db.isActive()).isTrue();
  }

  @Test
  void copied() {
    Path copy = folder.resolve("copy.db");
    // docs: sqlite-copy
    db.sql("vacuum into :file").bind("file", copy.toString()).execute();
    // end

    try (Database restored = Database.open("sqlite:" + copy)) {
      assertThat(restored.repository(User.class).count()).isEqualTo(3);
    }
  }

  @Test
  void tables() {
    // docs: schema
    db.schema().create(User.class, Visit.class); // what is missing
    List<String> sql = db.schema().sql(Visit.class); // what it would run
    List<String> names = db.schema().tables();
    // end

    assertThat(names).contains("users", "visit", "plinth_audit");
    assertThat(Docs.blocks("docs/guide/schema.md", "sql").stream().map(Docs::flat))
        .containsExactly(Docs.flat(String.join("; ", sql) + ";"));
  }

  @Test
  void errors() {
    assertThat(answer(() -> users.get(new java.util.UUID(0, 0)))).isEqualTo(404);
    assertThat(answer(() -> users.patch(ada.id(), c -> c.set("e-mail", "")))).isEqualTo(400);
    assertThat(answer(() -> users.patch(ada.id(), c -> c.set(User::email, alan.email()))))
        .isEqualTo(409);
    assertThat(answer(() -> db.sql("selekt").execute())).isEqualTo(500);
    for (DatabaseException busy :
        List.of(new ConflictException(""), new TimeoutException(""), new ConnectionException(""))) {
      assertThat(answer(() -> thrown(busy))).isEqualTo(503);
    }
    assertThat(answer(() -> thrown(new OutcomeUnknownException("")))).isEqualTo(504);
  }

  private static void thrown(DatabaseException error) {
    throw error;
  }

  private static int answer(Runnable work) {
    // docs: errors
    try {
      work.run();
      return 200;
    } catch (DatabaseException error) {
      return switch (error) {
        case NotFoundException _ -> 404;
        case ValidationException _ -> 400;
        case ConstraintException _, StaleVersionException _ -> 409;
        case ConflictException _, TimeoutException _, ConnectionException _ ->
            503; // may be sent again
        case OutcomeUnknownException _ -> 504; // may have happened
        case StorageException _ -> 507;
        default -> 500; // error.code() tells the rest apart
      };
    }
    // end
  }

  @Test
  void theErrorOfAClosedType() {
    assertThatThrownBy(() -> db.repository(Runnable.class)).isInstanceOf(MappingException.class);
  }
}
