package dev.plinth.internal.pipeline;

import dev.plinth.error.NotFoundException;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.Ordering;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.query.Cursor;
import dev.plinth.query.Selection;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The last step: writes the statement, sends it, reads what comes back.
public final class Execute implements Step {

  private static final int BATCH = 1000;

  private final Engine engine;
  private final SqlWriter writer;
  private final CursorCodec cursors;
  private final UpdateByKey updates;

  /// A step that sends to this engine.
  public Execute(Engine engine, SqlWriter writer, CursorCodec cursors) {
    this.engine = engine;
    this.writer = writer;
    this.cursors = cursors;
    this.updates = new UpdateByKey(writer);
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Session running = call.context().session();
    return switch (call.operation()) {
      case Operation.Stream stream -> stream(stream, running);
      case Operation.Read read -> {
        if (running != null) {
          yield read(read, running);
        }
        try (Session session = engine.read()) {
          yield read(read, session);
        }
      }
      case Operation.Write write -> {
        if (running != null) {
          yield write(write, running);
        }
        try (Session session = engine.write()) {
          yield write(write, session);
        }
      }
    };
  }

  private Outcome read(Operation.Read read, Session session) {
    return switch (read) {
      case Operation.Find find -> find(find, session);
      case Operation.Select select -> select(select, session);
      case Operation.Count count -> new Outcome.Counted(number(writer.count(count), session));
      case Operation.Exists exists -> {
        Prepared prepared = writer.exists(exists);
        try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
          yield new Outcome.Counted(rows.next() ? 1 : 0);
        }
      }
      case Operation.Explain explain -> explain(explain, session);
      case Operation.Stream _ -> throw new IllegalStateException("A stream keeps its session.");
    };
  }

  private Outcome find(Operation.Find find, Session session) {
    Statement statement = writer.of(find.shape()).find(find.deleted());
    try (Session.Rows rows = session.query(statement, find.key())) {
      return new Outcome.Found(rows.next() ? find.shape().read(rows) : null);
    }
  }

  private Outcome select(Operation.Select select, Session session) {
    Shape<?> into = select.into();
    Prepared prepared = prepare(select.shape(), into, select.selection(), select.keyed());
    Ordering ordering = ordering(select.shape(), select.selection());
    List<Object> entities = new ArrayList<>();
    List<List<@Nullable Object>> keys = new ArrayList<>();
    try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
      while (rows.next()) {
        entities.add(into.read(rows));
        if (select.keyed()) {
          keys.add(keys(ordering, into.columns().size(), rows));
        }
      }
    }
    return new Outcome.Rows(entities, keys);
  }

  private static List<@Nullable Object> keys(Ordering ordering, int first, Session.Rows rows) {
    List<@Nullable Object> values = new ArrayList<>(ordering.keys().size());
    for (Ordering.Key key : ordering.keys()) {
      values.add(rows.value(first + values.size(), key.column().type()));
    }
    return values;
  }

  private Prepared prepare(Shape<?> shape, Shape<?> into, Selection selection, boolean keyed) {
    Ordering ordering = ordering(shape, selection);
    Cursor cursor = selection.cursor();
    Selection bounded =
        cursor == null
            ? selection
            : selection.and(
                ordering.behind(
                    cursors.read(shape, Ordering.of(shape, selection.orders()), cursor)));
    return writer.select(shape, into, bounded, ordering, keyed);
  }

  private static Ordering ordering(Shape<?> shape, Selection selection) {
    Ordering ordering = Ordering.of(shape, selection.orders());
    return selection.backward() ? ordering.reversed() : ordering;
  }

  private Outcome explain(Operation.Explain explain, Session session) {
    Prepared prepared = writer.explain(explain);
    StringBuilder text = new StringBuilder();
    try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
      int last = rows.names().size() - 1; // engines put the words last
      while (rows.next()) {
        text.append(rows.any(last)).append('\n');
      }
    }
    return new Outcome.Explained(text.toString());
  }

  private static long number(Prepared prepared, Session session) {
    try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
      rows.next();
      return rows.int64(0);
    }
  }

  private Outcome stream(Operation.Stream stream, @Nullable Session running) {
    Shape<?> into = stream.into();
    Prepared prepared = prepare(stream.shape(), into, stream.selection(), false);
    Session session = running == null ? engine.read() : running;
    return new Outcome.Streamed(
        RowStream.of(
            session, running == null, prepared, (Function<Session.Rows, Object>) into::read));
  }

  private Outcome write(Operation.Write write, Session session) {
    return switch (write) {
      case Operation.Insert insert -> insert(insert, session);
      case Operation.Save save -> save(save, session);
      case Operation.UpdateRows update -> updates.run(update, session);
      case Operation.UpdateWhere update ->
          changed(writer.update(update), update.shape(), update.returning(), session);
      case Operation.Delete delete ->
          changed(writer.delete(delete), delete.shape(), delete.returning(), session);
      case Operation.Restore restore ->
          throw new IllegalStateException("Restoring " + restore.shape() + " was not rewritten.");
    };
  }

  private Outcome insert(Operation.Insert insert, Session session) {
    Shape<?> shape = insert.shape();
    List<@Nullable Object[]> rows = insert.rows();
    Column key = shape.with(Column.Role.KEY);
    if (insert.given() != null) {
      return new Outcome.Changed(1, returned(writer.insert(insert), shape, session));
    }
    if (key != null && ShapeSql.generated(key)) {
      numbered(shape, key, rows, session);
    } else if (rows.size() == 1) {
      session.update(writer.of(shape).insert(), rows.getFirst());
    } else {
      for (int from = 0; from < rows.size(); from += BATCH) {
        session.batch(
            writer.of(shape).insert(), rows.subList(from, Math.min(rows.size(), from + BATCH)));
      }
    }
    List<Object> entities = new ArrayList<>(rows.size());
    for (@Nullable Object[] row : rows) {
      entities.add(shape.build(row));
    }
    return new Outcome.Changed(rows.size(), entities);
  }

  // one by one: no driver gives the numbers of a batch back reliably in order
  private void numbered(
      Shape<?> shape, Column key, List<@Nullable Object[]> rows, Session session) {
    ShapeSql sql = writer.of(shape);
    int at = key.position();
    for (@Nullable Object[] row : rows) {
      if (row[at] != null) {
        session.update(sql.insert(), row);
        continue;
      }
      @Nullable Object[] others = new Object[row.length - 1];
      System.arraycopy(row, 0, others, 0, at);
      System.arraycopy(row, at + 1, others, at, others.length - at);
      try (Session.Rows numbers = session.query(sql.insertGeneratingKey(), others)) {
        numbers.next();
        row[at] = numbers.value(0, key.type());
        numbers.next(); // to the end, where the engine reports that the row is durable
      }
    }
  }

  private Outcome save(Operation.Save save, Session session) {
    Prepared prepared = writer.save(save);
    List<Object> saved = returned(prepared, save.shape(), session);
    if (saved.isEmpty()) {
      throw new NotFoundException(
          save.shape().table(),
          "The row of %s to be saved is deleted: restore it first.".formatted(save.shape()));
    }
    return new Outcome.Changed(1, saved);
  }

  private static Outcome changed(
      Prepared prepared, Shape<?> shape, boolean returning, Session session) {
    if (!returning) {
      return new Outcome.Changed(
          session.update(prepared.statement(), prepared.arguments()), List.of());
    }
    List<Object> entities = returned(prepared, shape, session);
    return new Outcome.Changed(entities.size(), entities);
  }

  // reads to the end, where the engine reports that the change is durable
  static List<Object> returned(Prepared prepared, Shape<?> shape, Session session) {
    List<Object> entities = new ArrayList<>();
    try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
      while (rows.next()) {
        entities.add(shape.read(rows));
      }
    }
    return entities;
  }
}
