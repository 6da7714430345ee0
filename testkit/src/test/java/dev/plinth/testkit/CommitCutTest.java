package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.testkit.Proxy.Cut;
import dev.plinth.testkit.server.Jdbc;
import dev.plinth.testkit.server.PostgresServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The connection is cut while a commit is on its way, or its answer.
@Timeout(180)
final class CommitCutTest {

  private static final int ROUNDS = 1000;
  private static final long SEED = 20_261_121;

  @Table("payment")
  @Audited(false)
  record Payment(@Id Long id, int round) {
    static Payment of(int round) {
      return new Payment(0L, round);
    }
  }

  private final Random random = new Random(SEED);
  private String direct;
  private Proxy proxy;
  private String cut;

  @BeforeEach
  void open() {
    PostgresServer server = PostgresServer.shared();
    direct = server.freshDatabase();
    proxy = Proxy.to("127.0.0.1", server.port(), Marker.postgresCommit());
    cut = direct.replace(":" + URI.create(direct).getPort() + "/", ":" + proxy.port() + "/");
  }

  @AfterEach
  void close() {
    proxy.close();
    PostgresServer.shared().giveBack(direct);
  }

  private void cutAnywhere() {
    proxy.cutNext(Cut.values()[random.nextInt(Cut.values().length)]);
  }

  @Test
  void withAKeyTheEffectHappensExactlyOnceAThousandTimes() throws SQLException {
    AtomicInteger hooks = new AtomicInteger();
    try (Database db = Database.open(DatabaseConfig.of(cut).with("poolSize", "1"))) {
      db.schema().create(Payment.class);
      Repository<Payment, Long> payments = db.repository(Payment.class);
      for (int round = 0; round < ROUNDS; round++) {
        int number = round;
        cutAnywhere();
        Payment made =
            db.inTransaction(
                Options.STANDARD.withIdempotencyKey("round " + round),
                tx -> {
                  tx.afterCommit(hooks::incrementAndGet);
                  return payments.create(Payment.of(number));
                });
        assertThat(made.round()).isEqualTo(number);
      }
    }
    assertThat(proxy.cuts()).isGreaterThanOrEqualTo(ROUNDS);
    assertThat(hooks).as("each known commit has its hooks").hasValue(ROUNDS);
    assertThat(rows()).as("rows, seed %s", SEED).isEqualTo(ROUNDS);
    assertThat(distinct()).as("different ones").isEqualTo(ROUNDS);
  }

  @Test
  void withoutAKeyTheOutcomeIsUnknownAndNothingIsDoneTwice() throws SQLException {
    int unknown = 0;
    int rounds = 100;
    try (Database db = Database.open(DatabaseConfig.of(cut).with("poolSize", "1"))) {
      db.schema().create(Payment.class);
      Repository<Payment, Long> payments = db.repository(Payment.class);
      for (int round = 0; round < rounds; round++) {
        int number = round;
        cutAnywhere();
        try {
          db.transaction(tx -> payments.create(Payment.of(number)));
        } catch (OutcomeUnknownException e) {
          unknown++;
        }
      }
    }
    assertThat(unknown).isEqualTo(rounds);
    assertThat(rows()).isEqualTo(distinct()).isBetween(rounds / 3, rounds - 1);
  }

  @Test
  void runningItBlindlyAgainDoesItTwice() throws SQLException {
    int rounds = 20;
    try (Connection connection = Jdbc.open(direct)) {
      Jdbc.execute(connection, "create table payment (id int, round int)");
    }
    for (int round = 0; round < rounds; round++) {
      proxy.cutNext(Cut.BEFORE_ANSWER);
      for (int attempt = 0; attempt < 3; attempt++) {
        try (Connection connection = Jdbc.open(cut)) {
          connection.setAutoCommit(false);
          try (PreparedStatement insert =
              connection.prepareStatement("insert into payment (round) values (" + round + ")")) {
            insert.executeUpdate();
          }
          connection.commit();
          break;
        } catch (SQLException e) {
          // lost: so once more
        }
      }
    }
    assertThat(distinct()).isEqualTo(rounds);
    assertThat(rows()).as("the control: each one is there twice").isEqualTo(2 * rounds);
  }

  private int rows() throws SQLException {
    return count("count(*)");
  }

  private int distinct() throws SQLException {
    return count("count(distinct round)");
  }

  private int count(String what) throws SQLException {
    try (Connection connection = Jdbc.open(direct)) {
      return Integer.parseInt(Jdbc.value(connection, "select " + what + " from payment"));
    }
  }
}
