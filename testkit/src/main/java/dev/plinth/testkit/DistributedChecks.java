package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.DistributedRows.id;
import static dev.plinth.testkit.DistributedRows.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.config.Isolation;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Invoice;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What the layer needs of a server that spreads rows, one check after the other.
final class DistributedChecks {

  /// Something that must hold.
  @FunctionalInterface
  interface Check {
    /// Returns if it does.
    void run() throws Exception;
  }

  private final DistributedRows rows;
  private final Database db;
  private final Repository<Invoice, UUID> invoices;

  DistributedChecks(Database db) {
    this.rows = new DistributedRows(db);
    this.db = db;
    this.invoices = rows.invoices();
  }

  /// All of them, in the order in which they are to run: the first makes the table.
  Map<String, Check> all() {
    Map<String, Check> all = new LinkedHashMap<>();
    all.put("tables with the column in every key", this::tables);
    all.put("create and read", this::creates);
    all.put("createAll by COPY", this::createsMany);
    all.put("update with version", this::updates);
    all.put("stale version refused", this::refusesStale);
    all.put("updateAll", this::updatesMany);
    all.put("save by key", this::savesByKey);
    all.put("save by a unique column of the tenant", this::savesByNumber);
    all.put("set-based update, delete and restore", this::changesSets);
    all.put("soft delete, restore and purge", this::deletesSoftly);
    all.put("unique violation named", this::namesUnique);
    all.put("reference within the tenant", this::refers);
    all.put("audit complete", this::audits);
    all.put("stream by a cursor", this::streams);
    all.put("pages by a cursor", this::pages);
    new DistributedTransactionChecks(rows).addTo(all);
    all.put("what cannot be is refused", this::refuses);
    return all;
  }

