package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.change.Change;
import dev.plinth.change.ChangeFeed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A subscriber that keeps what it gets, and notices what a publisher must not do.
class Follower<T> implements Flow.Subscriber<Change<T>> {

  private final List<Change<T>> changes = new CopyOnWriteArrayList<>();
  private final Consumer<Change<T>> each;
  private final long first;
  private volatile Flow.@Nullable Subscription subscription;
  private volatile @Nullable Throwable failure;
  private volatile boolean complete;
  private volatile @Nullable String breach;
  private volatile int inside;

  /// One that asks for so many at first, and does something with each.
  Follower(long first, Consumer<Change<T>> each) {
    this.first = first;
    this.each = each;
  }

  /// Subscribes one that asks for all there are.
  static <T> Follower<T> of(ChangeFeed<T> feed) {
    return of(feed, Long.MAX_VALUE, change -> {});
  }

  static <T> Follower<T> of(ChangeFeed<T> feed, long first) {
    return of(feed, first, change -> {});
  }

  static <T> Follower<T> of(ChangeFeed<T> feed, long first, Consumer<Change<T>> each) {
    Follower<T> follower = new Follower<>(first, each);
    feed.subscribe(follower);
    return follower;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    enter(this.subscription != null ? "subscribed twice" : null);
    this.subscription = subscription;
    if (first > 0) {
      subscription.request(first);
    }
    inside = 0;
  }

  @Override
  public void onNext(Change<T> change) {
    enter(subscription == null || over() ? "a change out of turn" : null);
    changes.add(change);
    try {
      each.accept(change);
    } finally {
      inside = 0;
    }
  }

  @Override
  public void onError(Throwable throwable) {
    enter(subscription == null || over() ? "an error out of turn" : null);
    failure = throwable;
    inside = 0;
  }

  @Override
  public void onComplete() {
    enter(subscription == null || over() ? "an end out of turn" : null);
    complete = true;
    inside = 0;
  }

  // only one thread calls at a time, so plain arithmetic would notice a second
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void enter(@Nullable String problem) {
    if (problem != null) {
      breach = problem;
    }
    if (inside != 0) {
      breach = "two signals at a time";
    }
    inside = 1;
  }

  private boolean over() {
    return complete || failure != null;
  }

  void request(long more) {
    subscription().request(more);
  }

  void cancel() {
    subscription().cancel();
  }

  private Flow.Subscription subscription() {
    until(() -> subscription != null);
    Flow.Subscription given = subscription;
    if (given == null) {
      throw new AssertionError("not subscribed");
    }
    return given;
  }

  /// What came so far.
  List<Change<T>> changes() {
    assertThat(breach).isNull();
    return List.copyOf(changes);
  }

  int size() {
    return changes.size();
  }

  /// Waits until so many have come, no more.
  List<Change<T>> await(int count) {
    until(() -> changes.size() >= count || over());
    assertThat(failure).isNull();
    assertThat(changes).hasSize(count);
    return changes();
  }

  /// Waits until it fails.
  Throwable awaitFailure() {
    until(this::over);
    Throwable thrown = failure;
    if (thrown == null) {
      throw new AssertionError("it did not fail");
    }
    assertThat(breach).isNull();
    return thrown;
  }

  /// Waits until it is complete.
  void awaitEnd() {
    until(this::over);
    assertThat(failure).isNull();
    assertThat(breach).isNull();
  }

  boolean isOver() {
    return over();
  }

  static void until(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(60))
        .until(condition);
  }
}
