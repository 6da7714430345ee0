package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.DistributedConformance;
import dev.plinth.testkit.server.PostgresServer;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/distributed.md`, and what its tables say.
class DistributedSnippetsTest {

  private static final String PAGE = "docs/guide/distributed.md";

  // docs: distributed-record
  @NullMarked
  record Bill(
      @Id @Nullable UUID id,
      UUID tenantId,
      @Unique String number,
      @References(Bill.class) @Nullable UUID corrects,
      long cents,
      @Version long version) {}

  // end

  private final String url = PostgresServer.shared().freshDatabase();
  private final UUID tenant = UUID.randomUUID();
  private Database db;
  private Repository<Bill, UUID> bills;

  @BeforeEach
  void open() {
    // docs: distributed-open
    DatabaseConfig config = DatabaseConfig.of(url).with(Setting.DISTRIBUTION, "tenant_id");
    // end

    db = Database.open(config);
    db.schema().create(Bill.class);
    bills = db.repository(Bill.class);
  }

  @AfterEach
  void giveBack() {
    db.close();
    PostgresServer.shared().giveBack(url);
  }

  @Test
  void writing() {
    UUID id = bills.create(new Bill(null, tenant, "2025-1", null, 1, 0)).id();
    bills.create(new Bill(null, tenant, "2025-2", null, 0, 0));
    Bill elsewhere = bills.create(new Bill(null, UUID.randomUUID(), "2026-1", null, 0, 0));
    long cents;
    // docs: distributed-rows
    Bill bill = bills.create(new Bill(null, tenant, "2026-1", null, 500, 0));
    bills.save(new Bill(null, tenant, "2026-1", null, 700, 0), Bill::number);
    cents = bills.get(bill.id()).cents(); // 700
    // end

    assertThat(cents).isEqualTo(700);

    // docs: distributed-sets
    Filter here = field(Bill::tenantId).is(tenant);
    bills.where(here.and(field(Bill::id).is(id))).update(c -> c.add(Bill::cents, 50));
    bills.where(here.and(field(Bill::cents).is(0L))).delete();
    // end

    assertThat(bills.where(here).list())
        .extracting(Bill::cents)
        .containsExactlyInAnyOrder(51L, 700L);
    assertThatThrownBy(() ->
            bills.update(new Bill(elsewhere.id(), tenant, "2026-9", null, 1, elsewhere.version())))
        .isInstanceOf(DatabaseException.class);
    assertThat(bills.get(elsewhere.id())).isEqualTo(elsewhere);
  }

  @Test
  void schema() {
    assertThat(Docs.flat(Docs.blocks(PAGE, "sql").getFirst()))
        .isEqualTo(Docs.flat(String.join("; ", db.schema().sql(Bill.class)) + ";"));
  }

  /// The rules of the page are the words of the layer, all of them.
  @Test
  void refusals() {
    Bill one = bills.create(new Bill(null, tenant, "1", null, 5, 0));
    Bill two = bills.create(new Bill(null, UUID.randomUUID(), "1", null, 5, 0));
    UUID id = one.id();
    Filter here = field(Bill::tenantId).is(tenant);
    assertThat(Docs.cells(Docs.text(Docs.root().resolve(PAGE)), "rule"))
        .extracting(List::getFirst)
        .containsExactly(
            rule(() -> db.schema().create(User.class)),
            rule(() -> db.schema().create(Visit.class)),
            rule(() -> db.schema().create(Currency.class)),
            rule(() -> bills.create(new Bill(null, null, "2", null, 5, 0))),
            rule(() -> bills.where(here).update(c -> c.set(Bill::tenantId, two.tenantId()))),
            rule(() -> bills.updateAll(List.of(one, two))),
            rule(() -> bills.patch(id, c -> c.set(Bill::cents, 6L))),
            rule(() -> bills.delete(id)));
    String where = rule(() -> bills.purge(id));
    assertThat(rule(() -> bills.where(field(Bill::tenantId).in(tenant)).delete())).isEqualTo(where);
    assertThat(rule(() -> bills.where(here.or(field(Bill::id).is(id))).delete())).isEqualTo(where);
    assertThat(rule(() -> bills.increment(id, Bill::cents, 1)))
        .isEqualTo(rule(() -> bills.patch(id, c -> c.set(Bill::cents, 6L))));
    assertThat(bills.query().list()).containsExactlyInAnyOrder(one, two);
  }

  @Table("currencies")
  record Currency(@Id String code, UUID tenantId) {}

  private static String rule(ThrowingCallable call) {
    UnsupportedException refused = catchThrowableOfType(UnsupportedException.class, call);
    assertThat(refused).isNotNull();
    return refused.getMessage().replaceFirst(".*'distribution'\\), and (.*)\\.$", "$1");
  }

  @Test
  void suite() {
    // docs: distributed-suite
    int code = DistributedConformance.run(url, System.out);
    // end

    assertThat(code).isZero();
  }
}
