package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.change.Change;
import dev.plinth.entity.Column;
import dev.plinth.entity.Id;
import dev.plinth.entity.Secret;
import dev.plinth.entity.Table;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DataException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Everything;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Primitives;
import dev.plinth.testkit.samples.User;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// How changes flow to a subscriber: as he asks, as they were written, until one of them has enough.
public interface ChangesFlowContract extends ContractBase {

  /// A row that counts how often a thread has made it.
  @Table("counted")
  record Counted(@Id long id, int number) {
    private static final Map<Thread, AtomicInteger> MADE = new ConcurrentHashMap<>();

    /// Counts.
    public Counted {
      MADE.computeIfAbsent(Thread.currentThread(), _ -> new AtomicInteger()).incrementAndGet();
    }

    static int made(@Nullable Thread by) {
      AtomicInteger made = by == null ? null : MADE.get(by);
      return made == null ? 0 : made.get();
    }
  }

  @Test
  default void theLogIsTheBuffer() {
    int rows = 100_000;
    try (Database db = open(Counted.class)) {
      Repository<Counted, Long> all = db.repository(Counted.class);
      all.createAll(IntStream.range(0, rows).mapToObj(i -> new Counted(0, i)).toList());
      AtomicReference<Thread> thread = new AtomicReference<>();
      Follower<Counted> slow =
          Follower.of(
              db.changes(Counted.class).fromBeginning(),
              10,
              change -> thread.set(Thread.currentThread()));
      slow.await(10);
      Follower.until(() -> db.poolHealth().active() == 0);
      assertThat(Counted.made(thread.get())).as("nothing that nobody asked for").isEqualTo(10);
      slow.request(5);
      assertThat(slow.await(15).getLast().after()).isEqualTo(new Counted(15, 14));
      slow.cancel();

      AtomicInteger next = new AtomicInteger();
      AtomicInteger astray = new AtomicInteger();
      AtomicInteger held = new AtomicInteger();
      Tail tail = new Tail(next, astray, held);
      db.changes(Counted.class).fromBeginning().subscribe(tail);
      Follower.until(() -> next.get() == rows || tail.failed != null);
      assertThat(tail.failed).isNull();
      assertThat(astray).hasValue(0);
      assertThat(held).as("one at a time").hasValue(1);
    }
  }

  /// Asks for one change at a time.
  final class Tail implements Flow.Subscriber<Change<Counted>> {
    private final AtomicInteger next;
    private final AtomicInteger astray;
    private final AtomicInteger most;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable Throwable failed;
    private Flow.@Nullable Subscription subscription;

    Tail(AtomicInteger next, AtomicInteger astray, AtomicInteger most) {
      this.next = next;
      this.astray = astray;
      this.most = most;
    }

    private void ask() {
      most.accumulateAndGet(asked.incrementAndGet(), Math::max);
      Objects.requireNonNull(subscription).request(1);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      ask();
    }

    @Override
    public void onNext(Change<Counted> change) {
      asked.decrementAndGet();
      if (Objects.requireNonNull(change.after()).number() != next.get()) {
        astray.incrementAndGet();
      }
      next.incrementAndGet();
      ask();
    }

    @Override
    public void onError(Throwable thrown) {
      failed = thrown;
    }

    @Override
    public void onComplete() {}
  }

