package dev.plinth.internal.change;

import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A log whose numbers are in the order of commits, since writers take turns.
///
/// A position is the number of the last row that was seen.
final class NumberedLog implements ChangeLog {

  private final Engine engine;
  private final Statement last;
  private final Statement rows;

  NumberedLog(Engine engine) {
    this.engine = engine;
    Dialect dialect = engine.dialect();
    String id = dialect.quote("id");
    this.last =
        new Statement(
            "select max(%s) from %s".formatted(id, dialect.quote(Logged.LOG.table())),
            List.of(),
            "look how far the log goes");
    this.rows =
        new Statement(
            ChangeLog.select(dialect, id + " <= ?"),
            List.of(ColumnType.LONG, ColumnType.TEXT, ColumnType.LONG),
            "follow the log");
  }

  @Override
  public String start(@Nullable String from) {
    if (from == null) {
      return Long.toString(last());
    }
    long number = from.isEmpty() ? 0 : number(from);
    long end = last();
    if (end > 0 && number > end) { // an empty log may have been cleaned up
      throw ChangeLog.ahead("");
    }
    return Long.toString(number);
  }

  private static long number(String position) {
    if (!position.matches("\\d{1,18}")) {
      throw ChangeLog.noPosition();
    }
    return Long.parseLong(position);
  }

  private long last() {
    try (Session session = engine.read()) {
      return last(session);
    }
  }

  private long last(Session session) {
    try (Session.Rows found = session.query(last)) {
      found.next();
      return found.int64(0);
    }
  }

  @Override
  public Piece next(String position, String table) {
    long from = Long.parseLong(position);
    List<Logged> read = new ArrayList<>();
    try (Session session = engine.read()) {
      long end = last(session);
      if (end <= from) {
        return new Piece(read, position);
      }
      try (Session.Rows found = session.query(rows, from, table, end)) {
        while (found.next()) {
          read.add(Logged.read(found, Long.toString(Logged.id(found))));
        }
      }
      return new Piece(read, read.size() < PIECE ? Long.toString(end) : read.getLast().position());
    }
  }
}
