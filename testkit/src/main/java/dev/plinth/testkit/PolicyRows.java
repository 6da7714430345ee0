package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Actor;
import dev.plinth.config.Setting;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Cached;
import dev.plinth.entity.Counter;
import dev.plinth.entity.CreatedAt;
import dev.plinth.entity.DeletedAt;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Searchable;
import dev.plinth.entity.Table;
import dev.plinth.entity.Unique;
import dev.plinth.entity.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Two tenants and their rows, for the contracts of row policies.
///
/// Whatever is Bob's has `BOB` in it, so that it is recognized wherever it turns up.
final class PolicyRows implements AutoCloseable {

  static final UUID ANN = UUID.fromString("0a0a0a0a-0000-4000-8000-000000000001");
  static final UUID BOB = UUID.fromString("0b0b0b0b-0000-4000-8000-000000000002");

  /// What stands in every row of Bob's.
  static final String MARK = "BOB";

  /// A row of one user, with all that the layer does for a row.
  @Table("payments")
  record Payment(
      @Id @Nullable UUID id,
      UUID userId,
      @Unique String reference,
      @Searchable @FullText String note,
      @Counter long cents,
      @Version long version,
      @CreatedAt @Nullable Instant createdAt,
      @DeletedAt @Nullable Instant deletedAt) {

    static Payment of(UUID user, String reference, String note) {
      return new Payment(null, user, reference, note, 0, 0, null, null);
    }

    Payment withNote(String note) {
      return new Payment(id, userId, reference, note, cents, version, createdAt, deletedAt);
    }

    Payment withUser(UUID user) {
      return new Payment(id, user, reference, note, cents, version, createdAt, deletedAt);
    }

    Payment withId(@Nullable UUID id) {
      return new Payment(id, userId, reference, note, cents, version, createdAt, deletedAt);
    }

    Payment withReference(String reference) {
      return new Payment(id, userId, reference, note, cents, version, createdAt, deletedAt);
    }
  }

  /// Another record of the same table.
  @Table("payments")
  record Slip(@Id @Nullable UUID id, @Nullable UUID userId, String reference, String note) {}

  /// A choice of its columns.
  record Noted(String note) {}

  /// A row of one user that is kept in memory, without audit or soft delete; its key is numbered.
  @Cached
  @Audited(false)
  record Ticket(@Id long id, UUID userId, String note) {}

  final Database db;
  final Repository<Payment, UUID> payments;
  final Repository<Ticket, Long> tickets;
  final List<Payment> bobs = new ArrayList<>();
  final List<Payment> anns = new ArrayList<>();
  final Ticket bobsTicket;
  final Ticket annsTicket;
  final Payment bobsDeleted;

  /// Rows of both, and policies that keep them apart.
  PolicyRows(Database db) {
    this.db = db;
    this.payments = db.repository(Payment.class);
    this.tickets = db.repository(Ticket.class);
    bobs.add(payments.create(Payment.of(BOB, "BOB-1", "BOB one")));
    anns.add(payments.create(Payment.of(ANN, "ANN-1", "of Ann, one")));
    bobs.add(payments.create(Payment.of(BOB, "BOB-2", "BOB two")));
    anns.add(payments.create(Payment.of(ANN, "ANN-2", "of Ann, two")));
    bobs.add(payments.create(Payment.of(BOB, "BOB-3", "BOB three")));
    bobsDeleted = payments.create(Payment.of(BOB, "BOB-4", "BOB four, deleted"));
    payments.delete(bobsDeleted.id());
    bobsTicket = tickets.create(new Ticket(0, BOB, "BOB's ticket"));
    annsTicket = tickets.create(new Ticket(0, ANN, "Ann's ticket"));
    db.policies()
        .on(Payment.class, actor -> field(Payment::userId).is(UUID.fromString(actor.id())))
        .on(Ticket.class, actor -> field(Ticket::userId).is(UUID.fromString(actor.id())));
    if (!db.config().text(Setting.ROW_SECURITY_ROLE).isEmpty()) {
      db.policies().install();
    }
  }

  static Actor actor(UUID user) {
    return Actor.of(user.toString());
  }

  /// What Ann gets.
  <R> R ann(Supplier<R> work) {
    return db.actingAs(actor(ANN), work::get);
  }

  <R> R bob(Supplier<R> work) {
    return db.actingAs(actor(BOB), work::get);
  }

  /// What Ann does.
  void ann(Runnable work) {
    db.actingAs(actor(ANN), work::run);
  }

  /// Runs SQL for which no policy holds.
  void run(String sql) {
    db.policies().bypass(() -> db.sql(sql).execute());
  }

  /// All rows that are not Ann's, as they are now.
  List<String> foreign() {
    return db.policies()
        .bypass(() -> {
          List<String> rows = new ArrayList<>();
          payments
              .where(field(Payment::userId).isNot(ANN))
              .includeDeleted()
              .list()
              .forEach(row -> rows.add(row.toString()));
          tickets
              .where(field(Ticket::userId).isNot(ANN))
              .list()
              .forEach(row -> rows.add(row.toString()));
          return rows;
        });
  }

  /// Says if something of Bob's is in what somebody else got.
  static void assertClean(@Nullable Object got) {
    assertThat(String.valueOf(got)).doesNotContain(MARK).doesNotContain(BOB.toString());
  }

  @Override
  public void close() {
    db.close();
  }
}
