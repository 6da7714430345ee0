package dev.plinth.internal.change;

import dev.plinth.audit.Action;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.change.Change;
import dev.plinth.error.DataException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.shape.LoggedRow;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.spi.Cells;
import dev.plinth.spi.Column;
import dev.plinth.spi.Shape;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A row of the log, not yet made into a change.
///
/// @param position where it stands
/// @param values the log's, canonical, in its columns' order
record Logged(String position, @Nullable Object[] values) {

  /// The log's rows.
  static final Shape<AuditEntry> LOG = Shapes.of(AuditEntry.class);

  static Logged read(Cells row, String position) {
    return new Logged(position, LOG.raw().read(row));
  }

  static long id(Cells row) {
    return row.int64(LOG.key().position());
  }

  /// The change that it tells of; whoever may not see it must not get it from here.
  ///
  /// @throws DataException if the rows do not fit the record as it is now; it names the position
  <T> Change<T> change(Shape<T> shape) {
    try {
      Column key = shape.key();
      return new Change<>(
          Action.valueOf(text("action")),
          Objects.requireNonNull(key.decode(Canonical.parse(text("resource_id"), key.type()))),
          row(shape, "old_values"),
          row(shape, "new_values"),
          new Actor(
              text("actor"),
              (String) value("session_id"),
              (String) value("correlation_id"),
              (String) value("ip_address"),
              (String) value("user_agent")),
          (Instant) Objects.requireNonNull(value("at")),
          position);
    } catch (DataException | IllegalArgumentException e) {
      throw new DataException(
          "The change at the position '%s' cannot be read as %s: %s Subscribe after that position to pass over it."
              .formatted(
                  position,
                  shape.type().getSimpleName(),
                  e instanceof DataException ? e.getMessage() : "it was logged otherwise."),
          e instanceof DataException ? e : null);
    }
  }

  private <T> @Nullable T row(Shape<T> shape, String column) {
    String logged = (String) value(column);
    return logged == null ? null : LoggedRow.read(shape, logged);
  }

  private String text(String column) {
    return (String) Objects.requireNonNull(value(column));
  }

  private @Nullable Object value(String column) {
    for (Column one : LOG.columns()) {
      if (one.name().equals(column)) {
        return values[one.position()];
      }
    }
    throw new AssertionError(column);
  }
}
