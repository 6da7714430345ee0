package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Actor;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.AccessException;
import dev.plinth.testkit.server.PostgresServer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/policies.md`, on a real server.
class PolicySnippetsTest extends Snippets {

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

  // docs: policy-record
  @Table("payments")
  public record Payment(@Id @Nullable UUID id, UUID userId, long cents) {}

  // end

  private void everyCall() {
    UUID ada = this.ada.id();
    UUID grace = this.grace.id();
    db.schema().create(Payment.class);
    // docs: policy-on
    db.policies()
        .on(Payment.class, actor -> field(Payment::userId).is(UUID.fromString(actor.id())));
    // end

    // docs: policy-calls
    Repository<Payment, UUID> payments = db.repository(Payment.class);
    Actor actor = Actor.of(ada.toString());
    db.actingAs(
        actor,
        () -> {
          payments.create(new Payment(null, ada, 500));
          payments.count(); // hers
          payments.query().update(c -> c.add(Payment::cents, 1)); // hers
          payments.create(new Payment(null, grace, 500)); // AccessException
        });
    // end
  }

  @Test
  void refusals() {
    assertThatThrownBy(this::everyCall).isInstanceOf(AccessException.class);
    Repository<Payment, UUID> payments = db.repository(Payment.class);
    assertThatThrownBy(payments::count).isInstanceOf(AccessException.class);
    // docs: policy-bypass
    long all = db.policies().bypass(() -> payments.count());
    // end
    assertThat(all).isEqualTo(1);
  }

  @Test
  void inTheServer() {
    db.schema().create(Payment.class);
    // docs: policy-install
    DatabaseConfig config = DatabaseConfig.of(url).with("rowSecurityRole", "authenticated");
    Database shop = Database.open(config);
    shop.policies()
        .on(Payment.class, actor -> field(Payment::userId).is(UUID.fromString(actor.id())))
        .install(); // once, and when a rule has changed
    List<String> findings = shop.policies().check(); // best empty
    // end
    try (shop) {
      assertThat(findings).hasSize(1).first().asString().contains("superuser");
      assertThat(shop.policies().sql()).isNotEmpty();
    }
  }
}
