package dev.plinth.internal.change;

import dev.plinth.change.ChangeFeed;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.MappingException;
import dev.plinth.error.TransactionException;
import dev.plinth.internal.transaction.CommitWindow;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Shape;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Who follows the changes of a database's tables, and must know when something was committed.
///
/// Thread-safe.
public final class Feeds implements AutoCloseable {

  private final Transactions transactions;
  private final ChangeLog log;
  private final Map<String, Followers> followers = new ConcurrentHashMap<>(); // by table
  private volatile boolean closed;

  /// Nobody follows anything yet.
  public Feeds(Engine engine, Transactions transactions) {
    this.transactions = transactions;
    this.log =
        ChangeLog.of(
            engine,
            work ->
                transactions.<@Nullable Object, RuntimeException>run(
                    Terms.WRITE,
                    scope -> {
                      work.accept(scope.session());
                      return null;
                    }));
  }

  /// Those who follow one table, told at the end of every commit that changes it.
  private static final class Followers implements CommitWindow {
    private final Set<Following<?>> all = ConcurrentHashMap.newKeySet();

    @Override
    public void open() {}

    @Override
    public void close(boolean known) {
      all.forEach(Following::wake);
    }
  }

  /// Whom a commit that changes a table concerns; null if nobody.
  public @Nullable CommitWindow followers(String table) {
    return followers.isEmpty() ? null : followers.get(table);
  }

  /// The changes of a record's rows.
  ///
  /// @param prepare makes the log's table
  /// @throws MappingException if they are not logged
  public <T> ChangeFeed<T> of(Shape<T> record, Runnable prepare) {
    record.key();
    if (!record.audited()) {
      String name = record.type().getSimpleName();
      throw new MappingException(
          "The changes of %s are not logged, so nobody can follow them: remove @Audited(false) from it."
              .formatted(name));
    }
    return new ChangeFeed<>((subscriber, from) -> follow(record, prepare, subscriber, from));
  }

  private <T> void follow(
      Shape<T> record,
      Runnable prepare,
      Flow.Subscriber<? super dev.plinth.change.Change<T>> subscriber,
      @Nullable String from) {
    Following<T> following = new Following<>(log, record, subscriber, this::left);
    try {
      if (transactions.current() != null) {
        throw new TransactionException(
            "Subscribe outside of a transaction: what it does is not committed yet.");
      }
      followers.computeIfAbsent(record.table(), _ -> new Followers()).all.add(following);
      if (closed) {
        throw new ConnectionException("The database is closed.");
      }
      prepare.run();
      log.prepare();
      following.begin(log.start(from));
    } catch (DatabaseException e) {
      following.refuse(e);
    }
  }

  // the entry of a table that somebody has followed stays: it costs a look-up
  private void left(Following<?> following) {
    Followers others = followers.get(following.table());
    if (others != null) {
      others.all.remove(following);
    }
  }

  /// Ends every following.
  @Override
  public void close() {
    closed = true;
    followers.values().forEach(table -> table.all.forEach(Following::close));
  }
}
