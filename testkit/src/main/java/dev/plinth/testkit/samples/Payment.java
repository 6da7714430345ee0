package dev.plinth.testkit.samples;

import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A child of [Customer] that goes and comes with it, and has [PaymentLine]s.
@Table("payments")
public record Payment(
    @Id UUID id,
    @References(value = Customer.class, cascade = true) @Nullable UUID customerId,
    @Unique String number,
    @Version long version,
    @DeletedAt @Nullable Instant deletedAt) {

  /// A payment that is about to be created.
  @SuppressWarnings("NullAway") // the key is the layer's to make
  public static Payment of(@Nullable UUID customer, String number) {
    return new Payment(null, customer, number, 0, null);
  }

  /// The same of another customer.
  public Payment withCustomerId(@Nullable UUID customer) {
    return new Payment(id, customer, number, version, deletedAt);
  }

  /// The same with another number.
  public Payment withNumber(String number) {
    return new Payment(id, customerId, number, version, deletedAt);
  }
}