  @Test
  default void noMoreComesThanWasAskedFor() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Follower<Label> none = Follower.of(db.changes(Label.class), 0);
      Follower<Label> some = Follower.of(db.changes(Label.class), 3);
      Follower<Label> all = Follower.of(db.changes(Label.class));
      for (int i = 0; i < 250; i++) {
        labels.create(new Label("l" + i, null, i));
      }
      all.await(250);
      some.await(3);
      assertThat(none.size()).isZero();
      none.request(Long.MAX_VALUE);
      none.request(Long.MAX_VALUE);
      none.await(250);
      for (int i = 0; i < 120; i++) {
        some.request(1);
      }
      some.await(123);
    }
  }

  @Test
  default void whoAsksForNothingHasMadeAMistake() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      for (long wrong : new long[] {0, -1, Long.MIN_VALUE}) {
        Follower<Label> follower = Follower.of(db.changes(Label.class));
        follower.request(wrong);
        assertThat(follower.awaitFailure()).isInstanceOf(IllegalArgumentException.class);
        follower.request(1);
        follower.request(-1);
        follower.cancel();
      }
      Follower<Label> gone = Follower.of(db.changes(Label.class));
      gone.cancel();
      gone.cancel();
      gone.request(-1);
      Follower<Label> other = Follower.of(db.changes(Label.class));
      labels.create(new Label("a", null, 1));
      other.await(1);
      assertThat(gone.changes()).isEmpty();
      assertThat(gone.isOver()).isFalse();
      assertThatThrownBy(() -> db.changes(Label.class).subscribe(null))
          .isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  default void whoCancelsGetsNoMoreAndHoldsNothing() throws InterruptedException {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      AtomicInteger threads = new AtomicInteger();
      Follower<Label> follower =
          Follower.of(
              db.changes(Label.class),
              Long.MAX_VALUE,
              change -> {
                threads.incrementAndGet();
                inside.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      labels.createAll(IntStream.range(0, 20).mapToObj(i -> new Label("l" + i, null, i)).toList());
      assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(db.poolHealth().active()).as("none while a subscriber works").isZero();
      follower.cancel();
      go.countDown();
      Follower<Label> later = Follower.of(db.changes(Label.class).fromBeginning());
      later.await(20);
      assertThat(follower.changes()).hasSize(1);
      assertThat(follower.isOver()).as("nor the end").isFalse();
    }
  }

  @Test
  default void mistakesAreTold() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.create(new Label("a", null, 1));
      assertThatThrownBy(() -> db.changes(Label.class).after(" "))
          .isInstanceOf(ValidationException.class);
      List<String> wrong = List.of("x", "-1", "1/2", "1:1:/2:2:/x", "' or 1=1 --", "9".repeat(30));
      for (String position : wrong) {
        assertThat(Follower.of(db.changes(Label.class).after(position)).awaitFailure())
            .as(position)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("no position");
      }
      Follower<Label> first = Follower.of(db.changes(Label.class).fromBeginning());
      String position = first.await(1).getFirst().position();
      String ahead =
          position.contains(":") ? "999999999:999999999:" : String.valueOf(999_999_999_999L);
      assertThat(Follower.of(db.changes(Label.class).after(ahead)).awaitFailure())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("of another database");
      db.transaction(tx ->
          assertThat(Follower.of(db.changes(Label.class)).awaitFailure())
              .isInstanceOf(TransactionException.class));
      labels.create(new Label("b", null, 1));
      first.await(2);
    }
  }

  @Test
  default void closingTheDatabaseEndsIt() {
    Follower<Label> waits;
    Follower<Label> asksNothing;
    Follower<Label> closes;
    Database db = open(Label.class);
    try (db) {
      Repository<Label, String> labels = db.repository(Label.class);
      waits = Follower.of(db.changes(Label.class));
      asksNothing = Follower.of(db.changes(Label.class), 0);
      closes = Follower.of(db.changes(Label.class), Long.MAX_VALUE, change -> db.close());
      labels.create(new Label("a", null, 1));
      waits.awaitEnd();
      asksNothing.awaitEnd();
      closes.awaitEnd();
    }
    assertThat(asksNothing.changes()).isEmpty();
    assertThat(closes.changes()).hasSize(1);
    assertThat(Follower.of(db.changes(Label.class)).awaitFailure())
        .isInstanceOf(ConnectionException.class);
  }

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

  @Test
  default void aCleanedLogIsGoneOnWith() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Follower<User> follower = Follower.of(db.changes(User.class));
      users.create(User.of("a@example.org", "Ada"));
      String position = follower.await(1).getFirst().position();
      users.create(User.of("b@example.org", "Bob"));
      follower.await(2);
      db.audit().cleanup(0);
      Follower<User> late = Follower.of(db.changes(User.class).after(position));
      User last = users.create(User.of("c@example.org", "Cy"));
      assertThat(follower.await(3).getLast().after()).isEqualTo(last);
      assertThat(late.await(1).getLast().after()).isEqualTo(last);
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
