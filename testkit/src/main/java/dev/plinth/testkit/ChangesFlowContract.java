package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.change.Change;
import dev.plinth.entity.Id;
import dev.plinth.entity.Table;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DataException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.User;
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
}
