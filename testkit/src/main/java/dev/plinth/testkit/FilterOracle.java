package dev.plinth.testkit;

import dev.plinth.query.Field;
import dev.plinth.query.Filter;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/// Random filters, each with the same condition written in Java: what the engine has to agree with.
final class FilterOracle {

  /// A filter and what it means.
  record Pair(Filter filter, Predicate<Specimen> meaning) {}

  /// One column: how to name, read, make up and compare its values.
  private record Kind<V>(
      Field<V> field,
      Function<Specimen, V> value,
      Function<Random, V> random,
      Comparator<V> order) {}

  private static final Kind<String> TEXT =
      new Kind<>(Filter.field(Specimen::text), Specimen::text, Specimen::anyText, Specimen.TEXT);

  private static final List<Kind<?>> KINDS =
      List.of(
          TEXT,
          kind(Filter.field(Specimen::small), Specimen::small, Specimen::anySmall),
          kind(Filter.field(Specimen::number), Specimen::number, Specimen::anyNumber),
          kind(Filter.field(Specimen::big), Specimen::big, Specimen::anyBig),
          kind(Filter.field(Specimen::ratio), Specimen::ratio, Specimen::anyRatio),
          kind(Filter.field(Specimen::real), Specimen::real, Specimen::anyReal),
          kind(Filter.field(Specimen::amount), Specimen::amount, Specimen::anyAmount),
          kind(Filter.field(Specimen::flag), Specimen::flag, Random::nextBoolean),
          kind(Filter.field(Specimen::at), Specimen::at, Specimen::anyAt),
          new Kind<>(
              Filter.field(Specimen::day),
              Specimen::day,
              Specimen::anyDay,
              Comparator.<LocalDate>naturalOrder()),
          kind(Filter.field(Specimen::span), Specimen::span, Specimen::anySpan),
          new Kind<>(
              Filter.field(Specimen::code),
              Specimen::code,
              Specimen::anyCode,
              Comparator.comparing(Object::toString)),
          new Kind<>(
              Filter.field(Specimen::kind),
              Specimen::kind,
              Specimen::anyKind,
              Comparator.comparing(Enum::name)),
          kind(Filter.field(Specimen::plain), Specimen::plain, r -> r.nextInt(-3, 4)),
          kind(Filter.field(Specimen::id), Specimen::id, r -> (long) r.nextInt(0, 150)));

  private FilterOracle() {}

  private static <V extends Comparable<V>> Kind<V> kind(
      Field<V> field, Function<Specimen, V> value, Function<Random, V> random) {
    return new Kind<>(field, value, random, Comparator.naturalOrder());
  }

