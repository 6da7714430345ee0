package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.AuditEntry;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Invoice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The invoices that the checks of a server that spreads rows work on.
///
/// Every check has tenants of its own, so that none sees what another one left.
record DistributedRows(Database db, Repository<Invoice, UUID> invoices) {

  DistributedRows(Database db) {
    this(db, db.repository(Invoice.class));
  }

  /// Where all rows of a tenant are.
  static Filter of(UUID tenant) {
    return field(Invoice::tenantId).is(tenant);
  }

  /// Where one row is.
  static Filter of(Invoice invoice) {
    return of(invoice.tenantId()).and(field(Invoice::id).is(invoice.id()));
  }

  static UUID id(Invoice invoice) {
    return Objects.requireNonNull(invoice.id());
  }

  /// Invoices 1, 2, … of a tenant, of so many cents.
  static List<Invoice> some(UUID tenant, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> Invoice.of(tenant, String.valueOf(i), i))
        .toList();
  }

  /// The first invoice of a new tenant.
  Invoice create(long cents) {
    return invoices.create(Invoice.of(UUID.randomUUID(), "1", cents));
  }

  /// Adds cents, whatever is there.
  void more(Invoice invoice, long cents) {
    assertThat(invoices.where(of(invoice)).update(c -> c.add(Invoice::cents, cents))).isEqualTo(1);
  }

  /// The cents of all live invoices of a tenant.
  long sum(UUID tenant) {
    return invoices.where(of(tenant)).list().stream().mapToLong(Invoice::cents).sum();
  }

  /// What the log has of a row, the oldest first.
  List<AuditEntry> history(Invoice invoice) {
    return db.audit().of(Invoice.class, id(invoice)).list().reversed();
  }

  /// What a row's cents became in its life, and that each change began where the one before ended.
  List<String> centsOf(Invoice invoice) {
    List<AuditEntry> entries = history(invoice);
    for (int i = 1; i < entries.size(); i++) {
      assertThat(entries.get(i).oldValues()).isEqualTo(entries.get(i - 1).newValues());
    }
    return entries.stream()
        .map(AuditEntry::newValues)
        .filter(Objects::nonNull)
        .map(values -> String.valueOf(cents(values)))
        .distinct()
        .toList();
  }

  private static @Nullable Object cents(Map<String, @Nullable Object> values) {
    return values.get("cents");
  }
}
