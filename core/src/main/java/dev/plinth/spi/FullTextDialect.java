package dev.plinth.spi;

import dev.plinth.error.UnsupportedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one engine's SQL finds words in the columns that a shape declares for it.
///
/// Pure functions of text; what people typed is always bound.
public interface FullTextDialect {

  /// A statement of the index; to run it again changes nothing.
  ///
  /// @param relation the index that it makes; null where it makes something else
  record Made(@Nullable String relation, String sql) {}

  /// A `from` with only the rows that have the words.
  ///
  /// @param from what stands behind the word
  /// @param best a sort key that puts the best first
  record Ranked(Dialect.Condition from, String best) {}

  /// The statements that make the index and put the rows into it that are there; none where the engine
  /// has no such index.
  List<Made> create(Shape<?> shape, String index);

  /// The condition that a row has the words; it is not sent where all of them are excluded.
  Dialect.Condition found(Shape<?> shape, String index, List<Term> terms);

  /// The rows that have the words, each with its rank.
  ///
  /// @param terms at least one of them is not excluded
  Ranked ranked(Shape<?> shape, String index, List<Term> terms);

  /// Of an engine that has no full-text search.
  ///
  /// @param engine its name, for people
  record None(String engine) implements FullTextDialect {
    @Override
    public List<Made> create(Shape<?> shape, String index) {
      return List.of();
    }

    @Override
    public Dialect.Condition found(Shape<?> shape, String index, List<Term> terms) {
      throw missing();
    }

    @Override
    public Ranked ranked(Shape<?> shape, String index, List<Term> terms) {
      throw missing();
    }

    private UnsupportedException missing() {
      return new UnsupportedException(
          "%s has no full-text search (%s). search(…) finds pieces of text on every engine."
              .formatted(engine, Capability.FULL_TEXT));
    }
  }
}
