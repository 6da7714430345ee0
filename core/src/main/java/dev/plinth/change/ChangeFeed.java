package dev.plinth.change;

import dev.plinth.error.ValidationException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The committed changes of a record's rows, for whoever subscribes; `db.changes(…)` gives it.
///
/// It begins with what is committed once `subscribe` has returned, unless told otherwise. Each
/// subscriber follows the log by himself, in a virtual thread of his own, as fast as he asks for more.
/// Every change comes at least once, those of one row in their order. Immutable, thread-safe.
///
/// @param <T> the record
public final class ChangeFeed<T> implements Flow.Publisher<Change<T>> {

  private static final String BEGINNING = "";

  private final BiConsumer<Flow.Subscriber<? super Change<T>>, @Nullable String> follow;
  private final @Nullable String from;

  /// A feed from now on.
  ///
  /// @param follow lets a subscriber follow from behind a position; null for now, empty for the
  ///     beginning
  public ChangeFeed(BiConsumer<Flow.Subscriber<? super Change<T>>, @Nullable String> follow) {
    this(follow, null);
  }

  private ChangeFeed(
      BiConsumer<Flow.Subscriber<? super Change<T>>, @Nullable String> follow,
      @Nullable String from) {
    this.follow = follow;
    this.from = from;
  }

  /// The changes behind this one, as [Change#position()] said.
  ///
  /// @throws ValidationException if the position is empty
  public ChangeFeed<T> after(String position) {
    if (position.isBlank()) {
      throw new ValidationException(
          "An empty text is no position: take that of a change, or fromBeginning().");
    }
    return new ChangeFeed<>(follow, position);
  }

  /// All changes that the log still has.
  public ChangeFeed<T> fromBeginning() {
    return new ChangeFeed<>(follow, BEGINNING);
  }

  /// Lets a subscriber follow; whatever is wrong, `onError` tells.
  @Override
  public void subscribe(Flow.Subscriber<? super Change<T>> subscriber) {
    follow.accept(Objects.requireNonNull(subscriber, "subscriber"), from);
  }
}
