package dev.plinth.internal.pipeline;

import dev.plinth.entity.Property;
import dev.plinth.internal.cache.Caches;
import dev.plinth.internal.cache.Kept;
import dev.plinth.internal.cache.TableStamps;
import dev.plinth.internal.shape.ArrayCells;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.transaction.CommitWindow;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Filter;
import dev.plinth.query.Row;
import dev.plinth.query.Selection;
import dev.plinth.spi.Begin;
import dev.plinth.spi.Call;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Context;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers reads from what is kept of earlier ones, and lets writes void it when they commit.
///
/// A read in a transaction, or in work that reads from replicas, goes past it: such work sees a moment
/// of its own. So what is kept was always committed, and read from where it was written.
public final class Cache implements Step {

  private final Caches caches;
  private final Transactions transactions;
  private final Execute execute;

  /// A step for what is kept there.
  ///
  /// @param execute knows the statements, by which answers are told apart
  public Cache(Caches caches, Transactions transactions, Execute execute) {
    this.caches = caches;
    this.transactions = transactions;
    this.execute = execute;
  }

  /// Whether a record's reads need it; if so, its table's writes are looked at from now on.
  boolean concernsReads(Shape<?> shape) {
    if (Caches.keeps(shape)) {
      caches.of(shape);
      return true;
    }
    return false;
  }

  /// Whether a record's writes need it: those to a table without a record may meet any table.
  boolean concernsWrites(Shape<?> shape) {
    return concernsReads(shape)
        || shape.type() == Row.class
        || caches.stamps(shape.table()) != null;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return switch (call.operation()) {
      case Operation.Write write -> written(write, call, next);
      case Operation.Read _ when !transactions.atLarge() || !caches.current() -> next.apply(call);
      case Operation.Find find -> found(find, call, next);
      case Operation.Select select when !select.locked() -> selected(select, call, next);
      case Operation.Count count -> counted(count, count.selection().deleted(), call, next);
      case Operation.Exists exists -> counted(exists, exists.selection().deleted(), call, next);
      case Operation.Read _ -> next.apply(call);
    };
  }

  private Outcome found(Operation.Find find, Call call, Next next) {
    Shape<?> shape = find.shape();
    Object key = find.key();
    if (key instanceof byte[]) {
      return next.apply(call); // equal to itself alone
    }
    Object among =
        find.deleted() == Selection.Deleted.EXCLUDED ? key : new Kept.KeyAmong(key, find.deleted());
    Object row =
        caches
            .of(shape)
            .row(
                key,
                among,
                () -> {
                  Operation raw = new Operation.Find(shape.raw(), key, find.deleted());
                  Object values = ((Outcome.Found) next.apply(call.with(raw))).entity();
                  return values == null ? null : new ArrayCells((Object[]) values);
                });
    return new Outcome.Found(row == null ? null : shape.read((Cells) row));
  }

  private record Selected(List<Cells> rows, List<List<@Nullable Object>> keys) {}

  private Outcome selected(Operation.Select select, Call call, Next next) {
    Shape<?> into = select.into();
    Kept.Question question = question(select, into.type(), select.selection().deleted());
    if (question == null) {
      return next.apply(call);
    }
    Selected kept =
        (Selected) caches.of(select.shape()).answer(question, () -> select(select, call, next));
    List<Object> entities = new ArrayList<>(kept.rows().size());
    for (Cells row : kept.rows()) {
      entities.add(into.read(row));
    }
    return new Outcome.Rows(entities, kept.keys());
  }

  private static Kept.Answer select(Operation.Select select, Call call, Next next) {
    Operation raw =
        new Operation.Select(
            select.shape(), select.into().raw(), select.selection(), select.keyed(), false);
    Outcome.Rows read = (Outcome.Rows) next.apply(call.with(raw));
    List<Cells> rows = new ArrayList<>(read.entities().size());
    for (Object values : read.entities()) {
      rows.add(new ArrayCells((Object[]) values));
    }
    return new Kept.Answer(rows.size(), new Selected(rows, read.keys()));
  }

  private Outcome counted(Operation.Read read, Selection.Deleted deleted, Call call, Next next) {
    Kept.Question question = question(read, Long.class, deleted);
    return question == null
        ? next.apply(call)
        : (Outcome)
            caches.of(read.shape()).answer(question, () -> new Kept.Answer(1, next.apply(call)));
  }

  // made before soft delete says in its own words what is hidden; null where other tables, of which
  // no stamp is kept, have a say in the answer
  private Kept.@Nullable Question question(
      Operation.Read read, Class<?> into, Selection.Deleted deleted) {
    Prepared prepared = execute.prepared(read);
    if (prepared.related()) {
      return null;
    }
    return new Kept.Question(prepared.statement().sql(), prepared.arguments(), into, deleted);
  }

  private Outcome written(Operation.Write write, Call call, Next next) {
    TableStamps stamps = caches.stamps(write.shape().table());
    Scope running = transactions.current();
    if (stamps == null) {
      return next.apply(call);
    }
    if (running != null) {
      return written(write, stamps, running, call, next);
    }
    return transactions.once( // so that others hear of it if, and only if, it happens
        Begin.WRITE,
        scope -> {
          Context inside = new Context(scope.session(), call.context().group());
          return written(write, stamps, scope, new Call(write, inside), next);
        });
  }

  private Outcome written(
      Operation.Write write, TableStamps stamps, Scope scope, Call call, Next next) {
    concern(write, stamps, scope::during);
    caches.announce(write.shape().table(), scope.session());
    return next.apply(call);
  }

  private static void concern(
      Operation.Write write, TableStamps stamps, Consumer<CommitWindow> concerned) {
    Shape<?> shape = write.shape();
    Collection<?> keys =
        switch (write) {
          case Operation.Insert _ -> List.of();
          case Operation.UpdateRows update ->
              update.rows().stream().map(Operation.RowUpdate::key).toList();
          case Operation.SaveRows _ -> null; // its parts come here
          case Operation.Save save -> {
            boolean byKey = save.conflict().equals(List.of(shape.key()));
            Object key = save.row()[shape.key().position()];
            yield !byKey ? null : key == null ? List.of() : List.of(key);
          }
          case Operation.Delete delete -> keys(shape, delete.selection().filter());
          case Operation.Restore restore -> keys(shape, restore.selection().filter());
          case Operation.UpdateWhere update -> keys(shape, update.selection().filter());
        };
    if (keys == null) {
      stamps.changed(concerned);
    } else {
      stamps.added(concerned);
      keys.forEach(key -> stamps.changed(key, concerned));
    }
  }

  // the keys of all rows that can meet a filter; null if it does not name them
  private static @Nullable List<Object> keys(Shape<?> shape, Filter filter) {
    return switch (filter) {
      case Filter.Comparison(var name, var operator, var value)
          when operator == Filter.Operator.IS && isKey(shape, name) ->
          canonical(shape, List.of(value));
      case Filter.In(var name, var values) when isKey(shape, name) -> canonical(shape, values);
      case Filter.And(var parts) -> {
        for (Filter part : parts) {
          List<Object> named = keys(shape, part);
          if (named != null) {
            yield named;
          }
        }
        yield null;
      }
      default -> null;
    };
  }

  private static boolean isKey(Shape<?> shape, Property.Name name) {
    return shape.column(name).role() == Column.Role.KEY;
  }

  private static List<Object> canonical(Shape<?> shape, List<? extends @Nullable Object> values) {
    List<Object> keys = new ArrayList<>(values.size());
    for (Object value : values) {
      Object key = shape.key().encode(value);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }
}
