package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Reading;
import dev.plinth.Transaction;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Freshness;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.config.Setting;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.health.Health;
import dev.plinth.health.PoolHealth;
import dev.plinth.testkit.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/resilience.md`, on a real server.
class ResilienceSnippetsTest extends Snippets {

  private final List<String> mails = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
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
  void options() {
    // docs: resilience-options
    Transaction.Options careful =
        Transaction.Options.STANDARD
            .withIsolation(Isolation.SERIALIZABLE)
            .withRetries(RetryPolicy.STANDARD.withAttempts(5))
            .withTimeLimit(Duration.ofSeconds(10));

    db.transaction(
        careful,
        tx -> {
          users.increment(ada.id(), User::logins, 1);
          tx.afterCommit(() -> mails.add("Welcome back, Ada."));
        });
    // end

    assertThat(mails).hasSize(1);
  }

  @Test
  void once() {
    // docs: resilience-key
    Transaction.Options once = Transaction.Options.STANDARD.withIdempotencyKey("login 4711");

    db.transaction(once, tx -> users.increment(ada.id(), User::logins, 1));
    db.transaction(once, tx -> users.increment(ada.id(), User::logins, 1)); // does nothing
    // end

    assertThat(users.get(ada.id()).logins()).isEqualTo(1);
    assertThatThrownBy(() -> db.inTransaction(once, tx -> users.count()))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("done before");
    assertThatThrownBy(() -> db.transaction(tx -> db.transaction(once, part -> {})))
        .isInstanceOf(TransactionException.class);
    for (String key : List.of(" ", "x".repeat(256), "a\0b")) {
      Transaction.Options bad = Transaction.Options.STANDARD.withIdempotencyKey(key);
      assertThatThrownBy(() -> db.transaction(bad, tx -> {}))
          .isInstanceOf(ValidationException.class);
    }

    // docs: resilience-old-keys
    Instant monthAgo = Instant.now().minus(Duration.ofDays(30));
    db.sql(
            """
            delete from plinth_done where "at" < :before
            """)
        .bind("before", monthAgo)
        .execute();
    // end

    assertThat(db.table("plinth_done").count()).isEqualTo(1);
  }

  @Test
  void reading() {
    // docs: resilience-reading
    Reading mine = db.reading(Freshness.STALE_OK);
    mine.run(() -> users.patch(ada.id(), c -> c.set(User::phone, "555-0123")));
    User seen = mine.call(() -> users.get(ada.id())); // has the new number
    String token = mine.position(); // into the user's session, say

    Reading later = db.reading(Freshness.STALE_OK).after(token);
    long count = later.call(() -> users.count());
    // end

    assertThat(seen.phone()).isEqualTo("555-0123");
    assertThat(count).isEqualTo(3);
  }

  @Test
  void health() {
    // docs: resilience-health
    Health health = db.health();
    if (health.status() != Health.Status.HEALTHY) {
      health.checks().forEach(check -> log.add(check.name() + ": " + check.detail()));
    }
    PoolHealth pool = db.poolHealth(); // active, idle, waiting, most
    boolean answers = db.ping(Duration.ofSeconds(30)); // patient, for a start
    // end

    assertThat(health.checks())
        .extracting(Health.Check::name)
        .containsExactly("connection", "performance", "pool");
    assertThat(pool.most()).isEqualTo(20);
    assertThat(answers).isTrue();
  }

  @Test
  void fallback() throws IOException {
    Path file = folder.resolve("away.db");
    try (PostgresServer own = PostgresServer.start()) {
      String server = own.freshDatabase();
      own.node().kill();
      // docs: resilience-fallback
      DatabaseConfig config = DatabaseConfig.of(server).with(Setting.FALLBACK, "sqlite:" + file);

      try (Database instead = Database.open(config)) {
        // sqlite DEGRADED
        log.add(instead.engine() + " " + instead.health().status());
      }
      // end

      assertThat(log).containsExactly("sqlite DEGRADED");
      try (Database instead = Database.open(config)) {
        instead.schema().create(Device.class);
        instead.repository(Device.class).create(new Device("Nokia 3310", 2000));
      }
      own.node().start();
      assertThatThrownBy(() -> Database.open(config))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("Bring over");
      Files.delete(file);
      try (Database back = Database.open(config)) {
        assertThat(back.engine()).isEqualTo("postgresql");
        assertThat(back.health().status()).isEqualTo(Health.Status.HEALTHY);
      }
    }
  }
}
