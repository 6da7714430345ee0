package dev.plinth.internal.sql;

import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.FullTextDialect;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Operations as statements; the text of the frequent ones is made once per shape.
///
/// Thread-safe.
public final class SqlWriter {

  private static final long MOST = 1L << 62; // rows; some engines take no larger number

  private final Dialect dialect;
  private final FilterWriter filters;
  private final Map<Shape<?>, ShapeSql> shapes = new ConcurrentHashMap<>();

  /// A writer of this dialect.
  public SqlWriter(Dialect dialect) {
    this.dialect = dialect;
    this.filters = new FilterWriter(dialect);
  }

  /// The texts of a shape that never change.
  public ShapeSql of(Shape<?> shape) {
    ShapeSql sql = shapes.get(shape);
    return sql != null ? sql : shapes.computeIfAbsent(shape, s -> new ShapeSql(s, dialect));
  }

  /// Rows of a selection, and behind them the cells of its sort keys if wanted.
  public Prepared select(
      Shape<?> shape,
      Shape<?> into,
      Selection selection,
      Ordering ordering,
      boolean withKeys,
      boolean locked) {
    SqlText sql = new SqlText().add("select ").add(of(into).columnList());
    if (withKeys) {
      for (Ordering.Key key : ordering.keys()) {
        sql.add(", ").add(dialect.quote(key.column().name()));
      }
    }
    FullTextDialect.Ranked ranked =
        locked ? null : FullTextSql.ranked(dialect, shape, selection); // locks have one order
    if (ranked == null) {
      from(shape, selection.filter(), sql);
    } else {
      sql.add(" from ").add(ranked.from());
      where(shape, FullTextSql.rest(selection), sql);
    }
    orderBy(ranked == null ? "" : ranked.best(), ordering, sql);
    if (selection.limit() != null || selection.offset() > 0) {
      long limit = selection.limit() == null ? MOST : selection.limit();
      sql.add(" limit ?", ColumnType.LONG, limit);
      if (selection.offset() > 0) {
        sql.add(" offset ?", ColumnType.LONG, selection.offset());
      }
    }
    return sql.add(locked ? dialect.forUpdate() : "").prepared("select from " + shape);
  }

  /// Refuses a place in an order by rank, which is not the same from one moment to the next.
  ///
  /// @throws ValidationException if the selection is in the order of its rank
  public static void needsOrder(Selection selection) {
    if (FullTextSql.ranking(selection) != null) {
      throw new ValidationException(
          "Slices and cursors of a full-text search need an order: add orderBy(…), or take page(…).");
    }
  }

  /// A condition on a shape's rows, alone.
  public Prepared condition(Shape<?> shape, Filter filter) {
    SqlText sql = new SqlText();
    filters.write(filter, shape, sql);
    return sql.prepared("look at " + shape);
  }

  /// How many rows a selection has.
  public Prepared count(Operation.Count count) {
    SqlText sql = new SqlText().add("select count(*)");
    from(count.shape(), count.selection().filter(), sql);
    return sql.prepared("count " + count.shape());
  }

  /// Whether a selection has a row.
  public Prepared exists(Operation.Exists exists) {
    SqlText sql = new SqlText().add("select 1");
    from(exists.shape(), exists.selection().filter(), sql);
    return sql.add(" limit 1").prepared("look into " + exists.shape());
  }

  /// The engine's plan of a selection.
  public Prepared explain(Operation.Explain explain) {
    Shape<?> shape = explain.shape();
    Selection selection = explain.selection();
    Prepared select =
        select(shape, shape, selection, Ordering.of(shape, selection.orders()), false, false);
    return new Prepared(
        new dev.plinth.spi.Statement(
            dialect.explain() + select.statement().sql(),
            select.statement().parameters(),
            "explain a select from " + shape),
        select.arguments(),
        select.related());
  }

  /// One statement for all selected rows; it gives the changed rows if they are wanted.
  public Prepared update(Operation.UpdateWhere update) {
    Shape<?> shape = update.shape();
    SqlText sql = new SqlText().add("update ").add(dialect.quote(shape.table())).add(" set ");
    assign(update.set(), "", sql);
    where(shape, update.selection().filter(), sql);
    return returning(shape, update.returning(), sql).prepared("update " + shape);
  }

  /// One statement that removes all selected rows; it gives them if they are wanted.
  public Prepared delete(Operation.Delete delete) {
    Shape<?> shape = delete.shape();
    SqlText sql = new SqlText().add("delete from ").add(dialect.quote(shape.table()));
    where(shape, delete.selection().filter(), sql);
    return returning(shape, delete.returning(), sql).prepared("delete from " + shape);
  }

  /// A new row of which only some columns are given; it gives the whole row.
  public Prepared insert(Operation.Insert insert) {
    Shape<?> shape = insert.shape();
    @Nullable Object[] row = insert.rows().getFirst();
    List<Column> given = insert.given() == null ? List.of() : insert.given();
    List<Column> columns =
        shape.columns().stream()
            .filter(column -> row[column.position()] != null || given.contains(column))
            .toList();
    SqlText sql = new SqlText().add("insert into ").add(dialect.quote(shape.table()));
    if (columns.isEmpty()) {
      sql.add(" default values");
    } else {
      sql.add(" (").add(of(shape).names(columns)).add(") values (");
      for (Column column : columns) {
        sql.add(column == columns.getFirst() ? "?" : ", ?", column.type(), row[column.position()]);
      }
      sql.add(")");
    }
    return returning(shape, true, sql).prepared("insert into " + shape);
  }

