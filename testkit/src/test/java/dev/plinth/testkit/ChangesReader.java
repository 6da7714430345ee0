package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.change.Change;
import dev.plinth.change.ChangeFeed;
import dev.plinth.entity.Audited;
import dev.plinth.entity.Id;
import dev.plinth.testkit.samples.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// A program that follows the accounts and does something with each change, until it is killed.
final class ChangesReader implements Flow.Subscriber<Change<Account>> {

  /// What it does with a change.
  ///
  /// @param id in which order
  /// @param account whose
  /// @param version what the change made of it
  @Audited(false)
  record Effect(@Id long id, long account, long version) {}

  /// How far it has come.
  @Audited(false)
  record Reached(@Id String reader, String position) {}

  /// How it notes how far it has come.
  enum Mode {
    /// In one transaction with the effect.
    TOGETHER,
    /// Before the effect: a mistake.
    BEFORE,
    /// After the effect, each by itself.
    AFTER
  }

  private final Database db;
  private final Mode mode;
  private final Repository<Effect, Long> effects;
  private final Repository<Reached, String> reached;
  private final CountDownLatch end = new CountDownLatch(1);
  private Flow.@Nullable Subscription subscription;

  private ChangesReader(Database db, Mode mode) {
    this.db = db;
    this.mode = mode;
    this.effects = db.repository(Effect.class);
    this.reached = db.repository(Reached.class);
  }

  /// Starts the program on this Java and class path.
  static Process start(String url, Mode mode) {
    return JavaProgram.start(ChangesReader.class, url, mode.name());
  }

  static void main(String[] arguments) throws Exception {
    try (Database db = Database.open(arguments[0])) {
      ChangesReader reader = new ChangesReader(db, Mode.valueOf(arguments[1]));
      ChangeFeed<Account> feed = db.changes(Account.class);
      reader
          .reached
          .find("reader")
          .map(known -> feed.after(known.position()))
          .orElseGet(feed::fromBeginning)
          .subscribe(reader);
      reader.end.await();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(Change<Account> change) {
    switch (mode) {
      case TOGETHER ->
          db.transaction(tx -> {
            effect(change);
            reached(change);
          });
      case BEFORE -> {
        reached(change);
        say("noted");
        effect(change);
      }
      case AFTER -> {
        effect(change);
        say("done");
        reached(change);
      }
    }
    say("change");
    Objects.requireNonNull(subscription).request(1);
  }

  private void effect(Change<Account> change) {
    Account account = Objects.requireNonNull(change.after());
    effects.create(new Effect(0, account.id(), account.version()));
  }

  private void reached(Change<Account> change) {
    reached.save(new Reached("reader", change.position()));
  }

  // and goes on once it is told to
  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
    try {
      if (System.in.read() < 0) {
        Runtime.getRuntime().halt(1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void onError(Throwable thrown) {
    thrown.printStackTrace();
    end.countDown();
  }

  @Override
  public void onComplete() {
    end.countDown();
  }
}
