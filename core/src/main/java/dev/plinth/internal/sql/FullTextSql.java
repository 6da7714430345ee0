package dev.plinth.internal.sql;

import dev.plinth.entity.FullText;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.spi.Column;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.FullTextDialect;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Full-text searches as SQL: the index, the condition, and the order by rank.
final class FullTextSql {

  private static final Dialect.Condition NOTHING =
      new Dialect.Condition("1 = 0", List.of(), List.of());

  private FullTextSql() {}

  /// What makes the index of a shape; nothing where it declares none.
  static List<FullTextDialect.Made> create(Dialect dialect, Shape<?> shape) {
    return shape.fullText().isEmpty() ? List.of() : dialect.fullText().create(shape, index(shape));
  }

  // by its columns, as any index is: where they change, another index is made
  private static String index(Shape<?> shape) {
    String columns = shape.fullText().stream().map(Column::name).collect(Collectors.joining("_"));
    return SchemaWriter.shortened(shape.table() + "_" + columns + "_fts");
  }

  /// The condition that a row has the words; none has where no word is wanted.
  static Dialect.Condition condition(Dialect dialect, Shape<?> shape, Filter.FullText search) {
    List<Term> terms = terms(shape, search);
    Dialect.Condition found = dialect.fullText().found(shape, index(shape), terms);
    return asksForNothing(terms) ? NOTHING : found;
  }

  /// The rows of a selection in the order of their rank; null where something else orders them.
  static FullTextDialect.@Nullable Ranked ranked(
      Dialect dialect, Shape<?> shape, Selection selection) {
    Filter.FullText search = ranking(selection);
    if (search == null) {
      return null;
    }
    List<Term> terms = terms(shape, search);
    return asksForNothing(terms) ? null : dialect.fullText().ranked(shape, index(shape), terms);
  }

  private static boolean asksForNothing(List<Term> terms) {
    return terms.stream().allMatch(Term::excluded);
  }

  private static List<Term> terms(Shape<?> shape, Filter.FullText search) {
    if (shape.fullText().isEmpty()) {
      throw new ValidationException(
          "%s has no component marked @%s, so there are no words to find. Mark them, or search(…) for pieces of text."
              .formatted(shape, FullText.class.getSimpleName()));
    }
    return Term.of(FilterWriter.checked("fullText", search.text()));
  }

  /// The search that orders a selection by rank; null where an order is given, or all that is found
  /// must not have the words.
  static Filter.@Nullable FullText ranking(Selection selection) {
    return selection.orders().isEmpty() ? required(selection.filter()) : null;
  }

  private static Filter.@Nullable FullText required(Filter filter) {
    return switch (filter) {
      case Filter.FullText search -> search;
      case Filter.And(var parts) -> {
        for (Filter part : parts) {
          Filter.FullText search = required(part);
          if (search != null) {
            yield search;
          }
        }
        yield null;
      }
      default -> null;
    };
  }

  /// What rows must meet besides the search that orders them.
  static Filter rest(Selection selection) {
    return without(Objects.requireNonNull(ranking(selection)), selection.filter());
  }

  private static Filter without(Filter.FullText search, Filter filter) {
    if (filter == search) {
      return Filter.all();
    }
    if (!(filter instanceof Filter.And(var parts))) {
      return filter;
    }
    List<Filter> rest = new ArrayList<>(parts.size());
    for (Filter part : parts) {
      Filter kept = without(search, part);
      if (!(kept instanceof Filter.And(var none)) || !none.isEmpty()) {
        rest.add(kept);
      }
    }
    return new Filter.And(rest);
  }
}
