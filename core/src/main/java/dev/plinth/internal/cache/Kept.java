package dev.plinth.internal.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plinth.entity.Cached;
import dev.plinth.error.MappingException;
import dev.plinth.query.Selection;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is kept of one record: rows by key, and answers to questions.
///
/// Kept are the values as they were read, never a record, which somebody could change. An entry holds
/// as long as its stamp is the table's, so nothing need be removed when that changes. Thread-safe.
public final class Kept {

  /// What was read, and the stamp that was noted before.
  ///
  /// @param value the answer; null if there is no such row
  private record Entry(long stamp, int weight, @Nullable Object value) {}

  /// A row by its key, among others than the live ones.
  ///
  /// Whatever else decides what somebody may see belongs here, and into [Question].
  public record KeyAmong(Object key, Selection.Deleted deleted) {}

  /// A statement with its arguments.
  ///
  /// @param into what a row is read into
  public record Question(
      String sql, @Nullable Object[] arguments, Class<?> into, Selection.Deleted deleted) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Question same
          && sql.equals(same.sql)
          && deleted == same.deleted
          && into == same.into
          && Arrays.deepEquals(arguments, same.arguments);
    }

    @Override
    public int hashCode() {
      return 31 * sql.hashCode() + Arrays.deepHashCode(arguments);
    }
  }

  /// An answer with the number of rows it takes.
  public record Answer(int rows, Object value) {}

  private final Caches caches;
  private final TableStamps stamps;
  private final int most;
  private final Cache<Object, Entry> entries;

  Kept(Caches caches, TableStamps stamps, Class<?> record, Cached rule) {
    if (rule.seconds() < 1 || rule.entries() < 1) {
      throw new MappingException(
          "@Cached on " + record.getSimpleName() + ": seconds and entries are 1 or more.");
    }
    this.caches = caches;
    this.stamps = stamps;
    this.most = rule.entries();
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(most)
            .weigher((Object key, Entry entry) -> entry.weight())
            .expireAfterWrite(Duration.ofSeconds(rule.seconds()))
            .executor(Runnable::run) // what little there is to do is done by who comes by
            .build();
  }

  /// The row with a key, as it is kept or as it is read now; null if there is none.
  ///
  /// @param among the key, or a [KeyAmong]
  public @Nullable Object row(Object key, Object among, Supplier<? extends @Nullable Object> read) {
    Entry entry = entries.getIfPresent(among);
    if (entry != null
        && entry.stamp() == (entry.value() == null ? stamps.ofTable() : stamps.ofRow(key))) {
      caches.hit();
      return entry.value();
    }
    caches.missed();
    long row = stamps.ofRow(key);
    long table = stamps.ofTable();
    Object value = read.get();
    keep(
        among,
        new Entry(value == null ? table : row, 1, value)); // whoever adds it changes the table
    return value;
  }

  /// The answer to a question, as it is kept or as it is given now.
  public Object answer(Question question, Supplier<Answer> ask) {
    Entry entry = entries.getIfPresent(question);
    if (entry != null && entry.stamp() == stamps.ofTable() && entry.value() != null) {
      caches.hit();
      return entry.value();
    }
    caches.missed();
    long table = stamps.ofTable();
    Answer answer = ask.get();
    keep(question, new Entry(table, Math.max(1, answer.rows()), answer.value()));
    return answer.value();
  }

  private void keep(Object key, Entry entry) {
    if (Stamp.isQuiet(entry.stamp()) && entry.weight() <= most) {
      entries.put(key, entry);
    }
  }

  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }
}
