package dev.plinth.internal.pipeline;

import dev.plinth.error.NotFoundException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.sql.CursorCodec;
import dev.plinth.internal.sql.Ordering;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Cursor;
import dev.plinth.query.Selection;
import dev.plinth.spi.Call;
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

  private final Engine engine;
  private final Transactions transactions;
  private final RowPolicies policies;
  private final SqlWriter writer;
  private final CursorCodec cursors;
  private final InsertRows inserts;
  private final UpdateByKey updates;

  /// A step that sends to this engine.
  ///
  /// @param policies know in whose name it is done
  public Execute(
      Engine engine,
      Transactions transactions,
      SqlWriter writer,
      CursorCodec cursors,
      RowPolicies policies) {
    this.policies = policies;
    this.transactions = transactions;
    this.engine = engine;
    this.writer = writer;
    this.cursors = cursors;
    this.inserts = new InsertRows(writer);
    this.updates = new UpdateByKey(writer, engine.dialect());
  }

  @Override
  public Outcome apply(Call call, Next next) {
    Session running = call.context().session();
    Shape<?> shape = call.operation().shape();
    if (running != null) {
      policies.named(running, shape);
    }
    return switch (call.operation()) {
      case Operation.Stream stream -> stream(stream, running);
      case Operation.Read read -> {
        if (running != null) {
          yield read(read, running);
        }
        try (Session session = transactions.reading()) {
          yield read(read, policies.named(session, shape));
        }
      }
      case Operation.Write write -> {
        if (running != null) {
          yield write(write, running);
        }
        try (Session session = engine.share(Engine.PATIENT)) {
          Outcome outcome = write(write, session);
          transactions.committed(session);
          yield outcome;
        }
      }
    };
  }

  private Outcome read(Operation.Read read, Session session) {
    return switch (read) {
      case Operation.Find find -> find(find, session);
      case Operation.Select select -> select(select, session);
      case Operation.Count count -> new Outcome.Counted(number(prepared(count), session));
      case Operation.Exists exists -> {
        Prepared prepared = prepared(exists);
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

  /// The statement of a read of several rows.
  Prepared prepared(Operation.Read read) {
    return switch (read) {
      case Operation.Select(var shape, var into, var selection, var keyed, var locked) ->
          prepare(shape, into, selection, keyed, locked);
      case Operation.Stream(var shape, var into, var selection) ->
          prepare(shape, into, selection, false, false);
      case Operation.Count count -> writer.count(count);
      case Operation.Exists exists -> writer.exists(exists);
      case Operation.Explain explain -> writer.explain(explain);
      case Operation.Find find ->
          new Prepared(writer.of(find.shape()).find(find.deleted()), new Object[] {find.key()});
    };
  }

  /// The text of a read, without sending it.
  public Outcome text(Call call) {
    return new Outcome.Explained(
        call.operation() instanceof Operation.Read read ? prepared(read).statement().sql() : "");
  }

  private Outcome select(Operation.Select select, Session session) {
    Shape<?> into = select.into();
    Prepared prepared = prepared(select);
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

  private Prepared prepare(
      Shape<?> shape, Shape<?> into, Selection selection, boolean keyed, boolean locked) {
    Ordering ordering = ordering(shape, selection);
    Cursor cursor = selection.cursor();
    if (keyed || cursor != null || selection.backward()) {
      SqlWriter.needsOrder(selection);
    }
    Selection bounded =
        cursor == null
            ? selection
            : selection.and(
                ordering.behind(
                    cursors.read(shape, Ordering.of(shape, selection.orders()), cursor)));
    return writer.select(shape, into, bounded, ordering, keyed, locked);
  }

  private static Ordering ordering(Shape<?> shape, Selection selection) {
    Ordering ordering = Ordering.of(shape, selection.orders());
    return selection.backward() ? ordering.reversed() : ordering;
  }

  private Outcome explain(Operation.Explain explain, Session session) {
    Prepared prepared = prepared(explain);
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
    Prepared prepared = prepared(stream);
    Session session = running == null ? transactions.reading() : running;
    if (running == null) {
      policies.owned(session, stream.shape());
    }
    return new Outcome.Streamed(
        RowStream.of(
            session, running == null, prepared, (Function<Session.Rows, Object>) into::read));
  }

  private Outcome write(Operation.Write write, Session session) {
    return switch (write) {
      case Operation.Insert insert -> insert(insert, session);
      case Operation.Save save -> save(save, session);
      case Operation.SaveRows save ->
          throw new IllegalStateException("Rows of " + save.shape() + " were not looked for.");
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
    if (insert.given() != null) {
      inserts.keepFromNumbering(shape, insert.rows(), session);
      return new Outcome.Changed(1, returned(writer.insert(insert), shape, session));
    }
    List<@Nullable Object[]> rows = inserts.run(insert, session);
    List<Object> entities = new ArrayList<>(rows.size());
    for (@Nullable Object[] row : rows) {
      entities.add(shape.build(row));
    }
    return new Outcome.Changed(rows.size(), entities);
  }

  private Outcome save(Operation.Save save, Session session) {
    Shape<?> shape = save.shape();
    List<@Nullable Object[]> row = new ArrayList<>(1);
    row.add(save.row());
    inserts.keepFromNumbering(shape, row, session);
    Prepared prepared = writer.save(save);
    try (Session.Rows rows = session.query(prepared.statement(), prepared.arguments())) {
      if (!rows.next()) {
        throw new NotFoundException(
            shape.table(),
            "The row of %s to be saved is deleted: restore it first.".formatted(shape));
      }
      int mark = shape.columns().size();
      Outcome saved =
          new Outcome.Changed(
              1, List.of(shape.read(rows)), rows.names().size() > mark && rows.bool(mark));
      rows.next(); // to the end, where the engine reports that the change is durable
      return saved;
    }
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
