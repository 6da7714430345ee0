package dev.plinth.internal.engine.duckdb;

import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The one place that knows DuckDB's error messages.
///
/// DuckDB gives no SQLState and no code; the message begins with its class, as in "Constraint Error:
/// …". What the messages repeat of values is taken out, in the cause as well: it may be secret.
final class DuckDbErrors {

  private static final Pattern CLASS =
      Pattern.compile("(?s)([A-Z][A-Za-z ]*?)(?: Error)?: (.*?)(?:\n\nLINE \\d+: .*)?");

  // the appender says no class: any failure of its may come with these words in front
  private static final Pattern RULE =
      Pattern.compile("Duplicate|PRIMARY KEY|NOT NULL|CHECK|Violates foreign key");

  // what a stream says whose statement was stopped
  private static final String STOPPED = "Invalid Input Error: Invalid result set";

  private static final Pattern COMMIT = Pattern.compile("(?s)Failed to commit: (.*)");
  private static final Pattern DUPLICATE =
      Pattern.compile("(?s)Duplicate key \"(.*)\" violates (?:primary key|unique) constraint.*");
  // among live rows the index is on expressions, which the message repeats
  private static final Pattern KEY_PART =
      Pattern.compile(
          "(?:^|, )(?:CASE  WHEN \\(\\(.+? IS NULL\\)\\) THEN \\((?<live>.+?)\\) ELSE"
              + " CAST\\(NULL AS .+?\\) END|(?<plain>[^:,\"]{1,63})): ");
  private static final Pattern MISSING =
      Pattern.compile("(?s)NOT NULL constraint failed: (\".*\"|[^.\"]*)\\.(\".*\"|[^.\"]*)");
  private static final Pattern CHECK =
      Pattern.compile(
          "(?s)CHECK constraint failed on table \"(.*)\" with expression CHECK\\((.*)\\)");
  private static final Pattern WRITTEN = Pattern.compile("(?:insert|save) into (.*)|update (.*)");
  private static final Pattern NO_TABLE =
      Pattern.compile("(?s)Table with name \"?(.*?)\"? does not exist!.*");
  private static final Pattern NO_COLUMN =
      Pattern.compile(
          "(?s)(?:Referenced (?:update )?column \"?(.*?)\"? not found in"
              + "|Table \".*?\" does not have a column (?:with name|named) \"(.*?)\").*");
  private static final Pattern VALUE =
      Pattern.compile("(?s)'.*'|\".*\"|\\(.*\\)|(?<=value ).*(?= can't)");

  private DuckDbErrors() {}

  /// The kind of a failure.
  ///
  /// @param what what was being done, for the message
  /// @param reading whether the connection is one that must only read
  static DatabaseException classify(SQLException e, String what, boolean reading) {
    String doing = "Could not " + what + ": ";
    if (e instanceof SQLTimeoutException || message(e).startsWith(STOPPED)) {
      return new TimeoutException(doing + "it was stopped, its time was over.", e, true);
    }
    if ("08003".equals(e.getSQLState())) {
      return new ConnectionException(doing + "the connection is closed.", e);
    }
    Matcher words = CLASS.matcher(message(e));
    String type = words.matches() ? words.group(1) : "";
    String text = words.matches() ? words.group(2) : message(e);
    return switch (type) {
      case "Constraint" -> constraint(e, text, what, doing);
      case "Failed to append" ->
          RULE.matcher(text).lookingAt()
              ? constraint(e, text, what, doing)
              : text.contains("read-only mode")
                  ? transaction(e, text, doing, reading)
                  : new StorageException(doing + ended(text), e);
      case "TransactionContext" -> transaction(e, text, doing, reading);
      case "IO", "Data Corruption", "FATAL", "INTERNAL", "Out of Memory", "Serialization" ->
          new StorageException(doing + ended(text), e);
      case "Connection" -> new ConnectionException(doing + ended(text), e);
      case "Conversion", "Out of Range", "Mismatch Type" ->
          new ValidationException(
              doing + "a value does not fit: " + hidden(text), clean(e, type, hidden(text)));
      case "Invalid Input" -> input(e, type, text, doing);
      case "Not implemented" ->
          new UnsupportedException(doing + "DuckDB cannot do it: " + ended(text), e);
      case "Permission" ->
          new QueryException(
              doing + "it reaches for files, which SQL of this database must not.", e);
      default -> new QueryException(doing + advice(text), e);
    };
  }

  private static DatabaseException input(SQLException e, String type, String text, String doing) {
    for (String own : DuckDbFunctions.COMPLAINTS) {
      if (text.contains(own)) {
        return new ValidationException(doing + own + ".", clean(e, type, own));
      }
    }
    return new QueryException(doing + hidden(text), clean(e, type, hidden(text)));
  }

