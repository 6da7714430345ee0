package dev.plinth.internal.cache;

import dev.plinth.entity.Cached;
import dev.plinth.error.ConfigurationException;
import dev.plinth.internal.transaction.CommitWindow;
import dev.plinth.spi.Elsewhere;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a database keeps of all its cached records, and what it knows of their tables.
///
/// Thread-safe.
public final class Caches implements AutoCloseable {

  private final Engine engine;
  private final Map<String, TableStamps> tables = new ConcurrentHashMap<>();
  private final Map<Shape<?>, Kept> kept = new ConcurrentHashMap<>();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private boolean listening;
  private volatile @Nullable Elsewhere elsewhere; // null where nobody else can write

  /// Nothing is kept yet.
  public Caches(Engine engine) {
    this.engine = engine;
  }

  /// Whether reads of a record are kept.
  public static boolean keeps(Shape<?> shape) {
    return shape.type().isAnnotationPresent(Cached.class);
  }

  /// Refuses to keep a record if others of its table are in use, whose writes would void nothing.
  public void check(Shape<?> shape, Set<Shape<?>> used) {
    if (!keeps(shape) || stamps(shape.table()) != null) {
      return;
    }
    for (Shape<?> other : used) {
      if (name(other.table()).equals(name(shape.table())) && !keeps(other)) {
        throw new ConfigurationException(
            "%s is @Cached, but %s, of the same table, is in use already: name the cached one first."
                .formatted(shape.type().getSimpleName(), other.type().getSimpleName()));
      }
    }
  }

  /// What is kept of a record; from now on its table's writes are looked at.
  public Kept of(Shape<?> shape) {
    Kept known = kept.get(shape);
    if (known != null) {
      return known;
    }
    TableStamps stamps = tables.computeIfAbsent(name(shape.table()), _ -> new TableStamps());
    listen();
    Class<?> record = shape.type();
    return kept.computeIfAbsent(
        shape, _ -> new Kept(this, stamps, record, record.getAnnotation(Cached.class)));
  }

  private synchronized void listen() {
    if (!listening) {
      listening = true;
      elsewhere = engine.elsewhere(this::changed);
    }
  }

  /// The stamps of a table; null if nothing of it is kept.
  public @Nullable TableStamps stamps(String table) {
    return tables.isEmpty() ? null : tables.get(name(table));
  }

  /// The tables of which something is kept.
  public Collection<String> tables() {
    return tables.keySet();
  }

  /// What a write by hand concerns, and tells others of it.
  ///
  /// @param table the only table it writes to; null for any of them, and whoever depends on them
  /// @param session the session of its transaction; null outside one
  public void written(
      @Nullable String table, Consumer<CommitWindow> concerned, @Nullable Session session) {
    boolean known = table != null && stamps(table) != null;
    for (String name : known ? List.of(table) : tables.keySet()) { // a view can be of any table
      TableStamps stamps = stamps(name);
      if (stamps != null) {
        stamps.changed(concerned);
        announce(name, session);
      }
    }
  }

  /// Tells others that a transaction writes to a table.
  public void announce(String table, @Nullable Session session) {
    Elsewhere others = elsewhere;
    if (others != null && session != null) {
      others.announce(table, session);
    }
  }

  // engines differ in what case means; that two tables are taken for one costs little
  private static String name(String table) {
    return table.toLowerCase(Locale.ROOT);
  }

  /// Whether what is kept may be used now: nobody else can have written without this being told.
  public boolean current() {
    Elsewhere others = elsewhere;
    return others == null || others.isTold();
  }

  /// Voids what is kept of a row.
  public void forget(String table, Object key) {
    TableStamps stamps = stamps(table);
    if (stamps != null) {
      stamps.advance(key);
    }
  }

  /// Voids what is kept of a table, or of all for an empty name.
  public void changed(String table) {
    if (table.isEmpty()) {
      tables.values().forEach(stamps -> stamps.advance(null));
    } else {
      TableStamps stamps = stamps(table);
      if (stamps != null) {
        stamps.advance(null);
      }
    }
  }

  void hit() {
    hits.increment();
  }

  void missed() {
    misses.increment();
  }

  /// How often something was answered from what is kept.
  public long hits() {
    return hits.sum();
  }

  /// How often something could have been kept, but was not.
  public long misses() {
    return misses.sum();
  }

  /// How much is kept, what holds no more included.
  public long size() {
    return kept.values().stream().mapToLong(Kept::size).sum();
  }

  @Override
  public void close() {
    Elsewhere others = elsewhere;
    if (others != null) {
      others.close();
    }
  }
}