  private void tables() {
    String sql = String.join("\n", db.schema().sql(Invoice.class));
    assertThat(sql)
        .contains("primary key (\"tenant_id\", \"id\")")
        .containsPattern("unique index.*\"invoices\" \\(.*\"tenant_id\".*\"number\"");
    db.schema().create(Invoice.class);
    List<String> spreading =
        db.sql(
                "select n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                    + " where p.proname = 'create_distributed_table'")
            .as(String.class)
            .list();
    if (!spreading.isEmpty()) { // Citus
      String call =
          "select \"%s\".create_distributed_table('invoices', 'tenant_id')"
              .formatted(spreading.getFirst());
      db.transaction(
          Options.STANDARD.withIsolation(Isolation.READ_COMMITTED),
          tx -> db.sql(call).rows().list());
    }
    assertThat(db.schema().tables()).contains("invoices");
  }

  private void creates() {
    Invoice one = rows.create(5);
    assertThat(invoices.get(id(one))).isEqualTo(one);
    assertThat(invoices.where(DistributedRows.of(one)).one()).isEqualTo(one);
    Invoice elsewhere = invoices.create(Invoice.of(UUID.randomUUID(), one.number(), 6));
    assertThat(invoices.findAll(List.of(id(one), id(elsewhere))))
        .containsExactlyInAnyOrder(one, elsewhere);
  }

  private void createsMany() {
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    List<Invoice> given = new ArrayList<>(some(first, 150));
    given.addAll(some(second, 150));
    List<Invoice> made = invoices.createAll(given);
    assertThat(made)
        .extracting(Invoice::cents)
        .isEqualTo(given.stream().map(Invoice::cents).toList());
    assertThat(made).extracting(Invoice::tenantId).startsWith(first).endsWith(second);
    assertThat(invoices.where(DistributedRows.of(first)).list())
        .containsExactlyInAnyOrderElementsOf(made.subList(0, 150));
    assertThatThrownBy(() ->
            invoices.createAll(List.of(Invoice.of(second, "new", 1), Invoice.of(first, "1", 1))))
        .isInstanceOf(ConstraintException.class);
    assertThat(invoices.where(DistributedRows.of(second)).count())
        .as("all or nothing")
        .isEqualTo(150);
  }

  private void updates() {
    Invoice one = rows.create(5);
    Invoice two = invoices.update(one.withCents(6));
    assertThat(two.version()).isGreaterThan(one.version());
    assertThat(two.cents()).isEqualTo(6);
    assertThat(invoices.get(id(one))).isEqualTo(two);
  }

  private void refusesStale() {
    Invoice one = rows.create(5);
    Invoice two = invoices.update(one.withCents(6));
    StaleVersionException stale =
        catchThrowableOfType(StaleVersionException.class, () -> invoices.update(one.withCents(7)));
    assertThat(stale).isNotNull();
    assertThat(stale.expected()).isEqualTo(one.version());
    assertThat(stale.found()).isEqualTo(two.version());
    assertThat(invoices.get(id(one))).isEqualTo(two);
  }

  private void updatesMany() {
    UUID tenant = UUID.randomUUID();
    List<Invoice> made = invoices.createAll(some(tenant, 40));
    List<Invoice> changed =
        invoices.updateAll(made.stream().map(one -> one.withCents(one.cents() + 100)).toList());
    assertThat(changed).extracting(Invoice::id).isEqualTo(made.stream().map(Invoice::id).toList());
    assertThat(invoices.where(DistributedRows.of(tenant)).list())
        .containsExactlyInAnyOrderElementsOf(changed);
    List<Invoice> stale = new ArrayList<>(changed);
    stale.set(20, made.get(20));
    assertThatThrownBy(() -> invoices.updateAll(stale)).isInstanceOf(StaleVersionException.class);
    assertThat(invoices.where(DistributedRows.of(tenant)).list())
        .containsExactlyInAnyOrderElementsOf(changed);
  }

  private void savesByKey() {
    UUID tenant = UUID.randomUUID();
    Invoice one = invoices.save(Invoice.of(tenant, "1", 5));
    Invoice two = invoices.save(one.withCents(6));
    assertThat(two.id()).isEqualTo(one.id());
    assertThat(invoices.where(DistributedRows.of(tenant)).one().cents()).isEqualTo(6);
  }

  private void savesByNumber() {
    UUID tenant = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    Invoice one = invoices.save(Invoice.of(tenant, "1", 5), Invoice::number);
    Invoice elsewhere = invoices.save(Invoice.of(other, "1", 6), Invoice::number);
    assertThat(elsewhere.id()).isNotEqualTo(one.id());
    assertThat(invoices.save(Invoice.of(tenant, "1", 7), Invoice::number).id()).isEqualTo(one.id());
    assertThat(invoices.where(DistributedRows.of(tenant)).one().cents()).isEqualTo(7);
    assertThat(invoices.where(DistributedRows.of(other)).one()).isEqualTo(elsewhere);
  }

  private void changesSets() {
    UUID tenant = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    invoices.createAll(some(tenant, 30));
    List<Invoice> untouched = invoices.createAll(some(other, 30));
    Filter few = DistributedRows.of(tenant).and(field(Invoice::cents).atMost(10L));
    assertThat(invoices.where(few).update(c -> c.add(Invoice::cents, -100))).isEqualTo(10);
    assertThat(invoices.where(few).count()).isEqualTo(10);
    assertThat(invoices.where(few).delete()).isEqualTo(10);
    assertThat(invoices.where(DistributedRows.of(tenant)).count()).isEqualTo(20);
    assertThat(invoices.where(few).restore()).isEqualTo(10);
    assertThat(rows.sum(tenant)).isEqualTo(30 * 31 / 2 - 1000);
    assertThat(invoices.where(few).purge()).isEqualTo(10);
    assertThat(invoices.where(DistributedRows.of(tenant)).includeDeleted().count()).isEqualTo(20);
    assertThat(invoices.where(DistributedRows.of(other)).list())
        .containsExactlyInAnyOrderElementsOf(untouched);
  }

  private void deletesSoftly() {
    Invoice one = rows.create(5);
    assertThat(invoices.where(DistributedRows.of(one)).delete()).isEqualTo(1);
    assertThat(invoices.find(id(one))).isEmpty();
    assertThat(invoices.where(DistributedRows.of(one)).onlyDeleted().one().deletedAt()).isNotNull();
    Invoice next = invoices.create(Invoice.of(one.tenantId(), one.number(), 6));
    assertThatThrownBy(() -> invoices.where(DistributedRows.of(one)).restore())
        .as("a live row has its number")
        .isInstanceOf(ConstraintException.class);
    assertThat(invoices.where(DistributedRows.of(next)).purge()).isEqualTo(1);
    assertThat(invoices.where(DistributedRows.of(one)).restore()).isEqualTo(1);
    assertThat(invoices.get(id(one)).deletedAt()).isNull();
    assertThat(invoices.where(DistributedRows.of(one.tenantId())).includeDeleted().count())
        .isEqualTo(1);
  }

  private void namesUnique() {
    Invoice one = rows.create(5);
    ConstraintException refused =
        catchThrowableOfType(
            ConstraintException.class,
            () -> invoices.create(Invoice.of(one.tenantId(), one.number(), 6)));
    assertThat(refused).isNotNull();
    assertThat(refused.kind()).isEqualTo(Kind.UNIQUE);
    assertThat(refused.columns()).contains("number");
    assertThat(refused.constraint().orElse("")).startsWith("invoices_number_key");
    assertThat(invoices.where(DistributedRows.of(one.tenantId())).list()).containsExactly(one);
  }

  private void refers() {
    Invoice one = rows.create(5);
    Invoice correction = invoices.create(correcting(one.tenantId(), id(one)));
    assertThat(invoices.get(id(correction)).corrects()).isEqualTo(one.id());
    ConstraintException refused =
        catchThrowableOfType(
            ConstraintException.class,
            () -> invoices.create(correcting(UUID.randomUUID(), id(one))));
    assertThat(refused).as("a reference into another tenant").isNotNull();
    assertThat(refused.kind()).isEqualTo(Kind.FOREIGN_KEY);
  }

  private void audits() {
    Invoice one = rows.create(5);
    invoices.update(one.withCents(6));
    rows.more(one, 1);
    invoices.where(DistributedRows.of(one)).delete();
    invoices.where(DistributedRows.of(one)).restore();
    invoices.where(DistributedRows.of(one)).purge();
    List<AuditEntry> entries = rows.history(one);
    assertThat(entries)
        .extracting(AuditEntry::action)
        .containsExactly(
            Action.CREATE,
            Action.UPDATE,
            Action.UPDATE,
            Action.SOFT_DELETE,
            Action.RESTORE,
            Action.DELETE);
    assertThat(rows.centsOf(one)).containsExactly("5", "6", "7");
    List<Invoice> many = invoices.createAll(some(UUID.randomUUID(), 60));
    for (Invoice each : List.of(many.getFirst(), many.get(30), many.getLast())) {
      assertThat(rows.history(each)).extracting(AuditEntry::action).containsExactly(Action.CREATE);
    }
    db.transaction(tx -> {
      rows.more(many.getFirst(), 1);
      tx.rollback();
    });
    assertThat(rows.history(many.getFirst())).as("what was undone is not in it").hasSize(1);
  }

  private void streams() {
    UUID tenant = UUID.randomUUID();
    invoices.createAll(some(tenant, 2100)); // more than are fetched at a time
    Set<Long> seen = new HashSet<>();
    try (Stream<Invoice> all = invoices.where(DistributedRows.of(tenant)).stream()) {
      all.forEach(one -> assertThat(seen.add(one.cents())).isTrue());
    }
    assertThat(seen).hasSize(2100);
    try (Stream<Invoice> few = invoices.where(DistributedRows.of(tenant)).stream()) {
      assertThat(few.limit(3)).hasSize(3);
    }
    assertThat(db.poolHealth().active()).as("connections that a stream kept").isZero();
  }

  private void pages() {
    UUID tenant = UUID.randomUUID();
    List<Long> given = invoices.createAll(some(tenant, 25)).stream().map(Invoice::cents).toList();
    Query<Invoice> query =
        invoices
            .where(DistributedRows.of(tenant))
            .orderBy(Order.ascending(Invoice::cents))
            .limit(7);
    List<Long> forth = new ArrayList<>();
    Slice<Invoice> slice = query.slice();
    slice.items().forEach(one -> forth.add(one.cents()));
    while (slice.next().isPresent()) {
      slice = query.after(slice.next().get()).slice();
      slice.items().forEach(one -> forth.add(one.cents()));
    }
    assertThat(forth).isEqualTo(given);
    Slice<Invoice> back = query.before(slice.previous().orElseThrow()).slice();
    assertThat(back.items()).extracting(Invoice::cents).isEqualTo(given.subList(14, 21));
    assertThat(invoices.where(DistributedRows.of(tenant)).page(3, 10).items()).hasSize(5);
  }

  private void refuses() {
    Invoice one = rows.create(5);
    Invoice elsewhere = rows.create(5);
    UUID other = elsewhere.tenantId();
    String where = "which value of it the rows have";
    refused(() -> invoices.delete(id(one)), where);
    refused(() -> invoices.purge(id(one)), where);
    refused(() -> invoices.restore(id(one)), where);
    refused(() -> invoices.deleteAll(List.of(id(one))), where);
    refused(() -> invoices.where(field(Invoice::cents).is(5L)).delete(), where);
    refused(
        () -> invoices.where(DistributedRows.of(other).or(DistributedRows.of(one))).delete(),
        where);
    String key = "the key alone does not say where the row lies";
    refused(() -> invoices.patch(id(one), c -> c.set(Invoice::cents, 6L)), key);
    refused(() -> invoices.increment(id(one), Invoice::cents, 1), key);
    refused(
        () -> invoices.where(DistributedRows.of(one)).update(c -> c.set(Invoice::tenantId, other)),
        "it cannot be changed");
    refused(() -> invoices.create(Invoice.of(null, "2", 5)), "must have a value");
    refused(() -> invoices.updateAll(List.of(one, elsewhere)), "one call");
    refused(() -> db.schema().create(User.class), "no such column");
    refused(() -> db.schema().create(Account.class), "numbered by the database");
    assertThat(invoices.get(id(one))).as("nothing was sent").isEqualTo(one);
    assertThat(invoices.get(id(elsewhere))).isEqualTo(elsewhere);
  }

  private static void refused(ThrowingCallable call, String rule) {
    assertThatThrownBy(call)
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("tenant_id")
        .hasMessageContaining(rule);
  }

  private static Invoice correcting(UUID tenant, UUID other) {
    return new Invoice(null, tenant, "correction", 1, other, 0, null, null);
  }
}
