package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.ConstraintException;
import dev.plinth.query.Order;
import dev.plinth.testkit.CascadeModel.Node;
import dev.plinth.testkit.samples.Customer;
import dev.plinth.testkit.samples.Payment;
import dev.plinth.testkit.samples.PaymentLine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Deletions and restores by chance, beside a model that says what they must do.
public interface CascadeRandomContract extends ContractBase {

  @Test
  default void whatGoesAndComesAlongIsWhatTheModelSays() {
    long[] seeds = {20_260_103L, 5L, Long.getLong("plinth.seed", 43L)};
    for (long seed : seeds) {
      try (Database db = open(folder().resolve("cascade" + seed))) {
        db.schema().create(Customer.class, Payment.class, PaymentLine.class);
        Run run = new Run(db, seed);
        try {
          for (int i = 0; i < 150; i++) {
            run.step();
            if (i % 10 == 9) {
              run.compare();
            }
          }
          assertThat(run.refused).as("so that refusals are tried").isPositive();
          run.replay();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("With -Dplinth.seed=" + seed + ": " + e, e);
        }
      }
    }
  }

  /// One run of random writes.
  final class Run {

    /// What a transaction throws to be undone.
    private static final class Undo extends RuntimeException {
      private static final long serialVersionUID = 1;
    }

    private final Database db;
    private final Random random;
    private final CascadeModel model = new CascadeModel();
    private final Repository<Customer, UUID> customers;
    private final Repository<Payment, UUID> payments;
    private final Repository<PaymentLine, Long> lines;
    private int refused;

    Run(Database db, long seed) {
      this.db = db;
      this.random = new Random(seed);
      this.customers = db.repository(Customer.class);
      this.payments = db.repository(Payment.class);
      this.lines = db.repository(PaymentLine.class);
    }

    void step() {
      Map<Object, Node> before = model.copy();
      try {
        if (random.nextInt(4) > 0) {
          write();
          return;
        }
        boolean undo = random.nextInt(3) == 0;
        db.transaction(tx -> {
          for (int i = 0; i < 3; i++) {
            write();
          }
          if (undo) {
            throw new Undo();
          }
        });
      } catch (Undo e) {
        model.reset(before);
      } catch (ConstraintException e) {
        model.reset(before);
        refused++;
      }
    }

    private void write() {
      switch (random.nextInt(13)) {
        case 0 -> create(0, null);
        case 1, 2 -> create(1, random.nextInt(9) == 0 ? null : any(0));
        case 3, 4 -> create(2, any(1));
        case 5 -> delete(some(random.nextInt(3), 1));
        case 6 -> delete(some(random.nextInt(3), 3));
        case 7 -> {
          String name = name();
          int table = random.nextInt(2);
          List<Node> named = model.all(node -> node.table() == table && node.name().equals(name));
          long expected = model.delete(named);
          long deleted =
              table == 0
                  ? customers.where(field("name").is(name)).delete()
                  : payments.where(field("number").is(name)).delete();
          assertThat(deleted).isEqualTo(expected);
        }
        case 8 -> restore(some(random.nextInt(3), 1));
        case 9 -> restore(some(random.nextInt(3), 3));
        case 10 -> restoreDeletion(random.nextInt(2));
        case 11 -> move();
        default -> purge();
      }
    }

    private String name() {
      return "name " + random.nextInt(8);
    }

    private @Nullable Object any(int table) {
      List<Node> rows = model.all(node -> node.table() == table);
      return rows.isEmpty() ? null : rows.get(random.nextInt(rows.size())).id();
    }

    private List<Node> some(int table, int most) {
      List<Node> rows = new ArrayList<>(model.all(node -> node.table() == table));
      Collections.shuffle(rows, random);
      return List.copyOf(rows.subList(0, Math.min(rows.size(), most)));
    }

    // what the model refuses must be refused, and what it does not must not be
    private static void expect(boolean possible, Runnable write) {
      try {
        write.run();
      } catch (ConstraintException e) {
        if (possible) {
          throw new AssertionError("It was refused: " + e, e);
        }
        throw e;
      }
      assertThat(possible).as("it was not refused").isTrue();
    }

    private void create(int table, @Nullable Object parent) {
      if (table == 2 && parent == null) {
        return;
      }
      String name = name();
      boolean possible = model.liveParent(parent) && !model.taken(table, name, null);
      expect(
          possible,
          () -> {
            Object id =
                switch (table) {
                  case 0 -> customers.create(Customer.of(name)).id();
                  case 1 -> payments.create(Payment.of((UUID) parent, name)).id();
                  default ->
                      lines
                          .create(PaymentLine.of((UUID) Objects.requireNonNull(parent), name))
                          .id();
                };
            model.put(new Node(table, id, parent, name, null));
          });
    }

