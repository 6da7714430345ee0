package dev.plinth.testkit.samples;

import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A row of one of many tenants, for engines that spread rows by tenant.
@Table("invoices")
public record Invoice(
    @Id @Nullable UUID id,
    UUID tenantId,
    @Unique String number,
    long cents,
    @References(Invoice.class) @Nullable UUID corrects,
    @Version long version,
    @CreatedAt @Nullable Instant createdAt,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A new invoice of a tenant.
  @SuppressWarnings("NullAway") // some have none, to be refused
  public static Invoice of(@Nullable UUID tenant, String number, long cents) {
    return new Invoice(null, tenant, number, cents, null, 0, null, null);
  }

  /// The same for another sum.
  public Invoice withCents(long cents) {
    return new Invoice(id, tenantId, number, cents, corrects, version, createdAt, deletedAt);
  }
}
