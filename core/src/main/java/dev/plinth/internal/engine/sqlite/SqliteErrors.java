package dev.plinth.internal.engine.sqlite;

import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The one place that knows SQLite's error codes.
///
/// SQLite gives no SQLState; its result code tells the class, its message the columns.
final class SqliteErrors {

  // the driver puts SQLite's own words in brackets behind its own:
  // "(UNIQUE constraint failed: users.email, users.tenant)"
  private static final Pattern FAILED =
      Pattern.compile("\\((?:UNIQUE|NOT NULL|CHECK) constraint failed: (.*)\\)$", Pattern.DOTALL);

  private static final Pattern WORDS = Pattern.compile("\\[\\w+] [^(]*\\((.*)\\)", Pattern.DOTALL);
  private static final Pattern NO_TABLE = Pattern.compile("no such table: (?:main\\.)?(.*)");
  private static final Pattern NO_COLUMN =
      Pattern.compile("(?:no such column: |table .* has no column named )(.*)");

  private SqliteErrors() {}

  /// The kind of a failure.
  ///
  /// @param what what was being done, for the message
  /// @param reading whether the connection is one that must only read
  static DatabaseException classify(SQLException e, String what, boolean reading) {
    SQLiteErrorCode code =
        e instanceof SQLiteException lite ? lite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    String doing = "Could not " + what + ": ";
    return switch (primary(code)) {
      case SQLITE_CONSTRAINT -> constraint(e, code, doing);
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL ->
          Thread.currentThread().isInterrupted() // then the wait ends before the limit
              ? new ConnectionException(
                  doing + "interrupted while waiting for another process's lock.", e)
              : new TimeoutException(
                  doing + "another process holds the database's lock for longer than the limit.",
                  e);
      case SQLITE_INTERRUPT ->
          new TimeoutException(doing + "it was stopped, its time was over.", e, true);
      case SQLITE_FULL -> new StorageException(doing + "the disk or the database is full.", e);
      case SQLITE_READONLY ->
          reading
              ? new TransactionException(doing + "it writes, but the connection only reads.", e)
              : new StorageException(doing + "the database file cannot be written to.", e);
      case SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_NOMEM, SQLITE_NOLFS ->
          new StorageException(doing + message(e), e);
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
          new ConnectionException(doing + message(e), e);
      case SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE ->
          new ValidationException(doing + message(e), e);
      default -> {
        for (String own : SqliteFunctions.COMPLAINTS) {
          if (message(e).contains(own)) {
            yield new ValidationException(doing + own + ".", e);
          }
        }
        yield new QueryException(doing + advice(words(e)), e);
      }
    };
  }

  // SQLite's own words, which the driver puts in brackets behind a general sentence
  private static String words(SQLException e) {
    Matcher words = WORDS.matcher(message(e));
    return words.matches() ? words.group(1) : message(e);
  }

  private static String advice(String words) {
    Matcher table = NO_TABLE.matcher(words);
    if (table.matches() && table.group(1).endsWith("_fts")) {
      return "the table has no full-text index '%s'. Make it with db.schema().create(…), which leaves the table as it is."
          .formatted(table.group(1));
    }
    if (table.matches()) {
      return "there is no table '%s'. Make it with db.schema().create(…), or check the name."
          .formatted(table.group(1));
    }
    Matcher column = NO_COLUMN.matcher(words);
    if (column.matches()) {
      return "the table has no column '%s'. Check the name; a table that is older than its record is not altered by db.schema().create(…)."
          .formatted(column.group(1));
    }
    return words.equals("Query does not return results")
        ? "it gives no rows: use execute() instead."
        : words + ".";
  }

  /// Whether SQLite may have rolled the whole transaction back by itself.
  ///
  /// See "Response to errors within a transaction", sqlite.org/lang_transaction.html.
  static boolean endsTransaction(SQLException e) {
    return e instanceof SQLiteException lite
        && switch (primary(lite.getResultCode())) {
          case SQLITE_FULL,
              SQLITE_IOERR,
              SQLITE_NOMEM,
              SQLITE_BUSY,
              SQLITE_INTERRUPT,
              SQLITE_CORRUPT,
              SQLITE_NOTADB ->
              true;
          default -> false;
        };
  }

  /// Whether a constraint was violated.
  static boolean ofConstraint(SQLException e) {
    return e instanceof SQLiteException lite
        && primary(lite.getResultCode()) == SQLiteErrorCode.SQLITE_CONSTRAINT;
  }

  private static SQLiteErrorCode primary(SQLiteErrorCode code) {
    return SQLiteErrorCode.getErrorCode(code.code & 0xff); // the rest says more exactly which
  }

  private static ConstraintException constraint(
      SQLException e, SQLiteErrorCode code, String doing) {
    String message = message(e);
    Kind kind =
        switch (code) {
          case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
              Kind.UNIQUE;
          case SQLITE_CONSTRAINT_FOREIGNKEY -> Kind.FOREIGN_KEY;
          case SQLITE_CONSTRAINT_NOTNULL -> Kind.NOT_NULL;
          default -> byMessage(message);
        };
    Matcher failed = FAILED.matcher(message);
    String subject = failed.find() ? failed.group(1) : null;
    List<String> columns = new ArrayList<>();
    String table = null;
    String constraint = null;
    if (subject != null && (kind == Kind.UNIQUE || kind == Kind.NOT_NULL)) {
      if (subject.startsWith("index '")) {
        constraint = subject.substring("index '".length(), subject.length() - 1);
      } else {
        for (String name : subject.split(", ")) {
          int dot = name.indexOf('.');
          table = dot < 0 ? table : name.substring(0, dot);
          columns.add(name.substring(dot + 1));
        }
      }
    } else if (kind == Kind.CHECK) {
      constraint = subject;
    }
    return new ConstraintException(
        kind, table, columns, constraint, doing + kind.words(columns, constraint), e);
  }

  private static Kind byMessage(String message) {
    return message.contains("UNIQUE")
        ? Kind.UNIQUE
        : message.contains("FOREIGN KEY")
            ? Kind.FOREIGN_KEY
            : message.contains("NOT NULL") ? Kind.NOT_NULL : Kind.CHECK;
  }

  private static String message(SQLException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
