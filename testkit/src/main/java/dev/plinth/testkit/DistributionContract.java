package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.spi.Capability;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Invoice;
import dev.plinth.testkit.samples.User;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What holds where rows are spread by a column: every write names it, and what could not be done on
/// an engine that shards is refused before it is sent.
public interface DistributionContract extends ContractBase {

  /// Opens with rows that are spread by tenant.
  default Database openSpread() {
    return open(config -> config.with("distribution", "tenant_id"), Invoice.class);
  }

  private static Filter of(Invoice invoice) {
    return field(Invoice::tenantId).is(invoice.tenantId()).and(field(Invoice::id).is(invoice.id()));
  }

  private static void assertRefused(ThrowingCallable call, String rule) {
    assertThatThrownBy(call)
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("tenant_id")
        .hasMessageContaining("distribution")
        .hasMessageContaining(rule);
  }

  @Test
  default void theColumnStandsInEveryKeyOfTheSchema() {
    try (Database db = openSpread()) {
      String sql = String.join("\n", db.schema().sql(Invoice.class)).replace('`', '"');
      assertThat(sql)
          .contains("primary key (\"tenant_id\", \"id\")")
          .containsPattern("unique index.*\"invoices\" \\(.*\"tenant_id\".*\"number\"")
          .doesNotContain("not null primary key");
      if (db.capabilities().contains(Capability.FOREIGN_KEYS)) {
        assertThat(sql)
            .contains("foreign key (\"tenant_id\", \"corrects\")")
            .contains("references \"invoices\" (\"tenant_id\", \"id\")");
      }
      Repository<Invoice, UUID> invoices = db.repository(Invoice.class);
      UUID first = UUID.randomUUID();
      invoices.create(Invoice.of(first, "1", 5));
      invoices.create(Invoice.of(UUID.randomUUID(), "1", 5));
      assertThatThrownBy(() -> invoices.create(Invoice.of(first, "1", 5)))
          .isInstanceOf(ConstraintException.class);
    }
  }

  @Test
  default void writesThatNameTheColumnWorkAsEverywhere() {
    try (Database db = openSpread()) {
      Repository<Invoice, UUID> invoices = db.repository(Invoice.class);
      UUID tenant = UUID.randomUUID();
      Invoice one = invoices.create(Invoice.of(tenant, "1", 5));
      Invoice two = invoices.update(one.withCents(6));
      assertThat(invoices.get(one.id())).isEqualTo(two);
      assertThatThrownBy(() -> invoices.update(one.withCents(7)))
          .isInstanceOf(StaleVersionException.class);
      assertThat(invoices.save(two.withCents(8)).cents()).isEqualTo(8);
      assertThat(invoices.save(Invoice.of(tenant, "1", 9), Invoice::number).id())
          .isEqualTo(one.id());
      List<Invoice> many =
          invoices.createAll(
              IntStream.range(2, 40)
                  .mapToObj(i -> Invoice.of(tenant, String.valueOf(i), i))
                  .toList());
      invoices.updateAll(many.stream().map(invoice -> invoice.withCents(1)).toList());
      assertThat(invoices.where(field(Invoice::cents).is(1L)).count()).isEqualTo(38);
      assertThat(invoices.where(of(one)).update(c -> c.add(Invoice::cents, 1))).isEqualTo(1);
      assertThat(invoices.where(of(one)).delete()).isEqualTo(1);
      assertThat(invoices.find(one.id())).isEmpty();
      assertThat(db.audit().of(Invoice.class, one.id()).count()).isEqualTo(6);
    }
  }

  @Test
  default void whatDoesNotNameTheColumnIsRefusedWithItsRule() {
    try (Database db = openSpread()) {
      Repository<Invoice, UUID> invoices = db.repository(Invoice.class);
      Invoice one = invoices.create(Invoice.of(UUID.randomUUID(), "1", 5));
      UUID other = UUID.randomUUID();
      String where = "which value of it the rows have";
      assertRefused(() -> invoices.delete(one.id()), where);
      assertRefused(() -> invoices.purge(one.id()), where);
      assertRefused(() -> invoices.restore(one.id()), where);
      assertRefused(() -> invoices.deleteAll(List.of(one.id())), where);
      assertRefused(() -> invoices.where(field(Invoice::cents).is(5L)).delete(), where);
      assertRefused(
          () ->
              invoices
                  .where(field(Invoice::tenantId).is(other).or(field(Invoice::id).is(one.id())))
                  .delete(),
          where);
      String key = "the key alone does not say where the row lies";
      assertRefused(() -> invoices.patch(one.id(), c -> c.set(Invoice::cents, 6L)), key);
      assertRefused(() -> invoices.increment(one.id(), Invoice::cents, 1), key);
      assertRefused(
          () -> invoices.where(of(one)).update(c -> c.set(Invoice::tenantId, other)),
          "it cannot be changed");
      assertRefused(() -> invoices.create(Invoice.of(null, "2", 5)), "must have a value");
      Invoice elsewhere = invoices.create(Invoice.of(other, "1", 5));
      assertRefused(() -> invoices.updateAll(List.of(one, elsewhere)), "one call");
      assertThat(invoices.query().list()).as("nothing was sent").hasSize(2).contains(one);
    }
  }

  @Test
  default void tablesThatCannotBeSpreadAreRefused() {
    try (Database db = openSpread()) {
      assertRefused(() -> db.schema().create(User.class), "no such column");
      assertRefused(() -> db.schema().create(Account.class), "numbered by the database");
      assertRefused(
          () -> db.<Account, Long>repository(Account.class).create(Account.of("ada", 1)),
          "numbered by the database");
      assertThat(db.schema().tables()).doesNotContain("users", "account");
    }
  }
}