  /// A new row, or changes to the live one that is there; it gives the row, or none if a deleted row
  /// is in the way.
  public Prepared save(Operation.Save save) {
    Shape<?> shape = save.shape();
    List<Column> columns =
        shape.columns().stream()
            .filter(c -> c.role() != Column.Role.KEY || save.row()[c.position()] != null)
            .toList();
    Column deletedAt = shape.with(Column.Role.DELETED_AT);
    boolean byKey = save.conflict().contains(shape.key());
    if (deletedAt != null && !byKey && !dialect.conflictsAmongLive()) {
      return merge(save, columns, deletedAt);
    }
    SqlText sql = new SqlText().add("insert into ").add(dialect.quote(shape.table())).add(" (");
    sql.add(of(shape).names(columns)).add(") values (");
    for (Column column : columns) {
      sql.add(
          column == columns.getFirst() ? "?" : ", ?", column.type(), save.row()[column.position()]);
    }
    sql.add(") on conflict (").add(of(shape).names(save.conflict())).add(")");
    if (deletedAt != null && !byKey) {
      sql.add(" where ").add(dialect.quote(deletedAt.name())).add(" is null");
    }
    sql.add(" do update set ");
    String stored = dialect.quote(shape.table()) + "."; // or it could be the row that was refused
    assign(set(save), stored, sql);
    if (deletedAt != null) {
      sql.add(" where ").add(stored + dialect.quote(deletedAt.name())).add(" is null");
    }
    returning(shape, true, sql);
    String overwrote = dialect.overwrote();
    return sql.add(overwrote == null ? "" : ", " + overwrote).prepared("save into " + shape);
  }

  // where no upsert can name the rule that the live rows keep
  private Prepared merge(Operation.Save save, List<Column> columns, Column deletedAt) {
    Shape<?> shape = save.shape();
    SqlText sql = new SqlText().add("merge into ").add(dialect.quote(shape.table()));
    sql.add(" as stored using (select ");
    StringBuilder given = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      sql.add(i == 0 ? "?" : ", ?", column.type(), save.row()[column.position()]);
      sql.add(" as given_" + i);
      given.append(i == 0 ? "" : ", ").append("given_").append(i);
    }
    sql.add(") as given on ");
    for (Column column : save.conflict()) {
      sql.add("stored." + dialect.quote(column.name()))
          .add(" = given_" + columns.indexOf(column) + " and ");
    }
    sql.add("stored." + dialect.quote(deletedAt.name()))
        .add(" is null when matched then update set ");
    assign(set(save), "stored.", sql);
    sql.add(" when not matched then insert (").add(of(shape).names(columns));
    sql.add(") values (" + given + ")");
    return returning(shape, true, sql).prepared("save into " + shape);
  }

  // something must be set: "do nothing" would not give the row back
  private static List<Assignment> set(Operation.Save save) {
    Column same = save.conflict().getFirst();
    return save.set().isEmpty()
        ? List.of(new Assignment(same, save.row()[same.position()]))
        : save.set();
  }

  private void from(Shape<?> shape, Filter filter, SqlText sql) {
    sql.add(" from ").add(dialect.quote(shape.table()));
    where(shape, filter, sql);
  }

  private void where(Shape<?> shape, Filter filter, SqlText sql) {
    if (filter instanceof Filter.And(var parts) && parts.isEmpty()) {
      return;
    }
    sql.add(" where ");
    filters.write(filter, shape, sql);
  }

  private void orderBy(String first, Ordering ordering, SqlText sql) {
    String keys =
        ordering.keys().stream()
            .map(key ->
                dialect.comparable(dialect.quote(key.column().name()), key.column().type())
                    + (key.descending() ? " desc" : "")
                    + (!key.column().nullable()
                        ? "" // said for nothing, it would keep some engines from their index
                        : key.nullsFirst() ? " nulls first" : " nulls last"))
            .collect(Collectors.joining(", "));
    if (!first.isEmpty() || !keys.isEmpty()) {
      sql.add(" order by ").add(first).add(first.isEmpty() || keys.isEmpty() ? "" : ", ").add(keys);
    }
  }

  private void assign(List<Assignment> set, String owner, SqlText sql) {
    int start = sql.length();
    for (Assignment assignment : set) {
      Column column = assignment.column();
      sql.add(sql.length() == start ? "" : ", ")
          .add(dialect.quote(column.name()))
          .add(" = ")
          .add(
              ShapeSql.assigned(dialect, owner + dialect.quote(column.name()), assignment),
              column.type(),
              assignment.value());
    }
  }

  private SqlText returning(Shape<?> shape, boolean wanted, SqlText sql) {
    return wanted ? sql.add(" returning ").add(of(shape).columnList()) : sql;
  }
}