  /// A tree of conditions, at most so deep.
  static Pair tree(Random random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return leaf(random);
    }
    return switch (random.nextInt(5)) {
      case 0, 1 -> {
        Pair a = tree(random, depth - 1);
        Pair b = tree(random, depth - 1);
        yield new Pair(a.filter().and(b.filter()), a.meaning().and(b.meaning()));
      }
      case 2 -> {
        Pair a = tree(random, depth - 1);
        Pair b = tree(random, depth - 1);
        yield new Pair(a.filter().or(b.filter()), a.meaning().or(b.meaning()));
      }
      case 3 -> {
        Pair a = tree(random, depth - 1);
        yield new Pair(Filter.not(a.filter()), a.meaning().negate());
      }
      default -> flat(random, depth);
    };
  }

  private static Pair flat(Random random, int depth) {
    List<Pair> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      parts.add(tree(random, depth - 1));
    }
    Filter[] filters = parts.stream().map(Pair::filter).toArray(Filter[]::new);
    return random.nextBoolean()
        ? new Pair(Filter.and(filters), row -> parts.stream().allMatch(p -> p.meaning().test(row)))
        : new Pair(Filter.or(filters), row -> parts.stream().anyMatch(p -> p.meaning().test(row)));
  }

  private static Pair leaf(Random random) {
    return random.nextInt(4) == 0
        ? match(random)
        : leaf(KINDS.get(random.nextInt(KINDS.size())), random);
  }

  private static <V> Pair leaf(Kind<V> kind, Random random) {
    Field<V> field = kind.field();
    V value = kind.random().apply(random);
    V other = kind.random().apply(random);
    return switch (random.nextInt(13)) {
      case 0 -> new Pair(field.is(value), on(kind, v -> v != null && same(kind, v, value)));
      case 1 -> new Pair(field.isNot(value), on(kind, v -> v == null || !same(kind, v, value)));
      case 2 -> new Pair(field.less(value), compared(kind, value, c -> c < 0));
      case 3 -> new Pair(field.atMost(value), compared(kind, value, c -> c <= 0));
      case 4 -> new Pair(field.greater(value), compared(kind, value, c -> c > 0));
      case 5 -> new Pair(field.atLeast(value), compared(kind, value, c -> c >= 0));
      case 6 ->
          new Pair(
              field.between(value, other),
              compared(kind, value, c -> c >= 0).and(compared(kind, other, c -> c <= 0)));
      case 7 -> new Pair(field.isNull(), on(kind, v -> v == null));
      case 8 -> new Pair(field.isNotNull(), on(kind, v -> v != null));
      case 9 -> new Pair(field.is(null), on(kind, v -> v == null));
      case 10 -> new Pair(field.isNot(null), on(kind, v -> v != null));
      case 11 -> in(kind, random);
      default -> {
        Pair in = in(kind, random);
        yield new Pair(Filter.not(in.filter()), in.meaning().negate());
      }
    };
  }

  private static <V> Pair in(Kind<V> kind, Random random) {
    List<V> values = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      values.add(random.nextInt(6) == 0 ? null : kind.random().apply(random));
    }
    boolean negated = random.nextBoolean();
    Predicate<Specimen> in =
        on(
            kind,
            v ->
                values.stream()
                    .anyMatch(one -> one == null ? v == null : v != null && same(kind, v, one)));
    return negated
        ? new Pair(kind.field().notIn(values), in.negate())
        : new Pair(kind.field().in(values), in);
  }

  private static Pair match(Random random) {
    String text = Specimen.anyText(random);
    return switch (random.nextInt(4)) {
      case 0 ->
          new Pair(TEXT.field().startsWith(text), on(TEXT, v -> v != null && v.startsWith(text)));
      case 1 -> new Pair(TEXT.field().endsWith(text), on(TEXT, v -> v != null && v.endsWith(text)));
      case 2 -> new Pair(TEXT.field().contains(text), on(TEXT, v -> v != null && v.contains(text)));
      default -> {
        // a backslash at the very end makes nothing literal: not a pattern to agree on
        String pattern = text.endsWith("\\") ? text + "\\" : text;
        String whole = pattern.replaceAll("\\\\+$", "\\\\\\\\");
        yield new Pair(
            TEXT.field().like(whole),
            on(TEXT, v -> v != null && like(points(whole), 0, points(v), 0)));
      }
    };
  }

  private static int[] points(String text) {
    return text.codePoints().toArray();
  }

  /// Whether a text matches a pattern of `%`, `_` and `\`.
  private static boolean like(int[] pattern, int p, int[] text, int t) {
    if (p == pattern.length) {
      return t == text.length;
    }
    return switch (pattern[p]) {
      case '%' ->
          like(pattern, p + 1, text, t) || (t < text.length && like(pattern, p, text, t + 1));
      case '_' -> t < text.length && like(pattern, p + 1, text, t + 1);
      case '\\' ->
          t < text.length && pattern[p + 1] == text[t] && like(pattern, p + 2, text, t + 1);
      default -> t < text.length && pattern[p] == text[t] && like(pattern, p + 1, text, t + 1);
    };
  }

  private static <V> Predicate<Specimen> on(Kind<V> kind, Predicate<V> condition) {
    return row -> condition.test(kind.value().apply(row));
  }

  private static <V> Predicate<Specimen> compared(
      Kind<V> kind, V value, Predicate<Integer> condition) {
    return on(kind, v -> v != null && condition.test(kind.order().compare(v, value)));
  }

  private static <V> boolean same(Kind<V> kind, V a, V b) {
    return kind.order().compare(a, b) == 0;
  }
}
