package dev.plinth.testkit.samples;

import dev.plinth.entity.Audited;
import dev.plinth.entity.Cached;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.Id;
import dev.plinth.entity.Index;
import dev.plinth.entity.References;
import dev.plinth.entity.Table;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Records that refer to one another: to two sides of one table, to nobody, and to themselves.
public interface Shop {

  /// Somebody who pays and is paid.
  @Table("customers")
  record Customer(@Id UUID id, String name, int rank, @DeletedAt @Nullable Instant deletedAt) {

    /// A customer who is about to be created.
    @SuppressWarnings("NullAway") // the key is the layer's to make
    public static Customer of(String name, int rank) {
      return new Customer(null, name, rank, null);
    }
  }

  /// What one customer pays, perhaps to another.
  @Table("payments")
  @Index("payerId")
  @Index("payeeId")
  record Payment(
      @Id UUID id,
      @References(Customer.class) UUID payerId,
      @References(Customer.class) @Nullable UUID payeeId,
      long cents,
      @Version long version,
      @CreatedAt Instant createdAt,
      @DeletedAt @Nullable Instant deletedAt) {

    /// A payment that is about to be created.
    @SuppressWarnings("NullAway") // key and time are the layer's to make
    public static Payment of(UUID payer, @Nullable UUID payee, long cents) {
      return new Payment(null, payer, payee, cents, 0, null, null);
    }
  }

  /// A line of a payment; the database numbers it, and it ends for good.
  @Table("lines")
  @Audited(false)
  record Line(@Id long id, @References(Payment.class) UUID paymentId, String text) {

    /// A line that is about to be created.
    public static Line of(UUID payment, String text) {
      return new Line(0, payment, text);
    }
  }

  /// A folder in a folder.
  @Table("folders")
  @Audited(false)
  record Folder(
      @Id long id,
      @References(Folder.class) @Nullable Long parentId,
      String name,
      @DeletedAt @Nullable Instant deletedAt) {

    /// A folder that is about to be created.
    public static Folder of(long id, @Nullable Long parent, String name) {
      return new Folder(id, parent, name, null);
    }
  }

  /// A card of a customer, kept in memory.
  @Table("cards")
  @Cached
  @Audited(false)
  record Card(@Id long id, @References(Customer.class) UUID ownerId, String number) {

    /// A card that is about to be created.
    public static Card of(UUID owner, String number) {
      return new Card(0, owner, number);
    }
  }
}
