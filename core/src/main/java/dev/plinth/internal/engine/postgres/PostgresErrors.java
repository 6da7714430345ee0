package dev.plinth.internal.engine.postgres;

import dev.plinth.error.AccessException;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.ConstraintException.Kind;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.JsonMerge;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/// The one place that knows PostgreSQL's error codes.
///
/// See "PostgreSQL Error Codes", appendix A of its documentation.
final class PostgresErrors {

  /// What was going on when a statement failed.
  ///
  /// @param reading whether the session only reads
  /// @param inTransaction whether a commit is still to come
  /// @param committing whether the commit was sent
  record Moment(boolean reading, boolean inTransaction, boolean committing) {}

  /// The state of our own errors: a statement gives no rows where rows are asked for.
  static final String NO_RESULTS = "02000";

  /// The state of our own errors: a commit whose outcome is unknown.
  static final String UNKNOWN = "40003";

  // "Key (tenant, email)=(…) already exists.", in whatever language the server speaks
  private static final Pattern KEY = Pattern.compile("\\((.+?)\\)=\\(");
  private static final Pattern NAME = Pattern.compile("\"(?:[^\"]|\"\")+\"|[^,\\s][^,]*");
  private static final Pattern QUOTED = Pattern.compile("[\"»«„“]([^\"»«„“]+)[\"»«„“]");

  private static final Set<String> CONVERSIONS = Set.of("07006", "42846", "42821");
  // what stands in quotes, up to the last of them; a value may have some itself
  private static final Pattern VALUE = Pattern.compile("(?s): ?[\"»«„“].*|[\"»«„“].*[\"»«„“]");

  private PostgresErrors() {}

  /// The kind of a failure.
  ///
  /// @param what what was being done, for the message
  static DatabaseException classify(SQLException failed, String what, Moment moment) {
    SQLException e = first(failed);
    String state = state(e);
    String doing = "Could not " + what + ": ";
    if (isLost(e)) {
      return lost(e, what, moment);
    }
    return switch (state) {
      case "40001", "40P01", "55P03", "40000", "40002" ->
          new ConflictException(doing + "another transaction was in the way (" + state + ").", e);
      // a statement that was prepared before its table was altered; prepared anew it works
      case "26000" -> new ConflictException(doing + "it must be prepared anew.", e);
      case "0A000" ->
          "RevalidateCachedQuery".equals(routine(e))
              ? new ConflictException(doing + "its table was altered meanwhile.", e)
              : new QueryException(doing + words(e), e);
      case UNKNOWN -> new OutcomeUnknownException(doing + "the outcome is unknown.", e);
      case NO_RESULTS -> new QueryException(doing + "it gives no rows: use execute() instead.", e);
      case "57014" -> new TimeoutException(doing + "it was stopped: " + words(e), e, true);
      case "42P18" ->
          new QueryException(
              doing + words(e) + " Say which type it has: cast(:name as text), for example.", e);
      case "25P02" -> new TransactionException(doing + "an error has ended the transaction.", e);
      case "25006" ->
          moment.reading()
              ? new TransactionException(doing + "it writes, but the transaction only reads.", e)
              : new ConnectionException(
                  doing + "the server only reads; it is no primary.", e, true);
      case "53100" -> new StorageException(doing + "the server's disk is full.", e);
      case "53200" -> new StorageException(doing + "the server is out of memory.", e);
      case "54000" ->
          words(e).contains("tsvector")
              ? new ValidationException(doing + "the text has too many words for its index.", e)
              : byClass(e, state, doing);
      case "42501" -> // by the function that says it, since its words are translated
          "ExecWithCheckOptions".equals(routine(e))
              ? new AccessException(doing + "the table's policy is against it.", e)
              : new QueryException(doing + words(e), e);
      case "42P01", "42703" -> new QueryException(doing + advice(e, state), e);
      default -> byClass(e, state, doing);
    };
  }

