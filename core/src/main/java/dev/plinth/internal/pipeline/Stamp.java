package dev.plinth.internal.pipeline;

import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.query.Changes;
import dev.plinth.spi.Call;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes keys, versions and times, so that no caller has to.
public final class Stamp implements Step {

  private final Clock clock;
  private final UuidV7 ids;

  /// A step with this clock.
  public Stamp(Clock clock, UuidV7 ids) {
    this.clock = clock;
    this.ids = ids;
  }

  @Override
  public Outcome apply(Call call, Next next) {
    return switch (call.operation()) {
      case Operation.Insert insert -> {
        Instant now = now();
        for (@Nullable Object[] row : insert.rows()) {
          fill(insert.shape(), row, now);
        }
        yield next.apply(call);
      }
      case Operation.Save save -> {
        Instant now = now();
        fill(save.shape(), save.row(), now);
        yield next.apply(
            call.with(
                new Operation.Save(
                    save.shape(),
                    save.row(),
                    save.conflict(),
                    touched(save.shape(), save.set(), now))));
      }
      case Operation.UpdateRows(var shape, var rows) -> {
        Instant now = now();
        List<Operation.RowUpdate> stamped = new ArrayList<>(rows.size());
        rows.forEach(row -> stamped.add(row.with(touched(shape, row.set(), now))));
        yield next.apply(call.with(new Operation.UpdateRows(shape, stamped)));
      }
      case Operation.UpdateWhere(var shape, var selection, var set, var returning) ->
          next.apply(
              call.with(
                  new Operation.UpdateWhere(
                      shape, selection, touched(shape, set, now()), returning)));
      default -> next.apply(call);
    };
  }

  private Instant now() {
    return Canonical.toMicros(clock.instant());
  }

  private void fill(Shape<?> shape, @Nullable Object[] row, Instant now) {
    for (Column column : shape.columns()) {
      int at = column.position();
      switch (column.role()) {
        case KEY -> row[at] = key(shape, column, row[at]);
        case VERSION -> row[at] = column.encode(1);
        case CREATED_AT, UPDATED_AT -> {
          if (row[at] == null) {
            row[at] = now;
          }
        }
        case VALUE, DELETED_AT, COUNTER -> {}
      }
    }
  }

  private @Nullable Object key(Shape<?> shape, Column column, @Nullable Object given) {
    if (ShapeSql.generated(column)) {
      return given instanceof Number number && number.longValue() == 0 ? null : given;
    }
    if (given == null && column.type() == ColumnType.UUID) {
      return ids.next();
    }
    if (given == null && column.type() == ColumnType.TEXT) {
      throw new ValidationException(
          "%s.%s: a key of text must be given.".formatted(shape, column.property()));
    }
    return given;
  }

  private static List<Assignment> touched(Shape<?> shape, List<Assignment> set, Instant now) {
    Column updatedAt = shape.with(Column.Role.UPDATED_AT);
    Column version = shape.with(Column.Role.VERSION);
    if (updatedAt == null && version == null) {
      return set;
    }
    List<Assignment> touched = new ArrayList<>(set.size() + 2);
    touched.addAll(set);
    if (updatedAt != null) {
      touched.add(new Assignment(updatedAt, now));
    }
    if (version != null) {
      touched.add(new Assignment(version, Changes.Change.Kind.ADD, version.encode(1)));
    }
    return touched;
  }
}
