package dev.plinth.internal.pipeline;

import dev.plinth.health.Metrics;
import dev.plinth.internal.cache.Caches;
import dev.plinth.query.Filter;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds reads that are asked anew for each row of another: N+1.
///
/// The rule: a thread has read several rows, and then asks the same kind of question of the same
/// table, one row or key at a time, from one line of code, for at least half of them (5 to 50
/// times), with never more than a tenth of a second in between and without having read the first
/// again. What is seen is noted where threads of other numbers may note theirs, so that nothing is
/// allocated per call or per thread; who is written over is not found this time. Thread-safe, by
/// taking what others wrote for nothing of its own.
final class Repeats {

  private static final Logger LOG = LoggerFactory.getLogger("dev.plinth.repeated");
  private static final int THREADS = 64;
  private static final int KINDS = 16; // of reads, per thread
  private static final int TRIED = 4; // places that a kind may have
  private static final int FEWEST = 5;
  private static final int ENOUGH = 50;
  private static final int SITES = 100;
  private static final long PAUSE = 100_000_000; // nanoseconds

  /// What a thread asks again and again; other threads may take it over at any time.
  private static final class Asked {
    private long thread;
    private @Nullable Shape<?> shape;
    private @Nullable Class<?> kind;
    private int rows;
    private int runs;
    private long ended;
    private int count; // since what went before it
    private @Nullable Asked before; // the read of several rows
    private int beforeRuns;
    private String site = "";

    private boolean is(long thread, Shape<?> shape, Class<?> kind) {
      return this.thread == thread && this.shape == shape && this.kind == kind;
    }

    private Asked by(long thread, Shape<?> shape, Class<?> kind) {
      this.thread = thread;
      this.shape = shape;
      this.kind = kind;
      before = null;
      count = 0;
      runs++; // whoever remembers it as what it was sees that it is another
      return this;
    }
  }

  /// What the threads of some numbers ask.
  private static final class Memory {
    private final Asked[] asked = new Asked[KINDS];
    private @Nullable Asked several; // the last read that gave several rows

    private Memory() {
      for (int i = 0; i < KINDS; i++) {
        asked[i] = new Asked();
      }
    }

    private Asked of(long thread, Shape<?> shape, Class<?> kind) {
      int first = shape.hashCode() ^ kind.hashCode();
      int free = first;
      for (int i = first; i < first + TRIED; i++) {
        Asked one = asked[i & (KINDS - 1)];
        if (one.is(thread, shape, kind)) {
          return one;
        }
        if (one.thread != thread) {
          free = i;
        }
      }
      return asked[free & (KINDS - 1)].by(thread, shape, kind);
    }
  }

  private final Memory[] memories = new Memory[THREADS];
  private final Map<String, Metrics.Repeated> found = new ConcurrentHashMap<>();

  Repeats() {
    for (int i = 0; i < THREADS; i++) {
      memories[i] = new Memory();
    }
  }

  /// Notes a read that has ended well.
  void note(Operation.Read read, Outcome outcome, long start, long end) {
    long thread = Thread.currentThread().threadId();
    Memory memory = memories[(int) thread & (THREADS - 1)];
    Asked own = memory.of(thread, read.shape(), read.getClass());
    Asked before = own.before;
    if (before != null
        && before.thread == thread
        && before.runs == own.beforeRuns
        && start - own.ended < PAUSE) {
      own.count++;
    } else {
      Asked several = memory.several;
      if (several != null
          && several != own
          && several.thread == thread
          && start - several.ended < PAUSE) {
        own.before = several;
        own.beforeRuns = several.runs;
      } else {
        own.before = null;
      }
      own.count = 1;
    }
    own.runs++;
    own.ended = end;
    own.rows =
        switch (outcome) {
          case Outcome.Rows rows -> rows.entities().size();
          case Outcome.Streamed _ -> Integer.MAX_VALUE; // nobody knows yet
          default -> 1;
        };
    if (own.rows > 1) {
      memory.several = own;
    }
    Asked asker = own.before; // read once, for another thread may take the place
    if (asker != null && own.count > 1) {
      suspect(own, asker, read);
    }
  }

  private void suspect(Asked own, Asked before, Operation.Read read) {
    int rows = before.rows;
    int needed = Math.clamp(rows / 2, FEWEST, ENOUGH);
    if (own.count == needed / 2) {
      own.site = CallSite.here();
    } else if (own.count == needed && rows >= needed && !isOfMany(read)) {
      String site = CallSite.here();
      if (!site.isEmpty() && site.equals(own.site) && !Caches.keeps(read.shape())) {
        found(read.verb() + " " + read.shape(), String.valueOf(before.shape), site);
      }
    }
  }

  // what asks for several keys at once is what this wants to see, and pages are of no single row
  private static boolean isOfMany(Operation.Read read) {
    return switch (read) {
      case Operation.Select select ->
          select.selection().offset() > 0
              || select.selection().cursor() != null
              || asksForAll(select.selection().filter())
              || isOfMany(select.selection().filter());
      case Operation.Count count -> asksForAll(count.selection().filter());
      case Operation.Exists exists -> asksForAll(exists.selection().filter());
      case Operation.Stream _, Operation.Explain _ -> true;
      case Operation.Find _ -> false;
    };
  }

  private static boolean asksForAll(Filter filter) {
    return filter instanceof Filter.And(var parts) && parts.isEmpty();
  }

  private static boolean isOfMany(Filter filter) {
    return switch (filter) {
      case Filter.In(var _, var values) -> values.size() > 1;
      case Filter.And(var parts) ->
          parts.stream().anyMatch(part -> part instanceof Filter.In(var _, var v) && v.size() > 1);
      default -> false;
    };
  }

  private void found(String what, String before, String site) {
    String name = what + " at " + site;
    if (found.size() >= SITES && !found.containsKey(name)) {
      return;
    }
    Metrics.Repeated one =
        found.merge(
            name,
            new Metrics.Repeated(what, before, site, 1),
            (known, _) -> new Metrics.Repeated(what, before, site, known.times() + 1));
    if (one.times() == 1) {
      LOG.warn(
          "N+1: {} is asked anew for each row of {} at {}. Ask once: findAll(ids), a fetch plan"
              + " by as(…), or a filter by refersTo(…) or has(…).",
          what,
          before,
          site);
    }
  }

  List<Metrics.Repeated> found() {
    return List.copyOf(found.values());
  }

  void reset() {
    found.clear();
  }
}
