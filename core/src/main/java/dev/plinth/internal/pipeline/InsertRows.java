package dev.plinth.internal.pipeline;

import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.spi.Column;
import dev.plinth.spi.Load;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Inserts rows in the engine's fastest way, and knows their keys.
///
/// Numbers are never taken from what a driver says about a batch, which no two drivers do alike: where
/// the engine can, they are fetched before, and the rows are sent with them.
final class InsertRows {

  private final SqlWriter writer;

  InsertRows(SqlWriter writer) {
    this.writer = writer;
  }

  /// Inserts the rows and gives them as they are now, in their order.
  List<@Nullable Object[]> run(Operation.Insert insert, Session session) {
    Shape<?> shape = insert.shape();
    List<@Nullable Object[]> rows = insert.rows();
    Column key = shape.with(Column.Role.KEY);
    if (key != null && ShapeSql.generated(key)) {
      return numbered(shape, key, rows, session);
    }
    send(shape, rows, session);
    return rows;
  }

  /// Inserts rows whose keys nobody asks for.
  void store(Shape<?> shape, List<@Nullable Object[]> rows, Session session) {
    ShapeSql sql = writer.of(shape);
    Column key = shape.key();
    if (rows.size() > 1 && sql.reserveKeys() != null) {
      numbered(shape, key, rows, session);
      return;
    }
    List<@Nullable Object[]> others = new ArrayList<>(rows.size());
    rows.forEach(row -> others.add(without(row, key)));
    if (rows.size() == 1) {
      session.update(sql.insertLeavingKey(), others.getFirst());
    } else {
      List<Column> columns = new ArrayList<>(shape.columns());
      columns.remove(key);
      session.load(new Load(shape.table(), columns, sql.insertLeavingKey()), others);
    }
  }

  private static @Nullable Object[] without(@Nullable Object[] row, Column key) {
    int at = key.position();
    @Nullable Object[] others = new Object[row.length - 1];
    System.arraycopy(row, 0, others, 0, at);
    System.arraycopy(row, at + 1, others, at, others.length - at);
    return others;
  }

  private void send(Shape<?> shape, List<@Nullable Object[]> rows, Session session) {
    Statement insert = writer.of(shape).insert();
    if (rows.size() == 1) {
      session.update(insert, rows.getFirst());
    } else {
      session.load(new Load(shape.table(), shape.columns(), insert), rows);
    }
  }

  private List<@Nullable Object[]> numbered(
      Shape<?> shape, Column key, List<@Nullable Object[]> rows, Session session) {
    keepFromNumbering(shape, rows, session);
    long missing = rows.stream().filter(row -> row[key.position()] == null).count();
    if (missing == 0) {
      send(shape, rows, session);
      return rows;
    }
    Statement reserve = rows.size() == 1 ? null : writer.of(shape).reserveKeys();
    if (reserve == null || !session.numbers(shape.table(), key.name())) {
      return oneByOne(shape, key, rows, session);
    }
    List<@Nullable Object[]> whole = new ArrayList<>(rows.size());
    try (Session.Rows numbers = session.query(reserve, missing)) {
      for (@Nullable Object[] row : rows) {
        if (row[key.position()] == null) {
          numbers.next();
          if (numbers.isNull(0)) { // what numbers the rows is not the column's own
            return oneByOne(shape, key, rows, session);
          }
          whole.add(with(row, key, numbers.int64(0)));
        } else {
          whole.add(row);
        }
      }
    }
    send(shape, whole, session);
    return whole;
  }

  // a copy: if the transaction is run again, the row is to be numbered anew
  private static @Nullable Object[] with(@Nullable Object[] row, Column key, long number) {
    @Nullable Object[] whole = row.clone();
    whole[key.position()] = key.encode(number);
    return whole;
  }

  /// Sees to it that keys which are given are not numbered again later.
  void keepFromNumbering(Shape<?> shape, List<@Nullable Object[]> rows, Session session) {
    Column key = shape.with(Column.Role.KEY);
    if (key == null || !ShapeSql.generated(key)) {
      return;
    }
    Statement advance = writer.of(shape).advanceKeys();
    if (advance == null) {
      return;
    }
    long highest = 0;
    for (@Nullable Object[] row : rows) {
      if (row[key.position()] instanceof Number given) {
        highest = Math.max(highest, given.longValue());
      }
    }
    if (highest > 0 && session.numbers(shape.table(), key.name())) {
      try (Session.Rows done = session.query(advance, highest)) {
        done.next();
      }
    }
  }

  private List<@Nullable Object[]> oneByOne(
      Shape<?> shape, Column key, List<@Nullable Object[]> rows, Session session) {
    ShapeSql sql = writer.of(shape);
    int at = key.position();
    for (@Nullable Object[] row : rows) { // first, or another row may be given the same number
      if (row[at] != null) {
        session.update(sql.insert(), row);
      }
    }
    List<@Nullable Object[]> whole = new ArrayList<>(rows.size());
    for (@Nullable Object[] row : rows) {
      if (row[at] != null) {
        whole.add(row);
        continue;
      }
      try (Session.Rows numbers = session.query(sql.insertGeneratingKey(), without(row, key))) {
        numbers.next();
        whole.add(with(row, key, numbers.int64(0)));
        numbers.next(); // to the end, where the engine reports that the row is durable
      }
    }
    return whole;
  }
}
