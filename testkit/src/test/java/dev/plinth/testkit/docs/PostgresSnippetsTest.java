package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.server.PostgresServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/postgresql.md`, on a real server.
class PostgresSnippetsTest extends Snippets {

  private String url = "";

  @Override
  String url() {
    url = PostgresServer.shared().freshDatabase();
    return url;
  }

  @AfterEach
  void giveBack() {
    db.close();
    PostgresServer.shared().giveBack(url);
  }

  @Test
  void opened() {
    int most;
    // docs: postgres-open
    DatabaseConfig config =
        DatabaseConfig.of(url)
            .with(Setting.POOL_SIZE, "10")
            .with(Setting.MAX_OVERFLOW, "10")
            .with(Setting.STATEMENT_TIMEOUT, "20");

    try (Database shop = Database.open(config, first -> first.schema().create(User.class))) {
      most = shop.poolHealth().most(); // 20
    }
    // end

    assertThat(most).isEqualTo(20);

    assertThatThrownBy(() ->
            Database.open(
                config,
                first -> {
                  throw new IllegalStateException("the caller's own");
                }))
        .isExactlyInstanceOf(IllegalStateException.class);
  }

  @Test
  void settingsOfATransaction() {
    List<String> roles;
    // docs: postgres-set-local
    roles =
        db.inTransaction(tx -> {
          db.sql("set local work_mem = '64MB'").execute();
          return db.sql("select distinct role from users").as(String.class).list();
        });
    // end

    assertThat(roles).containsExactlyInAnyOrder("MEMBER", "ADMIN");
    for (String sql : List.of("set work_mem = '1MB'", "listen orders", "copy users to stdout")) {
      assertThatThrownBy(() -> db.sql(sql)).isInstanceOf(ValidationException.class);
    }
  }

  @Test
  void whatAConnectionKeepsIsTakenAway() {
    db.sql("create temp table scratch (n int)").execute();
    db.sql("select pg_advisory_lock(1)").rows().list();

    String locks = // of this database: others on the server have their own
        "select count(*) from pg_locks join pg_database on oid = database where datname = current_database() and locktype = 'advisory'";
    assertThat(db.sql(locks).as(Long.class)).extracting(rows -> rows.one()).isEqualTo(0L);
    assertThat(db.sql("select count(*) from pg_class where relname = 'scratch'").as(Long.class))
        .extracting(rows -> rows.one())
        .isEqualTo(0L);
  }

  @Test
  void operators() {
    users.patch(ada.id(), c -> c.set(User::settings, Map.of("theme", "dark")));
    // docs: postgres-json
    List<String> names =
        db.sql("select first_name from users where settings ? :key")
            .bind("key", "theme")
            .as(String.class)
            .list();
    // end

    assertThat(names).containsExactly("Ada");
  }

  /// What the page says of `jsonb`.
  @Test
  void jsonIsNormalised() {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("zeta", 1.5e300);
    given.put("a", "x");
    users.patch(ada.id(), c -> c.set(User::settings, given));

    Map<String, Object> stored = users.get(ada.id()).settings();
    assertThat(stored.keySet()).containsExactly("a", "zeta");
    assertThat(db.sql("select settings::text from users").as(String.class).list())
        .anySatisfy(text -> assertThat(text).contains("15000000").doesNotContain("e300"));
  }

  /// The program of "Getting started", with nothing changed but the URL.
  @Test
  void theSameProgram() {
    User linus =
        users.create(c -> c.set(User::email, "linus@example.org").set(User::firstName, "Linus"));
    users.patch(linus.id(), c -> c.set(User::role, Role.ADMIN));

    assertThat(users.where(field(User::role).is(Role.ADMIN)).list())
        .extracting(User::firstName)
        .containsExactlyInAnyOrder("Grace", "Linus");
    assertThat(db.engine()).isEqualTo("postgresql");
  }
}
