package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.change.Change;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.error.DataException;
import dev.plinth.testkit.samples.Everything;
import dev.plinth.testkit.samples.Primitives;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a change has in it: rows as they are stored, without what is secret.
public interface ChangedRowsContract extends ContractBase {

  @Test
  default void everyValueComesAsItIsStored() {
    try (Database db = open(Everything.class, Primitives.class, ArrayContract.Lists.class)) {
      Repository<Everything, UUID> rows = db.repository(Everything.class);
      Follower<Everything> follower = Follower.of(db.changes(Everything.class));
      AtomicInteger written = new AtomicInteger();
      TypeValues.all()
          .forEach((name, values) -> {
            for (Object value : values) {
              rows.create(c -> c.set(name, value));
              written.incrementAndGet();
            }
          });
      rows.create(Everything.empty());
      rows.create(c ->
          c.set(Everything::bytes, new byte[] {0, -1, 127})
              .set(Everything::list, List.of("", "a\"b", "ß"))
              .set(
                  Everything::map,
                  Map.of("n", 1, "d", 0.1, "e", new BigDecimal("1e20"), "l", List.of(true)))
              .set(
                  Everything::node,
                  JsonMapper.shared().readTree("{\"b\":[1,2.50,null],\"a\":{\"x\":\"y\"}}"))
              .set(Everything::address, new Everything.Address("s", 3, null))
              .set(Everything::jsonText, "\"text\""));
      for (Change<Everything> change : follower.await(written.get() + 2)) {
        assertThat(change.after())
            .usingRecursiveComparison()
            .isEqualTo(rows.get((UUID) change.key()));
      }

      Repository<ArrayContract.Lists, UUID> lists = db.repository(ArrayContract.Lists.class);
      Follower<ArrayContract.Lists> ofLists = Follower.of(db.changes(ArrayContract.Lists.class));
      ArrayContract.Lists stored = lists.create(lists());
      ArrayContract.Lists told = Objects.requireNonNull(ofLists.await(1).getFirst().after());
      assertThat(told)
          .usingRecursiveComparison()
          .ignoringFields("secrets")
          .isEqualTo(lists.get(stored.id()));
      assertThat(told.secrets()).isNull();
    }
  }

  @SuppressWarnings("NullAway") // the key is the layer's to make
  private static ArrayContract.Lists lists() {
    return new ArrayContract.Lists(
        null,
        Arrays.asList("a", null, ""),
        List.of((short) 1, Short.MIN_VALUE),
        List.of(1, Integer.MAX_VALUE),
        List.of(1L, Long.MIN_VALUE),
        List.of(0.1f, -2f),
        List.of(0.1, 1e22 / 3, 5.0),
        List.of(true, false),
        List.of(new BigDecimal("1.10"), new BigDecimal("123456789012345678901234567890.5")),
        List.of(new UUID(1, 2)),
        List.of(ArrayContract.Colour.RED),
        List.of("hidden"),
        0);
  }

  /// Secrets of several kinds.
  @Table("secrets")
  record Secrets(
      @Id long id,
      @Secret @Nullable String text,
      @Secret int number,
      @Secret boolean flag,
      @Secret @Nullable UUID code,
      String open) {}

  /// The same, when nothing of it was secret yet.
  @Table("secrets")
  record Unguarded(
      @Id long id,
      @Nullable String text,
      int number,
      boolean flag,
      @Nullable UUID code,
      String open) {}

  @Test
  default void secretsAreMasked() {
    try (Database db = open(Secrets.class)) {
      Repository<Unguarded, Long> before = db.repository(Unguarded.class);
      long early = before.create(new Unguarded(0, "hunter1", 17, true, new UUID(1, 2), "o")).id();
      Repository<Secrets, Long> all = db.repository(Secrets.class);
      long id = all.create(new Secrets(0, "hunter2", 42, true, new UUID(3, 4), "o")).id();
      all.patch(id, c -> c.set(Secrets::text, "hunter3").set(Secrets::open, "p"));
      all.patch(id, c -> c.set(Secrets::text, null));
      List<Change<Secrets>> changes =
          Follower.of(db.changes(Secrets.class).fromBeginning()).await(4);
      assertThat(changes.stream().map(Change::after).toList())
          .containsExactly(
              new Secrets(early, "***", 0, false, null, "o"),
              new Secrets(id, "***", 0, false, null, "o"),
              new Secrets(id, "*** (changed)", 0, false, null, "p"),
              new Secrets(id, null, 0, false, null, "p"));
      assertThat(changes.toString()).doesNotContain("hunter");
    }
  }

  /// The table as an older program saw it.
  @Table("labels_of_then")
  record Then(@Id String name, String weight) {}

  /// The table as this one sees it.
  @Table("labels_of_then")
  record Now(@Id String name, int weight) {}

  @Test
  default void whatCanNoLongerBeReadIsAnErrorThatCanBePassedOver() {
    try (Database db = open(Then.class)) {
      Repository<Then, String> then = db.repository(Then.class);
      then.create(new Then("a", "1"));
      then.create(new Then("b", "heavy"));
      then.create(new Then("c", "3"));
      Follower<Now> follower = Follower.of(db.changes(Now.class).fromBeginning());
      Throwable failure = follower.awaitFailure();
      assertThat(failure).isInstanceOf(DataException.class).hasMessageContaining("weight");
      assertThat(failure.getMessage()).doesNotContain("heavy");
      assertThat(follower.changes().stream().map(Change::after).toList())
          .containsExactly(new Now("a", 1));
      String message = Objects.requireNonNull(failure.getMessage());
      String position = message.substring(message.indexOf('\'') + 1, message.indexOf("' cannot"));
      assertThat(Follower.of(db.changes(Now.class).after(position)).await(1).getFirst().after())
          .isEqualTo(new Now("c", 3));
    }
  }

  /// A key that is called otherwise in the table.
  @Table("renamed")
  record Renamed(@Column("no") @Id int number, @Column("what it is") String what) {}

  @Test
  default void namesOfColumnsAreMapped() {
    try (Database db = open(Renamed.class)) {
      Follower<Renamed> follower = Follower.of(db.changes(Renamed.class));
      Repository<Renamed, Integer> all = db.repository(Renamed.class);
      Renamed stored = all.create(new Renamed(0, "x"));
      all.delete(stored.number());
      List<Change<Renamed>> changes = follower.await(2);
      assertThat(changes.getLast().before()).isEqualTo(stored);
      assertThat(changes.getLast().key()).isEqualTo(stored.number());
    }
  }
}
