package dev.plinth.internal.change;

import dev.plinth.error.QueryException;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.CommitOrder;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A log whose writers commit in another order than they take their numbers in.
///
/// It is read window by window: what was committed between two snapshots, by number. So nothing is
/// passed over, whoever commits late; and the changes of a row keep their order, since a transaction
/// that changes it after another saw that one end, and took its number then. A position is a snapshot
/// before which all was read, and within a window that is being read, the snapshot where it ends and
/// the number of the last row.
final class SnapshotLog implements ChangeLog {

  private final Engine engine;
  private final CommitOrder order;
  private final Consumer<Consumer<Session>> inTransaction;
  private final Statement now;
  private final Statement ahead;
  private final Statement first;
  private final Statement rows;
  private volatile boolean ready;

  SnapshotLog(Engine engine, CommitOrder order, Consumer<Consumer<Session>> inTransaction) {
    this.engine = engine;
    this.order = order;
    this.inTransaction = inTransaction;
    this.now = new Statement(order.now(), List.of(), "look what was committed");
    this.ahead =
        new Statement(order.ahead(), List.of(ColumnType.TEXT), "look how far the log goes");
    Dialect dialect = engine.dialect();
    this.first =
        new Statement(
            "select min(%s + 0) from %s where %s and %s" // by the index of what is recent
                .formatted(
                    dialect.quote("id"),
                    dialect.quote(Logged.LOG.table()),
                    order.recent(),
                    ChangeLog.concerns(dialect, order.between())),
            List.of(ColumnType.TEXT, ColumnType.TEXT, ColumnType.TEXT, ColumnType.TEXT),
            "look where the log goes on");
    this.rows =
        new Statement(
            ChangeLog.select(dialect, order.between()),
            List.of(ColumnType.LONG, ColumnType.TEXT, ColumnType.TEXT, ColumnType.TEXT),
            "follow the log");
  }

  /// A position.
  ///
  /// @param since all that was committed before it has been read
  /// @param until where the window ends; null if none is open
  /// @param id the last row in the window that has been read
  private record Place(String since, @Nullable String until, long id) {

    static Place of(String position) {
      String[] parts = position.split("/", -1);
      return parts.length == 1
          ? new Place(position, null, 0)
          : new Place(parts[0], parts[1], Long.parseLong(parts[2]));
    }

    String text(long at) {
      return since + "/" + until + "/" + at;
    }
  }

  /// Adds to the log what tells its transactions apart, unless it is there.
  @Override
  public void prepare() {
    if (ready) {
      return;
    }
    try {
      inTransaction.accept(this::add);
    } catch (QueryException e) {
      throw new QueryException(
          "The log cannot be followed before it has the column '%s', which its owner can add by: %s. %s"
              .formatted(order.column(), String.join("; ", order.additions()), e.getMessage()),
          e);
    }
    ready = true;
  }

  private void add(Session session) {
    if (named(session)) {
      return;
    }
    Dialect dialect = engine.dialect();
    String lock = dialect.schemaLock();
    if (lock != null) {
      try (Session.Rows locked = session.query(statement(lock))) {
        locked.next();
      }
    }
    if (!named(session)) { // others may have been quicker
      order.additions().forEach(addition -> session.update(statement(addition)));
    }
  }

  private boolean named(Session session) {
    return engine.columns(session, Logged.LOG.table()).stream()
        .anyMatch(column -> column.name().equals(order.column()));
  }

  private static Statement statement(String sql) {
    return new Statement(sql, List.of(), "let the log be followed");
  }

  @Override
  public String start(@Nullable String from) {
    if (from != null
        && !from.isEmpty()
        && !from.matches("%1$s(/%1$s/\\d{1,18})?".formatted(order.form()))) {
      throw ChangeLog.noPosition();
    }
    try (Session session = engine.read()) {
      String position = from == null ? now(session) : from.isEmpty() ? order.beginning() : from;
      Place place = Place.of(position);
      String last = place.until() == null ? place.since() : place.until();
      try (Session.Rows found = session.query(ahead, last)) {
        found.next();
        if (found.bool(0)) {
          throw ChangeLog.ahead(
              " If the log came from a dump, drop its column '%s' first: it is added anew."
                  .formatted(order.column()));
        }
      }
      return position;
    }
  }

  private String now(Session session) {
    try (Session.Rows found = session.query(now)) {
      found.next();
      return Objects.requireNonNull(found.text(0));
    }
  }

  @Override
  public Piece next(String position, String table) {
    Place from = Place.of(position);
    List<Logged> read = new ArrayList<>();
    try (Session session = engine.read()) {
      String since = from.since();
      String until = from.until();
      if (until == null) {
        until = now(session);
        from = since.equals(until) ? null : opened(since, until, table, session);
        if (from == null) {
          return new Piece(read, until);
        }
      }
      try (Session.Rows found = session.query(rows, from.id(), table, since, until)) {
        while (found.next()) {
          read.add(Logged.read(found, from.text(Logged.id(found))));
        }
      }
      return new Piece(read, read.size() < PIECE ? until : read.getLast().position());
    }
  }

  // null if there is nothing in it
  private @Nullable Place opened(String since, String until, String table, Session session) {
    try (Session.Rows found = session.query(first, since, table, since, until)) {
      found.next();
      return found.isNull(0) ? null : new Place(since, until, found.int64(0) - 1);
    }
  }
}