  private static DatabaseException transaction(
      SQLException e, String text, String doing, boolean reading) {
    Matcher commit = COMMIT.matcher(text);
    if (commit.matches()) {
      String why = commit.group(1);
      if (why.startsWith("PRIMARY KEY or UNIQUE")) {
        // run again, the transaction meets the row, and either takes it or says which columns
        return new ConflictException(
            doing + "another transaction has stored the same key meanwhile.",
            clean(e, "TransactionContext", "Failed to commit: duplicate key"));
      }
      if (why.contains("foreign key")) {
        return constraint(e, why, "", doing);
      }
      return why.contains("onflict")
          ? new ConflictException(doing + "another transaction was in the way.", e)
          : new StorageException(doing + ended(why), e);
    }
    if (text.contains("onflict")) { // on update, on tuple deletion, write-write, transaction
      return new ConflictException(doing + "another transaction changes the same rows.", e);
    }
    if (text.contains("read-only mode")) {
      return new TransactionException(
          doing + "it writes, but the " + (reading ? "connection" : "transaction") + " only reads.",
          e);
    }
    return text.contains("is aborted")
        ? new TransactionException(doing + "an error has ended the transaction.", e)
        : new TransactionException(doing + ended(text), e);
  }

  /// Whether the transaction can only be rolled back: after every error but one of grammar.
  ///
  /// Nobody must go on after it: a "commit" would roll back, and say nothing.
  static boolean endsTransaction(SQLException e) {
    return !message(e).startsWith("Parser Error");
  }

  private static DatabaseException constraint(
      SQLException e, String text, String what, String doing) {
    Kind kind = kind(text);
    List<String> columns = new ArrayList<>();
    String table = null;
    String constraint = null;
    switch (kind) {
      case UNIQUE -> {
        Matcher duplicate = DUPLICATE.matcher(text);
        if (duplicate.matches()) {
          columns.addAll(columns(duplicate.group(1)));
        }
        Matcher written = WRITTEN.matcher(what); // the message does not name the table
        if (written.matches()) {
          table = written.group(1) != null ? written.group(1) : written.group(2);
        }
      }
      case NOT_NULL -> {
        Matcher missing = MISSING.matcher(text);
        if (missing.matches()) {
          table = unquoted(missing.group(1));
          columns.add(unquoted(missing.group(2)));
        }
      }
      case CHECK -> {
        Matcher check = CHECK.matcher(text);
        if (check.matches()) {
          table = check.group(1);
          constraint = check.group(2);
        }
      }
      case FOREIGN_KEY -> {} // it names a key, but not whose
    }
    String words = kind.words(columns, constraint);
    return new ConstraintException(
        kind, table, columns, constraint, doing + words, clean(e, "Constraint", words));
  }

  // "name: value, name: value", where a value may look like a further name
  private static List<String> columns(String key) {
    List<String> live = new ArrayList<>();
    List<String> plain = new ArrayList<>();
    Matcher part = KEY_PART.matcher(key);
    while (part.find()) {
      if (part.group("live") != null) {
        live.add(part.group("live"));
      } else {
        plain.add(part.group("plain"));
      }
    }
    return live.isEmpty() ? plain : live;
  }

  private static Kind kind(String text) {
    return text.startsWith("NOT NULL")
        ? Kind.NOT_NULL
        : text.startsWith("CHECK")
            ? Kind.CHECK
            : text.contains("foreign key") ? Kind.FOREIGN_KEY : Kind.UNIQUE;
  }

  private static String unquoted(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  private static String advice(String text) {
    Matcher table = NO_TABLE.matcher(text);
    if (table.matches()) {
      return "there is no table '%s'. Make it with db.schema().create(…), or check the name."
          .formatted(table.group(1));
    }
    Matcher column = NO_COLUMN.matcher(text);
    if (column.matches()) {
      return "the table has no column '%s'. Check the name; a table that is older than its record is not altered by db.schema().create(…)."
          .formatted(column.group(1) != null ? column.group(1) : column.group(2));
    }
    return ended(text);
  }

  // values stand in quotes or brackets, and may go over several lines
  private static String hidden(String text) {
    return ended(VALUE.matcher(text).replaceAll("…"));
  }

  // the same failure without the values that its text repeats
  private static SQLException clean(SQLException e, String type, String text) {
    SQLException clean =
        new SQLException(type + " Error: " + text, e.getSQLState(), e.getErrorCode());
    clean.setStackTrace(e.getStackTrace());
    return clean;
  }

  // the first paragraph, as a sentence
  private static String ended(String text) {
    String first = text.split("\n", 2)[0].strip();
    return first.matches("(?s).*[.!?…]") ? first : first + ".";
  }

  private static String message(SQLException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
