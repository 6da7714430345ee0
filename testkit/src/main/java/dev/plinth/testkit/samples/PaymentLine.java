package dev.plinth.testkit.samples;

import dev.plinth.entity.Audited;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A child of [Payment], with a key that the database numbers and without an audit trail.
@Audited(false)
@Table("payment_lines")
public record PaymentLine(
    @Id long id,
    @References(value = Payment.class, cascade = true) UUID paymentId,
    String text,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A line that is about to be created.
  public static PaymentLine of(UUID payment, String text) {
    return new PaymentLine(0, payment, text, null);
  }
}