    private void delete(List<Node> rows) {
      if (!rows.isEmpty()) {
        long expected = model.delete(rows);
        long deleted =
            switch (rows.getFirst().table()) {
              case 0 -> customers.deleteAll(ids(rows));
              case 1 -> payments.deleteAll(ids(rows));
              default -> lines.deleteAll(ids(rows));
            };
        assertThat(deleted).isEqualTo(expected);
      }
    }

    @SuppressWarnings("unchecked") // as the table's rows have them
    private static <K> List<K> ids(List<Node> rows) {
      return rows.stream().map(node -> (K) node.id()).toList();
    }

    private void restore(List<Node> rows) {
      if (!rows.isEmpty()) {
        Long expected = model.restore(rows);
        expect(
            expected != null,
            () -> {
              long restored =
                  switch (rows.getFirst().table()) {
                    case 0 -> customers.restoreAll(ids(rows));
                    case 1 -> payments.restoreAll(ids(rows));
                    default -> lines.restoreAll(ids(rows));
                  };
              assertThat(restored).isEqualTo(expected);
            });
      }
    }

    private void restoreDeletion(int table) {
      List<Node> deleted = model.all(node -> node.table() == table && !node.live());
      if (deleted.isEmpty()) {
        return;
      }
      Node one = deleted.get(random.nextInt(deleted.size()));
      String column = "select deletion_id from " + (table == 0 ? "customers" : "payments");
      UUID deletion = db.sql(column + " where id = :id").bind("id", one.id()).as(UUID.class).one();
      Long expected =
          model.restore(
              model.all(node ->
                  node.table() == table && Objects.equals(node.deletion(), one.deletion())));
      expect(
          expected != null,
          () ->
              assertThat(
                      table == 0
                          ? customers.restoreDeletion(deletion)
                          : payments.restoreDeletion(deletion))
                  .isEqualTo(expected));
    }

    private void move() {
      List<Node> live = model.all(node -> node.table() == 1 && node.live());
      Object to = any(0);
      if (!live.isEmpty() && to != null) {
        Node payment = live.get(random.nextInt(live.size()));
        expect(
            model.liveParent(to),
            () -> {
              payments.patch((UUID) payment.id(), c -> c.set(Payment::customerId, (UUID) to));
              model.put(new Node(1, payment.id(), to, payment.name(), null));
            });
      }
    }

    private void purge() {
      for (Node row : some(random.nextInt(3), 1)) {
        if (model.all(node -> row.id().equals(node.parent())).isEmpty()) {
          switch (row.table()) {
            case 0 -> customers.purge((UUID) row.id());
            case 1 -> payments.purge((UUID) row.id());
            default -> lines.purge((Long) row.id());
          }
          model.remove(row.id());
        }
      }
    }

    void compare() {
      TreeMap<String, String> expected = new TreeMap<>();
      for (Node node : model.all(node -> true)) {
        expected.put(
            node.table() + " " + node.id(), node.parent() + " " + node.name() + " " + node.live());
      }
      TreeMap<String, String> stored = new TreeMap<>();
      for (Customer c : customers.query().includeDeleted().list()) {
        stored.put("0 " + c.id(), "null " + c.name() + " " + (c.deletedAt() == null));
      }
      for (Payment p : payments.query().includeDeleted().list()) {
        stored.put(
            "1 " + p.id(), p.customerId() + " " + p.number() + " " + (p.deletedAt() == null));
      }
      for (PaymentLine l : lines.query().includeDeleted().list()) {
        stored.put("2 " + l.id(), l.paymentId() + " " + l.text() + " " + (l.deletedAt() == null));
      }
      assertThat(stored).isEqualTo(expected);
    }

    /// Compares what the log says of the payments with what is there.
    void replay() {
      Map<String, Map<String, @Nullable Object>> state = new HashMap<>();
      try (Stream<AuditEntry> log =
          db.audit().query().orderBy(Order.ascending(AuditEntry::id)).stream()) {
        log.filter(entry -> entry.resourceType().equals("payments"))
            .forEach(entry -> {
              assertThat(state.get(entry.resourceId())).isEqualTo(entry.oldValues());
              if (entry.newValues() == null) {
                state.remove(entry.resourceId());
              } else {
                state.put(entry.resourceId(), entry.newValues());
              }
            });
      }
      Map<String, String> replayed =
          state.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      entry -> {
                        Map<String, @Nullable Object> row = entry.getValue();
                        return row.get("customer_id")
                            + " "
                            + row.get("version")
                            + " "
                            + (row.get("deleted_at") == null);
                      }));
      Map<String, String> stored =
          payments.query().includeDeleted().list().stream()
              .collect(
                  Collectors.toMap(
                      p -> p.id().toString(),
                      p -> p.customerId() + " " + p.version() + " " + (p.deletedAt() == null)));
      assertThat(replayed).isEqualTo(stored);
    }
  }
}
