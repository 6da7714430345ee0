package dev.plinth.testkit;

import static dev.plinth.testkit.DistributedRows.id;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.Isolation;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.TransactionException;
import dev.plinth.testkit.samples.Invoice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// What the layer needs of the transactions of a server that spreads rows.
final class DistributedTransactionChecks {

  private static final Options OFTEN =
      Options.STANDARD.withRetries(RetryPolicy.STANDARD.withAttempts(50));
  private static final Options COMMITTED = OFTEN.withIsolation(Isolation.READ_COMMITTED);
  private static final Duration HELD = Duration.ofMillis(200);
  private static final int LONG_WAIT = 60;

  private final DistributedRows rows;
  private final Database db;
  private final Repository<Invoice, UUID> invoices;

  DistributedTransactionChecks(DistributedRows rows) {
    this.rows = rows;
    this.db = rows.db();
    this.invoices = rows.invoices();
  }

  void addTo(Map<String, DistributedChecks.Check> all) {
    all.put("transaction with savepoints", this::savepoints);
    all.put("read-only transaction", this::readsOnly);
    all.put("snapshot sees one moment", this::seesOneMoment);
    all.put("snapshot loses no update", this::losesNoUpdate);
    all.put("serializable prevents write skew", this::serializes);
    all.put("row locks", this::locks);
    all.put("idempotency key", this::happensOnce);
    all.put("two tenants at once", this::tenantsAtOnce);
    all.put("deadlock applied once", this::survivesDeadlock);
  }

  private void savepoints() {
    UUID tenant = UUID.randomUUID();
    db.transaction(tx -> {
      invoices.create(Invoice.of(tenant, "1", 1));
      assertThatThrownBy(() ->
              db.transaction(part -> {
                invoices.create(Invoice.of(tenant, "2", 10));
                invoices.create(Invoice.of(tenant, "1", 10));
              }))
          .isInstanceOf(ConstraintException.class);
      db.transaction(part -> {
        invoices.create(Invoice.of(tenant, "3", 100));
        part.rollback();
      });
      db.transaction(part -> invoices.create(Invoice.of(tenant, "4", 1000)));
    });
    assertThat(rows.sum(tenant)).isEqualTo(1001);
    assertThatThrownBy(() ->
            db.transaction(tx -> {
              invoices.create(Invoice.of(tenant, "5", 10));
              throw new IllegalStateException("undone");
            }))
        .isExactlyInstanceOf(IllegalStateException.class);
    assertThat(rows.sum(tenant)).isEqualTo(1001);
  }

  private void readsOnly() {
    Invoice one = rows.create(5);
    db.transaction(
        Options.READ_ONLY,
        tx -> {
          assertThat(invoices.get(id(one))).isEqualTo(one);
          assertThat(invoices.where(DistributedRows.of(one.tenantId())).count()).isEqualTo(1);
        });
    assertThatThrownBy(() -> db.transaction(Options.READ_ONLY, tx -> rows.more(one, 1)))
        .isInstanceOf(TransactionException.class);
    assertThat(invoices.get(id(one))).isEqualTo(one);
  }

  private void seesOneMoment() throws InterruptedException {
    Invoice one = rows.create(5);
    AtomicInteger changes = new AtomicInteger();
    db.transaction(
        OFTEN,
        tx -> {
          long before = rows.sum(one.tenantId());
          if (changes.getAndIncrement() == 0) {
            Together.run(1, thread -> rows.more(one, 1)); // past us
          }
          assertThat(rows.sum(one.tenantId())).isEqualTo(before);
          assertThat(invoices.get(id(one)).cents()).isEqualTo(before);
        });
    assertThat(rows.sum(one.tenantId())).isEqualTo(6);
  }

