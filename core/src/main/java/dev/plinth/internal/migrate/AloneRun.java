package dev.plinth.internal.migrate;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.MigrationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs the statements of a migration that no transaction may be around, such as `create index
/// concurrently`, and notes after each how many are left: who comes after a crash goes on there.
///
/// All on one connection, which holds the turn to migrate; it may be the only one that writes.
public final class AloneRun {

  private static final String WHAT = "note how far the migration came";

  private static final Statement ASK =
      new Statement(
          "select \"remaining\", \"checksum\" from \"plinth_migration\" where \"name\" = ?",
          List.of(ColumnType.TEXT),
          WHAT);

  private static final Statement UPDATE =
      new Statement(
          "update \"plinth_migration\" set \"remaining\" = ?, \"millis\" = ? where \"name\" = ?",
          List.of(ColumnType.INTEGER, ColumnType.LONG, ColumnType.TEXT),
          WHAT);

  private static final Statement BEGIN_AGAIN =
      new Statement(
          """
          update "plinth_migration" set "checksum" = ?, "down" = ?, "lossy" = ?, "remaining" = ?,
            "at" = ?, "actor" = ? where "name" = ?\
          """,
          List.of(
              ColumnType.TEXT,
              ColumnType.TEXT,
              ColumnType.BOOLEAN,
              ColumnType.INTEGER,
              ColumnType.INSTANT,
              ColumnType.TEXT,
              ColumnType.TEXT),
          WHAT);

  private static final Statement INSERT =
      new Statement(
          """
          insert into "plinth_migration" ("name", "description", "kind", "checksum", "down", "lossy",
            "remaining", "at", "actor", "millis")
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
          """,
          List.of(
              ColumnType.TEXT,
              ColumnType.TEXT,
              ColumnType.TEXT,
              ColumnType.TEXT,
              ColumnType.TEXT,
              ColumnType.BOOLEAN,
              ColumnType.INTEGER,
              ColumnType.INSTANT,
              ColumnType.TEXT,
              ColumnType.LONG),
          WHAT);

  /// How far a migration came, and what it was then.
  private record Known(int remaining, @Nullable String checksum) {}

  private final Session session;
  private final Dialect dialect;

  /// A run on a connection of its own.
  public AloneRun(Session session, Dialect dialect) {
    this.session = session;
    this.dialect = dialect;
  }

  /// Whether a query says yes.
  public static boolean asked(Session session, String query) {
    // by hand and lasting, so that a connection that still holds something is not lent again
    Statement statement = new Statement(query, List.of(), "take the turn to migrate", true, true);
    try (Session.Rows rows = session.query(statement)) {
      return rows.next() && rows.bool(0);
    }
  }

  /// Takes the turn to migrate; false if it is somebody else's.
  public boolean begin() {
    String take = dialect.migrationLock();
    return take == null || asked(session, take);
  }

  /// Gives the turn to migrate back.
  public void end() {
    String give = dialect.migrationUnlock();
    if (give == null) {
      return;
    }
    try {
      asked(session, give);
    } catch (DatabaseException e) {
      // the connection is gone and the turn with it; what happened before is what is to be told
    }
  }

  /// Runs what is left of the statements; false if nothing is.
  ///
  /// @param note what the history is told
  /// @param firstLine where the statements begin in their file
  public boolean statements(Applied note, List<NamedSql> statements, int firstLine) {
    Known known = known(note.name());
    int remaining = statements.size();
    if (known == null) {
      insert(note);
    } else {
      boolean same = Objects.equals(known.checksum(), note.checksum());
      boolean repeated = note.name().startsWith("R ");
      if (known.remaining() == 0 && (same || !repeated)) {
        return false;
      }
      if (same || !repeated) { // else all of it is to be run, as it is now
        remaining = Math.min(known.remaining(), remaining);
      }
      beginAgain(note, remaining);
    }
    long start = System.nanoTime();
    for (NamedSql statement :
        statements.subList(statements.size() - remaining, statements.size())) {
      try {
        mend(statement);
        run(statement);
      } catch (DatabaseException e) {
        throw new MigrationException(
            "%s %s broke off at line %d, with %d of %d statements left; the next run goes on there: %s"
                .formatted(
                    note.name(),
                    note.description(),
                    firstLine + statement.line() - 1,
                    remaining,
                    statements.size(),
                    e.getMessage()),
            e);
      }
      remaining--;
      session.update(UPDATE, remaining, (System.nanoTime() - start) / 1_000_000, note.name());
    }
    return true;
  }

  // what a statement leaves that broke off, such as an index that is not valid
  private void mend(NamedSql statement) {
    String leftovers = dialect.leftovers(statement.text());
    if (leftovers == null) {
      return;
    }
    List<String> mends = new ArrayList<>();
    try (Session.Rows rows = session.query(statement(leftovers))) {
      while (rows.next()) {
        mends.add(Objects.requireNonNull(rows.text(0)));
      }
    }
    mends.forEach(mend -> session.update(statement(mend)));
  }

  private static Statement statement(String sql) {
    return new Statement(sql, List.of(), "remove what an earlier run left", true, false);
  }

  private void run(NamedSql statement) {
    Prepared prepared = statement.bind(Map.of());
    if (statement.givesRows()) {
      try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
        while (rows.next()) {}
      }
    } else {
      session.update(prepared.statement(), prepared.arguments());
    }
  }

  private @Nullable Known known(String name) {
    try (Session.Rows rows = session.query(ASK, name)) {
      return rows.next() ? new Known(rows.int32(0), rows.text(1)) : null;
    }
  }

  // a statement that failed may have been written anew
  private void beginAgain(Applied note, int remaining) {
    session.update(
        BEGIN_AGAIN,
        note.checksum(),
        note.down(),
        note.lossy(),
        remaining,
        Canonical.toMicros(note.at()),
        note.actor(),
        note.name());
  }

  private void insert(Applied note) {
    session.update(
        INSERT,
        note.name(),
        note.description(),
        note.kind().name(),
        note.checksum(),
        note.down(),
        note.lossy(),
        note.remaining(),
        Canonical.toMicros(note.at()),
        note.actor(),
        note.millis());
  }
}
