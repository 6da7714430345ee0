package dev.plinth.testkit;

import static dev.plinth.testkit.PostgresDatabase.soon;
import static dev.plinth.testkit.PostgresDatabase.untilItWaits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ConnectionException;
import dev.plinth.health.Health;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.server.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A database is closed while others work with it: what has begun may end, and nothing stays behind.
@Timeout(90)
final class PostgresCloseTest {

  private final PostgresDatabase own = new PostgresDatabase();

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static void isRefused(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(ConnectionException.class).hasMessageContaining("closed");
  }

  @Test
  void newCallsAreRefused() {
    Database db = own.open(2, 2);
    db.schema().create(Note.class);
    Repository<Note, Long> notes = db.repository(Note.class);
    Note note = notes.create(Note.of("a"));
    assertThat(db.isActive()).isTrue();
    db.close();
    isRefused(() -> notes.find(note.id()));
    isRefused(() -> notes.create(Note.of("b")));
    isRefused(() -> notes.query().stream().close());
    isRefused(() -> db.sql("select 1").rows().list());
    isRefused(() -> db.transaction(tx -> notes.count()));
    isRefused(() -> db.table("note"));
    isRefused(() -> db.schema().create(Note.class));
    assertThat(db.metrics().retries()).as("and none of them again").isZero();
    assertThat(db.isActive()).isFalse();
    assertThat(db.ping()).isFalse();
    assertThat(db.health().status()).isEqualTo(Health.Status.DOWN);
    assertThat(db.poolHealth().active()).isZero();
    assertThat(db.poolHealth().idle()).isZero();
    soon().until(() -> own.connections() == 0);
    try (Database again = own.open(1, 0)) {
      assertThat(again.repository(Note.class).query().list()).containsExactly(note);
    }
  }

  @Test
  void aStreamThatIsBeingReadGoesOnToItsEnd() {
    int many = 3500; // several portions of what is fetched at a time
    Database db = own.open(2, 2);
    db.schema().create(Note.class);
    Repository<Note, Long> notes = db.repository(Note.class);
    notes.createAll(IntStream.range(0, many).mapToObj(i -> Note.of("note " + i)).toList());
    try (Stream<Note> stream = notes.query().stream()) {
      Iterator<Note> rows = stream.iterator();
      rows.next();
      db.close();
      isRefused(notes::count);
      assertThat(own.connections()).as("the control: it needs one").isPositive();
      int read = 1;
      while (rows.hasNext()) {
        rows.next();
        read++;
      }
      assertThat(read).isEqualTo(many);
    }
    soon().until(() -> own.connections() == 0);
  }

  @Test
  void aTransactionEndsAsItsWorkDoes() {
    Database db = own.open(2, 2);
    db.schema().create(Note.class);
    Repository<Note, Long> notes = db.repository(Note.class);
    List<String> hooks = new ArrayList<>();
    db.transaction(tx -> {
      tx.afterCommit(() -> hooks.add("committed"));
      notes.create(Note.of("kept"));
      db.close();
    });
    assertThat(hooks).containsExactly("committed");
    soon().until(() -> own.connections() == 0);

    Database next = own.open(2, 2);
    Repository<Note, Long> more = next.repository(Note.class);
    isRefused(() ->
        next.transaction(tx -> {
          more.create(Note.of("undone"));
          next.close();
          more.create(Note.of("refused"));
        }));
    soon().until(() -> own.connections() == 0);
    assertThat(own.value("select string_agg(text, ',') from note")).isEqualTo("kept");
  }

  @Test
  void whoWaitsInLineIsRefused() throws InterruptedException {
    Database db = own.open(1, 0);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Thread> waiting = new AtomicReference<>();
    db.transaction(tx -> {
      waiting.set(
          Thread.ofPlatform()
              .start(() -> thrown.set(catchThrowable(() -> db.sql("select 1").rows().list()))));
      untilItWaits(waiting.get());
      soon().until(() -> db.poolHealth().waiting() == 1);
      db.close();
    });
    waiting.get().join();
    assertThat(thrown.get()).isInstanceOf(ConnectionException.class).hasMessageContaining("closed");
    soon().until(() -> own.connections() == 0);
  }

  @Test
  void manyCloseItAtOnceWhileOthersWork() throws Exception {
    for (int round = 0; round < 10; round++) {
      Database db = own.open(3, 3);
      db.schema().create(Note.class);
      Repository<Note, Long> notes = db.repository(Note.class);
      Queue<Throwable> others = new ConcurrentLinkedQueue<>();
      CountDownLatch working = new CountDownLatch(24);
      Together.run(
          16,
          thread -> {
            if (thread < 8) {
              working.await();
              db.close();
              db.close();
              return;
            }
            try {
              while (true) {
                notes.create(Note.of("by " + thread));
                db.transaction(tx -> notes.count());
                notes.query().first();
                working.countDown();
              }
            } catch (Throwable e) {
              others.add(e);
            }
          });
      assertThat(others)
          .as("each of the others ended so")
          .hasSize(8)
          .allSatisfy(e ->
              assertThat(e)
                  .isInstanceOf(ConnectionException.class)
                  .hasMessageContaining("The database is closed"));
      soon().until(() -> own.connections() == 0);
    }
  }

  @Test
  void openingAndClosingLeavesNothingBehind() {
    for (int i = 0; i < 30; i++) {
      Database db = own.open(5, 5);
      assertThat(db.ping()).isTrue();
      db.close();
    }
    soon().until(() -> own.connections() == 0);
  }

  @Test
  void aConnectionThatIsBeingMadeIsNotLeftBehind() {
    try (Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port())) {
      Database db = PostgresDatabase.open(own.url(proxy.port()), 20, 0, config -> config);
      proxy.freeze(); // while the pool fills, one after the other
      soon().until(() -> proxy.connections() > db.poolHealth().idle());
      long start = System.nanoTime();
      db.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      proxy.thaw();
      soon().atMost(Duration.ofSeconds(10)).until(() -> proxy.connections() == 0);
    }
  }

  @Test
  void closingDoesNotWaitForAServerThatIsAway() {
    try (Proxy proxy = Proxy.to("127.0.0.1", PostgresServer.shared().port())) {
      Database db = PostgresDatabase.open(own.url(proxy.port()), 2, 2, config -> config);
      proxy.freeze();
      long start = System.nanoTime();
      db.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
    soon().until(() -> own.connections() == 0);
  }
}
