package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.audit.AuditEntry;
import dev.plinth.query.Query;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Payment;
import dev.plinth.testkit.server.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The log tells what every row was, whatever others write at the same time.
class PostgresAuditRaceTest {

  @Test
  void aRowThatComesDuringAnUpdateIsNotChangedUnseen() throws Exception {
    List<AuditEntry> entries =
        during(Action.UPDATE, query -> query.update(c -> c.set(Payment::customerId, null)));
    assertThat(entries).hasSize(1);
  }

  @Test
  void aRowThatComesDuringADeletionIsNotDeletedUnseen() throws Exception {
    assertThat(during(Action.SOFT_DELETE, Query::delete)).hasSize(1);
  }

  // what is logged of a write of all rows, if one is added after it has begun to read and lock them
  private static List<AuditEntry> during(Action action, Consumer<Query<Payment>> write)
      throws SQLException, InterruptedException {
    try (PostgresDatabase server = new PostgresDatabase();
        Database db = server.open(4, 0)) {
      db.schema().create(Customer.class, Payment.class);
      Repository<Payment, UUID> payments = db.repository(Payment.class);
      payments.create(Payment.of(null, "there"));
      Thread writer;
      try (Connection holder = Jdbc.open(server.url(), "socketTimeout=30")) {
        holder.setAutoCommit(false);
        Jdbc.execute(holder, "select 1 from payments for update");
        writer =
            Thread.ofVirtual()
                .start(() -> write.accept(payments.where(field("customerId").isNull())));
        server.untilRuns("for update");
        payments.create(Payment.of(null, "late"));
        holder.commit();
      }
      writer.join();
      List<AuditEntry> entries = db.audit().of(Payment.class).action(action).list();
      assertThat(entries).allSatisfy(entry -> assertThat(entry.oldValues()).isNotNull());
      assertThat(payments.where(field(Payment::number).is("late")).exists()).isTrue();
      return entries;
    }
  }
}