  private void losesNoUpdate() throws InterruptedException {
    Invoice one = rows.create(0);
    CyclicBarrier allHaveRead = new CyclicBarrier(4);
    Together.run(
        4,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          db.transaction(
              OFTEN,
              tx -> {
                long read = invoices.where(DistributedRows.of(one)).one().cents();
                if (attempts.incrementAndGet() == 1) {
                  allHaveRead.await(LONG_WAIT, SECONDS);
                }
                invoices
                    .where(DistributedRows.of(one))
                    .update(c -> c.set(Invoice::cents, read + 1));
              });
        });
    assertThat(invoices.get(id(one)).cents()).isEqualTo(4);
    assertThat(rows.centsOf(one)).containsExactly("0", "1", "2", "3", "4");
  }

  /// Each of two rows may become 0 if the other one stays.
  private void serializes() throws InterruptedException {
    UUID tenant = UUID.randomUUID();
    List<Invoice> both =
        invoices.createAll(List.of(Invoice.of(tenant, "1", 1), Invoice.of(tenant, "2", 1)));
    CyclicBarrier bothHaveRead = new CyclicBarrier(2);
    Together.run(
        2,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          db.transaction(
              OFTEN.withIsolation(Isolation.SERIALIZABLE),
              tx -> {
                long there = rows.sum(tenant);
                if (attempts.incrementAndGet() == 1) {
                  bothHaveRead.await(LONG_WAIT, SECONDS);
                }
                if (there == 2) {
                  rows.more(both.get(thread), -1);
                }
              });
        });
    assertThat(rows.sum(tenant)).isEqualTo(1);
  }

  private void locks() throws InterruptedException {
    Invoice one = rows.create(0);
    CountDownLatch has = new CountDownLatch(1);
    AtomicBoolean ending = new AtomicBoolean();
    Together.run(
        2,
        thread -> {
          if (thread == 0) {
            db.transaction(
                COMMITTED,
                tx -> {
                  rows.more(one, 1);
                  has.countDown();
                  Thread.sleep(HELD);
                  ending.set(true);
                });
          } else {
            assertThat(has.await(LONG_WAIT, SECONDS)).isTrue();
            db.transaction(
                COMMITTED,
                tx -> {
                  rows.more(one, 10);
                  assertThat(ending).as("waited for who had the row").isTrue();
                });
          }
        });
    assertThat(rows.centsOf(one)).containsExactly("0", "1", "11");
  }

  private void happensOnce() throws InterruptedException {
    Invoice one = rows.create(0);
    Options once = OFTEN.withIdempotencyKey("conformance " + one.id());
    db.transaction(once, tx -> rows.more(one, 1));
    db.transaction(once, tx -> rows.more(one, 1));
    assertThat(rows.sum(one.tenantId())).isEqualTo(1);
    Options atOnce = OFTEN.withIdempotencyKey("conformance at once " + one.id());
    Together.run(4, thread -> db.transaction(atOnce, tx -> rows.more(one, 10)));
    assertThat(rows.sum(one.tenantId())).isEqualTo(11);
  }

  private void tenantsAtOnce() throws InterruptedException {
    List<UUID> tenants = List.of(UUID.randomUUID(), UUID.randomUUID());
    Together.run(
        4,
        thread -> {
          UUID tenant = tenants.get(thread % 2);
          for (int i = 1; i <= 15; i++) {
            String number = thread / 2 + "-" + i; // the same ones in both tenants
            Invoice made = invoices.create(Invoice.of(tenant, number, thread % 2 == 0 ? 1 : 100));
            invoices.update(made.withCents(made.cents() * 2));
          }
        });
    assertThat(rows.sum(tenants.getFirst())).isEqualTo(30 * 2);
    assertThat(rows.sum(tenants.getLast())).isEqualTo(30 * 200);
    assertThat(invoices.where(DistributedRows.of(tenants.getFirst())).count()).isEqualTo(30);
  }

  /// Two that take two rows of two tenants, which may lie on two machines, in opposite order.
  private void survivesDeadlock() throws InterruptedException {
    List<Invoice> both = List.of(rows.create(0), rows.create(0));
    CyclicBarrier bothHaveOne = new CyclicBarrier(2);
    Together.run(
        2,
        thread -> {
          AtomicInteger attempts = new AtomicInteger();
          db.transaction(
              OFTEN,
              tx -> {
                rows.more(both.get(thread), 1);
                if (attempts.incrementAndGet() == 1) {
                  bothHaveOne.await(LONG_WAIT, SECONDS);
                }
                rows.more(both.get(1 - thread), 1);
              });
        });
    for (Invoice one : both) {
      assertThat(rows.centsOf(one)).containsExactly("0", "1", "2");
    }
  }
}
