package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Repository;
import dev.plinth.audit.Action;
import dev.plinth.change.Change;
import dev.plinth.change.ChangeFeed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/changes.md`.
class ChangesSnippetsTest extends Snippets {

  private final List<String> greeted = new CopyOnWriteArrayList<>();
  private Repository<Bookmark, String> bookmarks;

  @BeforeEach
  void create() {
    db.schema().create(Bookmark.class);
    bookmarks = db.repository(Bookmark.class);
  }

  private void greet(User user) {
    greeted.add(user.firstName());
  }

  private void untilGreeted(String... names) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> greeted.equals(List.of(names)));
  }

  // docs: changes-subscriber
  class Greeter implements Flow.Subscriber<Change<User>> {
    Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(Change<User> change) {
      db.transaction(tx -> {
        if (change.kind() == Action.CREATE) {
          greet(change.after());
        }
        bookmarks.save(new Bookmark("greeter", change.position()));
      });
      subscription.request(1); // the next one
    }

    @Override
    public void onError(Throwable failure) {
      failure.printStackTrace();
    }

    @Override
    public void onComplete() {} // the database was closed
  }

  // end

  @Test
  void following() {
    // docs: changes-follow
    db.changes(User.class).subscribe(new Greeter());
    users.create(c -> c.set(User::email, "kay@example.org").set(User::firstName, "Kay"));
    // end
    untilGreeted("Kay");
  }

  @Test
  void goingOn() {
    for (int run = 0; run < 2; run++) {
      Greeter greeter = new Greeter();
      // docs: changes-resume
      ChangeFeed<User> changes = db.changes(User.class);
      Optional<Bookmark> last = bookmarks.find("greeter");
      last.map(bookmark -> changes.after(bookmark.position()))
          .orElseGet(changes::fromBeginning)
          .subscribe(greeter);
      // end
      untilGreeted("Ada", "Grace", "Alan");
      Awaitility.await().until(() -> bookmarks.find("greeter").isPresent());
      greeter.subscription.cancel();
    }
    assertThat(greeted).hasSize(3);
  }
}
