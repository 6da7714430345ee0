package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Id;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Label;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Filters of thousands of parts work; what is nested too deep is refused, never a broken stack.
public interface FilterSizeContract extends ContractBase {

  /// How many parts.
  int MANY = 2_000;

  /// A record of bytes, which may be empty or null.
  record Blob(@Id long id, byte @Nullable [] bytes) {}

  private static Repository<Label, String> labels(Database db) {
    Repository<Label, String> labels = db.repository(Label.class);
    labels.createAll(IntStream.range(0, 10).mapToObj(i -> new Label("n" + i, "c" + i, i)).toList());
    return labels;
  }

  // finds n3 only, whichever way its parts are put together
  private static Filter[] pairs() {
    return IntStream.range(3, 3 + MANY)
        .mapToObj(
            i -> Filter.field("name").is("n" + i).and(Filter.field("weight").is(i == 3 ? 3 : -i)))
        .toArray(Filter[]::new);
  }

  private static Filter[] exclusions() {
    return IntStream.range(1, 1 + MANY)
        .mapToObj(i -> Filter.field("weight").isNot(i))
        .toArray(Filter[]::new);
  }

  private static Filter chain(Filter[] parts, BiFunction<Filter, Filter, Filter> join) {
    Filter result = parts[0];
    for (int i = 1; i < parts.length; i++) {
      result = join.apply(result, parts[i]);
    }
    return result;
  }

  @Test
  default void thousandsOfAlternativesWork() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      for (Filter filter :
          List.of(Filter.or(pairs()), chain(pairs(), (one, other) -> one.or(other)))) {
        assertThat(labels.where(filter).list()).extracting(Label::name).containsExactly("n3");
        assertThat(labels.where(filter).count()).isEqualTo(1);
        assertThat(labels.where(Filter.not(filter)).count()).isEqualTo(9);
      }
    }
  }

  @Test
  default void thousandsOfConditionsWork() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      for (Filter filter :
          List.of(Filter.and(exclusions()), chain(exclusions(), (one, other) -> one.and(other)))) {
        assertThat(labels.where(filter).list()).extracting(Label::name).containsExactly("n0");
        assertThat(labels.where(Filter.not(filter)).count()).isEqualTo(9);
      }
      assertThat(labels.where(Filter.and(exclusions())).update(c -> c.set(Label::color, "x")))
          .isEqualTo(1);
    }
  }

  /// Each part around all before it: too deep perhaps, but no broken stack and no other meaning.
  @Test
  default void chainsTheOtherWayRoundWorkOrAreRefused() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      for (Filter filter :
          List.of(
              chain(pairs(), (one, other) -> other.or(one)),
              chain(pairs(), (one, other) -> Filter.or(other, one)))) {
        try {
          assertThat(labels.where(filter).list()).extracting(Label::name).containsExactly("n3");
        } catch (ValidationException e) {
          assertThat(e).hasMessageContaining("deep");
        }
      }
    }
  }

  @Test
  default void whatIsNestedTooDeepIsRefused() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      assertThatThrownBy(
              () -> {
                Filter nested = Filter.field("weight").is(3);
                for (int i = 0; i < 20_000; i++) {
                  nested = Filter.not(nested);
                }
                labels.where(nested).list();
              })
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(
              () -> {
                Filter nested = Filter.field("weight").is(3);
                for (int i = 0; i < 20_000; i++) {
                  nested =
                      Filter.field("weight").is(i).or(Filter.field("weight").is(3).and(nested));
                }
                labels.where(nested).delete();
              })
          .isInstanceOf(ValidationException.class);
      assertThat(labels.count()).isEqualTo(10);
    }
  }

  @Test
  default void someNestingWorks() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db);
      Filter nested = Filter.field("weight").is(3);
      for (int i = 0; i < 50; i++) {
        nested = Filter.not(nested);
      }
      assertThat(labels.where(nested).list()).extracting(Label::name).containsExactly("n3");
    }
  }

  @Test
  default void noBytesAreNotNull() {
    try (Database db = open(Blob.class)) {
      Repository<Blob, Long> blobs = db.repository(Blob.class);
      blobs.create(new Blob(1, new byte[0]));
      blobs.create(new Blob(2, new byte[] {1}));
      blobs.create(new Blob(3, null));
      Filter none = Filter.field("bytes").in(List.of(new byte[0]));
      assertThat(blobs.where(none).list()).extracting(Blob::id).containsExactly(1L);
      assertThat(blobs.where(Filter.field("bytes").in(List.of(new byte[0], new byte[] {1}))).list())
          .extracting(Blob::id)
          .containsExactlyInAnyOrder(1L, 2L);
      assertThat(blobs.where(Filter.field("bytes").is(new byte[0])).count()).isEqualTo(1);
      assertThat(blobs.where(Filter.field("bytes").notIn(List.of(new byte[0]))).list())
          .extracting(Blob::id)
          .contains(2L)
          .doesNotContain(1L);
      assertThat(blobs.where(none).delete()).isEqualTo(1);
      assertThat(blobs.count()).isEqualTo(2);
    }
  }
}