  private static DatabaseException byClass(SQLException e, String state, String doing) {
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "23" -> constraint(e, state, doing);
      case "22" ->
          words(e).contains(JsonMerge.NO_OBJECT)
              ? new ValidationException(doing + JsonMerge.NO_OBJECT + ".", clean(e))
              : new ValidationException(doing + hidden(words(e)), clean(e));
      case "28", "3D" -> new ConnectionException(doing + words(e), e);
      case "58", "XX" ->
          String.valueOf(e.getMessage()).contains("could not commit transaction for shard")
              ? new ConflictException(doing + "a shard was in the way.", e)
              : new StorageException(doing + words(e), e);
      default -> new QueryException(doing + words(e), e);
    };
  }

  private static DatabaseException lost(SQLException e, String what, Moment moment) {
    boolean unknown = !moment.reading() && (moment.committing() || !moment.inTransaction());
    return unknown
        ? new OutcomeUnknownException(
            "The connection was lost when it was to "
                + what
                + ", so whether that happened is unknown. Read what is there, or use an idempotency key.",
            e)
        : new ConnectionException(
            "Could not " + what + ": the connection to the server was lost.", e, true);
  }

  /// Why no connection could be made.
  static DatabaseException connecting(SQLException e, String where) {
    String state = state(e);
    boolean passing = isAway(e) || state.equals("53300");
    return new ConnectionException(
        "Could not connect to "
            + where
            + ": "
            + (state.equals("53300") ? "it has too many connections already." : words(e)),
        e,
        passing);
  }

  /// Whether a server that refuses a connection is away, so that asking again soon is sensible.
  ///
  /// One that is there, but cannot have TLS as it is asked for or cannot be trusted, has a state of
  /// the same class; what tells it apart is that the network is not to blame.
  static boolean isAway(SQLException e) {
    String state = state(e);
    Throwable reason = e;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return state.isEmpty()
        || state.equals("08001")
        || state.startsWith("57P")
        || (state.equals("08P01") && server(e) != null) // a pooler's word for all its troubles
        || (isLost(e)
            && (reason instanceof SocketException
                || reason instanceof SocketTimeoutException
                || reason instanceof EOFException));
  }

  /// Whether the connection is of no more use.
  ///
  /// @param reading whether the session only reads, so that a refused write is the caller's mistake
  static boolean isLost(SQLException e, boolean reading) {
    return isLost(e) || (state(e).equals("25006") && !reading);
  }

  private static boolean isLost(SQLException e) {
    String state = state(e);
    ServerErrorMessage said = server(e);
    // a server that only complains about a message is still there
    boolean complaint = state.equals("08P01") && said != null && "ERROR".equals(said.getSeverity());
    return (state.startsWith("08") && !complaint) || state.startsWith("57P");
  }

  /// Whether it is what the server said, or that it says nothing any more; otherwise the driver found
  /// something wrong, and the transaction goes on.
  static boolean isOfServer(SQLException e) {
    SQLException first = first(e);
    return server(first) != null || isLost(first);
  }

  /// Whether somebody stopped the statement, wherever it was.
  static boolean isStopped(SQLException e) {
    return state(first(e)).equals("57014");
  }

  // a batch's own exception has neither the constraint nor plain words
  private static SQLException first(SQLException e) {
    return e instanceof BatchUpdateException && e.getNextException() != null
        ? e.getNextException()
        : e;
  }

  /// Whether the server is ill, though it answers.
  static boolean isIll(SQLException e) {
    String state = state(e);
    return state.startsWith("53") || state.startsWith("58") || state.startsWith("XX");
  }

  /// Whether a value could not be made of what the column holds.
  static boolean isConversion(SQLException e) {
    return state(e).startsWith("22") || CONVERSIONS.contains(state(e)); // the driver's own
  }

  /// Whether a warning says that a commit was not replicated as it should have been.
  static boolean isUnreplicated(@Nullable SQLWarning warning) {
    for (SQLWarning one = warning; one != null; one = one.getNextWarning()) {
      if (one instanceof PSQLWarning own
          && own.getServerErrorMessage() != null
          && "SyncRepWaitForLSN".equals(own.getServerErrorMessage().getRoutine())) {
        return true; // by the function that says it, since its words are translated
      }
    }
    return false;
  }

  private static ConstraintException constraint(SQLException e, String state, String doing) {
    Kind kind =
        switch (state) {
          case "23505", "23P01" -> Kind.UNIQUE;
          case "23503", "23001" -> Kind.FOREIGN_KEY;
          case "23502" -> Kind.NOT_NULL;
          default -> Kind.CHECK;
        };
    ServerErrorMessage server = server(e);
    String constraint = server == null ? null : server.getConstraint();
    List<String> columns = new ArrayList<>();
    if (server != null && kind == Kind.NOT_NULL && server.getColumn() != null) {
      columns.add(server.getColumn());
    } else if (server != null && server.getDetail() != null && kind != Kind.CHECK) {
      Matcher key = KEY.matcher(server.getDetail());
      if (key.find()) {
        Matcher name = NAME.matcher(key.group(1));
        while (name.find()) {
          columns.add(name.group().replaceAll("^\"|\"$", "").replace("\"\"", "\""));
        }
      }
    }
    return new ConstraintException(
        kind,
        server == null ? null : server.getTable(),
        columns,
        constraint,
        doing + kind.words(columns, constraint),
        e);
  }

  private static String advice(SQLException e, String state) {
    Matcher name = QUOTED.matcher(words(e));
    String subject = name.find() ? "'" + name.group(1) + "'" : "of that name";
    if (subject.equals("'xmax'")) {
      return "save needs a table, not a view: use create, update or patch.";
    }
    return state.equals("42P01")
        ? "there is no table %s. Make it with db.schema().create(…), or check the name."
            .formatted(subject)
        : "the table has no column %s. Check the name; a table that is older than its record is not altered by db.schema().create(…)."
            .formatted(subject);
  }

  // the server's own sentence, without the detail, which repeats values
  private static String words(SQLException e) {
    ServerErrorMessage server = server(e);
    String message = server == null ? e.getMessage() : server.getMessage();
    if (message == null) {
      return e.getClass().getSimpleName() + ".";
    }
    return message.endsWith(".") ? message : message + ".";
  }

  private static String hidden(String words) {
    Matcher value = VALUE.matcher(words);
    return value.find()
        ? words.substring(0, value.start())
            + (words.startsWith(":", value.start()) ? "" : "\"…\"")
            + (value.end() < words.length() ? words.substring(value.end()) : ".")
        : words;
  }

  // the same failure without the value that its text repeats
  private static SQLException clean(SQLException e) {
    SQLException clean = new SQLException(hidden(words(e)), e.getSQLState());
    clean.setStackTrace(e.getStackTrace());
    return clean;
  }

  private static @Nullable String routine(SQLException e) {
    ServerErrorMessage server = server(e);
    return server == null ? null : server.getRoutine();
  }

  private static @Nullable ServerErrorMessage server(SQLException e) {
    return e instanceof PSQLException own ? own.getServerErrorMessage() : null;
  }

  private static String state(SQLException e) {
    String state = e.getSQLState();
    return state == null ? "" : state;
  }
}
