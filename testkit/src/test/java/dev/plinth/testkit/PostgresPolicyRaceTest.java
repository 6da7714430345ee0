package dev.plinth.testkit;

import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.testkit.PolicyRows.Payment;
import dev.plinth.testkit.PolicyRows.Ticket;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A row that another makes while one is being saved is his all the same.
@Timeout(60)
final class PostgresPolicyRaceTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  @Test
  void aRowThatAnotherMakesMeanwhileIsNotTaken() throws InterruptedException {
    try (Database db = own.open(3, 0)) {
      db.schema().create(Payment.class, Ticket.class);
      PolicyRows rows = new PolicyRows(db);
      AtomicReference<Throwable> met = new AtomicReference<>();
      Thread saves =
          Thread.ofPlatform()
              .unstarted(() -> {
                try {
                  rows.ann(() ->
                      rows.payments.save(Payment.of(ANN, "BOB-9", "mine"), Payment::reference));
                } catch (DatabaseException e) {
                  met.set(e);
                }
              });
      db.transaction(tx ->
          rows.bob(() -> {
            rows.payments.create(Payment.of(BOB, "BOB-9", "BOB nine"));
            saves.start();
            own.untilRuns("on conflict");
            return null;
          }));
      saves.join();
      assertThat(met.get()).isInstanceOf(ConstraintException.class);
      assertThat(rows.foreign()).hasSize(6).allMatch(row -> row.contains(PolicyRows.MARK));
    }
  }
}
