package dev.plinth.internal.pipeline;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Column;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Updates rows that are named by their keys, and finds out why if one is missed.
final class UpdateByKey {

  private static final int BATCH = 1000;

  private final SqlWriter writer;

  UpdateByKey(SqlWriter writer) {
    this.writer = writer;
  }

  Outcome run(Operation.UpdateRows update, Session session) {
    Shape<?> shape = update.shape();
    List<RowUpdate> rows = update.rows();
    List<Object> entities = new ArrayList<>(rows.size());
    if (rows.stream().allMatch(row -> isKnown(shape, row))) {
      for (int from = 0; from < rows.size(); from += BATCH) {
        blind(shape, rows.subList(from, Math.min(rows.size(), from + BATCH)), session);
      }
      rows.forEach(row -> entities.add(after(shape, row)));
    } else {
      for (RowUpdate row : rows) {
        entities.add(returned(shape, row, session));
      }
    }
    return new Outcome.Changed(entities.size(), entities);
  }

  // A row at the version that the caller has read holds what he has read; so the outcome is known
  // and need not be read back, which would cost more than the update. The audit wants it read.
  private static boolean isKnown(Shape<?> shape, RowUpdate row) {
    return row.entity() != null
        && row.version() != null
        && !shape.audited()
        && shape.with(Column.Role.COUNTER) == null;
  }

  // all rows are whole ones, so they share one statement
  private void blind(Shape<?> shape, List<RowUpdate> rows, Session session) {
    Statement statement = writer.of(shape).update(rows.getFirst().set(), true, false);
    if (rows.size() == 1) {
      if (session.update(statement, arguments(rows.getFirst())) == 0) {
        throw missed(shape, rows.getFirst(), session);
      }
      return;
    }
    List<@Nullable Object[]> arguments = new ArrayList<>(rows.size());
    rows.forEach(row -> arguments.add(arguments(row)));
    int[] counts = session.batch(statement, arguments);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        throw missed(shape, rows.get(i), session);
      }
    }
  }

  @SuppressWarnings("unchecked") // the entity is the shape's
  private static Object after(Shape<?> shape, RowUpdate row) {
    Shape<Object> own = (Shape<Object>) shape;
    @Nullable Object[] values = own.write(Objects.requireNonNull(row.entity()));
    for (Assignment assignment : row.set()) {
      Column column = assignment.column();
      int at = column.position();
      if (assignment.add()) {
        long sum = whole(values[at]) + whole(assignment.value());
        values[at] = column.encode(sum);
      } else {
        values[at] = assignment.value();
      }
    }
    return own.build(values);
  }

  private static long whole(@Nullable Object number) {
    return number instanceof Number known ? known.longValue() : 0;
  }

  private Object returned(Shape<?> shape, RowUpdate row, Session session) {
    Statement statement = writer.of(shape).update(row.set(), row.version() != null, true);
    List<Object> changed =
        Execute.returned(new Prepared(statement, arguments(row)), shape, session);
    if (changed.isEmpty()) {
      throw missed(shape, row, session);
    }
    return changed.getFirst();
  }

  private static @Nullable Object[] arguments(RowUpdate row) {
    int values = row.set().size();
    @Nullable Object[] arguments = new Object[values + (row.version() == null ? 1 : 2)];
    for (int i = 0; i < values; i++) {
      arguments[i] = row.set().get(i).value();
    }
    arguments[values] = row.key();
    if (row.version() != null) {
      arguments[values + 1] = row.version();
    }
    return arguments;
  }

  private DatabaseException missed(Shape<?> shape, RowUpdate row, Session session) {
    String key = Canonical.text(row.key());
    Column version = shape.with(Column.Role.VERSION);
    if (version != null && row.version() instanceof Number expected) {
      Statement find = writer.of(shape).find(Deleted.EXCLUDED);
      try (Session.Rows rows = session.query(find, row.key())) {
        if (rows.next()) {
          long stored = rows.int64(version.position());
          return new StaleVersionException(
              shape.table(),
              "%s %s was read at version %s but is at %s now: read it again."
                  .formatted(shape, key, expected, stored),
              expected.longValue(),
              stored);
        }
      }
    }
    return new NotFoundException(shape.table(), shape + " has no live row with the key " + key + ".");
  }
}
