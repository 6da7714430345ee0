package dev.plinth.internal.cache;

import dev.plinth.internal.transaction.CommitWindow;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The stamps of one table: what was read of it holds as long as they are unchanged.
///
/// A write by key voids what is kept of rows with that key, or with one of a few others, and all
/// answers that concern several rows; any other write voids everything. Thread-safe.
public final class TableStamps {

  private static final int PARTS = 256;

  private final Stamp any = new Stamp(); // changes with every write
  private final Stamp wide = new Stamp(); // with writes of which nobody knows the rows
  private final Stamp[] parts = new Stamp[PARTS];

  TableStamps() {
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new Stamp();
    }
  }

  /// The stamp of the whole table.
  long ofTable() {
    return any.now();
  }

  /// The stamp of a row that is there.
  long ofRow(Object key) {
    return wide.now() + part(key).now();
  }

  // keys of other types can be equal for a table, by its collation or scale, and differ here
  private Stamp part(Object key) {
    return switch (key) {
      case UUID id -> parts[Math.floorMod(id.hashCode(), PARTS)];
      case Long number -> parts[Math.floorMod(number, PARTS)];
      case Integer number -> parts[Math.floorMod(number, PARTS)]; // the same as of a long
      case Short number -> parts[Math.floorMod(number, PARTS)];
      default -> wide;
    };
  }

  /// What a write concerns that only adds rows.
  public void added(Consumer<CommitWindow> concerned) {
    concerned.accept(any);
  }

  /// What a write concerns that changes the row with a key, or adds it.
  public void changed(Object key, Consumer<CommitWindow> concerned) {
    concerned.accept(any);
    concerned.accept(part(key));
  }

  /// What a write concerns of which nobody knows the rows.
  public void changed(Consumer<CommitWindow> concerned) {
    concerned.accept(any);
    concerned.accept(wide);
  }

  /// Voids what is kept of a row, or of all.
  void advance(@Nullable Object key) {
    any.advance();
    (key == null ? wide : part(key)).advance();
  }
}
