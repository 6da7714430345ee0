package dev.plinth.internal.pipeline;

import dev.plinth.error.DatabaseException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Load;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Updates rows that are named by their keys, and finds out why if one is missed.
final class UpdateByKey {

  private static final int BATCH = 10_000;
  private static final int FEW = 10; // for which one statement is not worth its making

  private final SqlWriter writer;
  private final Dialect dialect;

  UpdateByKey(SqlWriter writer, Dialect dialect) {
    this.writer = writer;
    this.dialect = dialect;
  }

  Outcome run(Operation.UpdateRows update, Session session) {
    Shape<?> shape = update.shape();
    List<RowUpdate> rows = update.rows();
    List<Object> entities = new ArrayList<>(rows.size());
    boolean whole = rows.stream().allMatch(row -> row.whole() != null && !row.set().isEmpty());
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<RowUpdate> some = rows.subList(from, Math.min(rows.size(), from + BATCH));
      int[] counts = whole ? overwrite(shape, some, session) : new int[some.size()];
      for (int i = 0; i < counts.length; i++) {
        RowUpdate row = some.get(i);
        entities.add(counts[i] == 0 ? returned(shape, row, session) : after(shape, row));
      }
    }
    return new Outcome.Changed(entities.size(), entities);
  }

  // Where the caller's record says what the untouched columns hold, the statement checks that, and
  // the row need not be read back, which would cost more than the update. Rows that differ are not
  // touched by it and count 0. All whole rows set the same columns, so they share the statement.
  private int[] overwrite(Shape<?> shape, List<RowUpdate> rows, Session session) {
    RowUpdate first = rows.getFirst();
    ShapeSql sql = writer.of(shape);
    ShapeSql.KeyUpdate update = sql.update(first, true);
    Statement statement = update.statement();
    List<Column> others = update.others();
    if (rows.size() == 1) {
      return new int[] {(int) session.update(statement, arguments(first, others))};
    }
    List<@Nullable Object[]> arguments = new ArrayList<>(rows.size());
    rows.forEach(row -> arguments.add(arguments(row, others)));
    ShapeSql.ManyUpdate many = rows.size() < FEW ? null : sql.updateMany(first);
    return many == null || hasTwice(rows) || !session.exact(load(shape, many.update()))
        ? session.batch(statement, arguments)
        : together(many, statement.parameters(), arguments, rows, session);
  }

  private static Load load(Shape<?> shape, Statement statement) {
    return new Load(shape.table(), shape.columns(), statement);
  }

  // a row that comes twice is changed twice, which one statement cannot do
  private static boolean hasTwice(List<RowUpdate> rows) {
    Set<Object> keys = HashSet.newHashSet(rows.size());
    return !rows.stream().allMatch(row -> keys.add(row.key()));
  }

  private int[] together(
      ShapeSql.ManyUpdate many,
      List<ColumnType> types,
      List<@Nullable Object[]> arguments,
      List<RowUpdate> rows,
      Session session) {
    int first = rows.getFirst().set().size(); // of what names the rows: the key, and others
    Statement look = many.look();
    if (look == null) {
      return places(many.update(), lists(types, arguments, 0), types.get(first), rows, session);
    }
    int[] counts = places(look, lists(types, arguments, first), types.get(first), rows, session);
    List<@Nullable Object[]> found = new ArrayList<>(rows.size());
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 1) {
        found.add(arguments.get(i));
      }
    }
    if (!found.isEmpty()) {
      session.update(many.update(), lists(types, found, 0));
    }
    return counts;
  }

  private @Nullable Object[] lists(
      List<ColumnType> types, List<@Nullable Object[]> arguments, int first) {
    @Nullable Object[] lists = new Object[types.size() - first];
    for (int i = 0; i < lists.length; i++) {
      int at = first + i;
      List<@Nullable Object> values = new ArrayList<>(arguments.size());
      for (@Nullable Object[] row : arguments) {
        values.add(row[at]);
      }
      lists[i] = dialect.rowsArgument(values, types.get(at));
    }
    return lists;
  }

  // 1 for each row whose key comes back, in whatever order
  private static int[] places(
      Statement statement,
      @Nullable Object[] lists,
      ColumnType key,
      List<RowUpdate> rows,
      Session session) {
    Map<Object, Integer> places = HashMap.newHashMap(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      places.put(rows.get(i).key(), i);
    }
    int[] counts = new int[rows.size()];
    try (Session.Rows keys = session.query(statement, lists)) {
      while (keys.next()) {
        counts[Objects.requireNonNull(places.get(keys.value(0, key)))] = 1;
      }
    }
    return counts;
  }

  private static Object after(Shape<?> shape, RowUpdate row) {
    @Nullable Object[] values = whole(row).clone(); // an update that is run again starts from it
    for (Assignment assignment : row.set()) {
      Column column = assignment.column();
      int at = column.position();
      values[at] =
          !assignment.sets()
              ? column.encode(number(values[at]) + number(assignment.value()))
              : assignment.value();
    }
    return shape.build(values);
  }

  private static @Nullable Object[] whole(RowUpdate row) {
    return Objects.requireNonNull(row.whole(), "single values");
  }

  private static long number(@Nullable Object number) {
    return number instanceof Number known ? known.longValue() : 0;
  }

  private Object returned(Shape<?> shape, RowUpdate row, Session session) {
    if (row.set()
        .isEmpty()) { // a record of a key alone, say: nothing to write, but it must be there
      Prepared find =
          new Prepared(writer.of(shape).find(Deleted.EXCLUDED), new Object[] {row.key()});
      List<Object> found = Execute.returned(find, shape, session);
      if (found.isEmpty()) {
        throw missed(shape, row, session);
      }
      return found.getFirst();
    }
    Statement statement = writer.of(shape).update(row, false).statement();
    List<Object> changed =
        Execute.returned(new Prepared(statement, arguments(row, List.of())), shape, session);
    if (changed.isEmpty()) {
      throw missed(shape, row, session);
    }
    return changed.getFirst();
  }

  private static @Nullable Object[] arguments(RowUpdate row, List<Column> others) {
    int next = row.set().size();
    @Nullable Object[] arguments =
        new Object
            [next
                + 1
                + (row.within() == null ? 0 : 1)
                + (row.version() == null ? 0 : 1)
                + others.size()];
    for (int i = 0; i < next; i++) {
      arguments[i] = row.set().get(i).value();
    }
    arguments[next++] = row.key();
    if (row.within() != null) {
      arguments[next++] = row.within().value();
    }
    if (row.version() != null) {
      arguments[next++] = row.version();
    }
    for (Column other : others) {
      arguments[next++] = whole(row)[other.position()];
    }
    return arguments;
  }

  private DatabaseException missed(Shape<?> shape, RowUpdate row, Session session) {
    String key = Canonical.text(row.key());
    Column version = shape.with(Column.Role.VERSION);
    if (version != null && row.version() instanceof Number expected) {
      Statement find = writer.of(shape).find(Deleted.EXCLUDED);
      try (Session.Rows rows = session.query(find, row.key())) {
        long stored = rows.next() ? rows.int64(version.position()) : expected.longValue();
        if (stored != expected.longValue()) { // else it is another thing that does not fit
          return new StaleVersionException(
              shape.table(),
              "%s %s was read at version %s but is at %s now: read it again."
                  .formatted(shape, key, expected, stored),
              expected.longValue(),
              stored);
        }
      }
    }
    return missing(shape, row.key());
  }

  /// A row that is not there, or not to be seen: to the caller that must be the same.
  static NotFoundException missing(Shape<?> shape, Object key) {
    return new NotFoundException(
        shape.table(), shape + " has no live row with the key " + Canonical.text(key) + ".");
  }
}
