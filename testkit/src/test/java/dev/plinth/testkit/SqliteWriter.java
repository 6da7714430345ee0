package dev.plinth.testkit;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A program that writes to an SQLite file, to be a second process beside a test.
///
/// Every write is one transaction over two tables, so that half a transaction can be told.
final class SqliteWriter {

  /// What the program does; the name is its first argument.
  enum Mode {
    /// Writes until a line comes in, then says how often it did.
    UNTIL_TOLD,
    /// Once told, writes for ever, and says the number of each row once it is stored.
    LEDGER,
    /// As [#LEDGER], but says the number when it is written, before it is durable.
    EAGER,
    /// Says the number of a row that is not stored yet, and stays so.
    LYING
  }

  private static final int CROWD = 12;

  private SqliteWriter() {}

  /// Starts the program on this Java and class path.
  static Process start(Mode mode, Path file, long first) {
    return JavaProgram.start(
        SqliteWriter.class, mode.name(), file.toString(), Long.toString(first));
  }

  /// Writes one pair of rows and adds to what all share.
  static void write(Database db, String who, long number) {
    write(db, who, number, () -> {});
  }

  private static void write(Database db, String who, long number, Runnable written) {
    Repository<Note, Long> notes = db.repository(Note.class);
    Repository<Account, Long> accounts = db.repository(Account.class);
    Repository<Label, String> labels = db.repository(Label.class);
    db.transaction(tx -> {
      notes.create(Note.of(who + " " + number));
      accounts.create(Account.of(who + " " + number, number));
      labels.patch("shared", c -> c.add(Label::weight, 1));
      written.run();
    });
  }

  static void main(String[] arguments) throws Exception {
    Mode mode = Mode.valueOf(arguments[0]);
    long first = Long.parseLong(arguments[2]);
    try (Database db = Database.open("sqlite:" + arguments[1])) {
      switch (mode) {
        case UNTIL_TOLD -> untilTold(db);
        case LEDGER, EAGER -> ledger(db, first, mode == Mode.EAGER);
        case LYING ->
            db.transaction(tx -> {
              db.<Note, Long>repository(Note.class).create(Note.of("child " + first));
              say("stored " + first);
              System.in.read(); // for ever: nothing will come
            });
      }
    }
  }

  private static void untilTold(Database db) throws IOException {
    long written = 0;
    while (System.in.available() == 0) {
      write(db, "child", written++);
      if (written == 1) {
        say("writing");
      }
    }
    say("written " + written);
  }

  // a crowd, so that many share each commit
  private static void ledger(Database db, long first, boolean eager) throws Exception {
    System.in.read();
    AtomicLong next = new AtomicLong(first);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      writers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (true) {
                  long number = next.getAndIncrement();
                  Runnable stored = () -> say("stored " + number);
                  write(db, "child", number, eager ? stored : () -> {});
                  if (!eager) {
                    stored.run();
                  }
                }
              }));
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
