package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.has;

import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Shop.Customer;
import dev.plinth.testkit.samples.Shop.Folder;
import dev.plinth.testkit.samples.Shop.Line;
import dev.plinth.testkit.samples.Shop.Payment;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/// Random filters on rows that refer to others, each with the same condition written in Java.
///
/// @param customers all rows that are live, as the others
record RelationOracle(
    List<Customer> customers, List<Payment> payments, List<Line> lines, List<Folder> folders) {

  /// A filter and what it means.
  record Pair<T>(Filter filter, Predicate<T> meaning) {
    private Pair<T> and(Pair<T> other) {
      return new Pair<>(filter.and(other.filter), meaning.and(other.meaning));
    }

    private Pair<T> or(Pair<T> other) {
      return new Pair<>(filter.or(other.filter), meaning.or(other.meaning));
    }

    private Pair<T> not() {
      return new Pair<>(Filter.not(filter), meaning.negate());
    }
  }

  private static <T> Pair<T> tree(Random random, int depth, Function<Integer, Pair<T>> leaf) {
    if (depth == 0) {
      return leaf.apply(0);
    }
    return switch (random.nextInt(6)) {
      case 0 -> tree(random, depth - 1, leaf).and(tree(random, depth - 1, leaf));
      case 1 -> tree(random, depth - 1, leaf).or(tree(random, depth - 1, leaf));
      case 2 -> tree(random, depth - 1, leaf).not();
      default -> leaf.apply(depth);
    };
  }

  Pair<Customer> customers(Random random, int depth) {
    return tree(random, depth, left -> customer(random, left));
  }

  private Pair<Customer> customer(Random random, int depth) {
    int rank = random.nextInt(4);
    if (depth == 0) {
      return new Pair<>(field(Customer::rank).is(rank), one -> one.rank() == rank);
    }
    Pair<Payment> with = payments(random, depth - 1);
    return random.nextBoolean()
        ? new Pair<>(
            has(Payment.class, Payment::payerId, with.filter()),
            one -> any(payments, with, other -> other.payerId().equals(one.id())))
        : new Pair<>(
            has(Payment.class, Payment::payeeId, with.filter()),
            one -> any(payments, with, other -> one.id().equals(other.payeeId())));
  }

  Pair<Payment> payments(Random random, int depth) {
    return tree(random, depth, left -> payment(random, left));
  }

  private Pair<Payment> payment(Random random, int depth) {
    long cents = random.nextInt(10);
    if (depth == 0) {
      return random.nextInt(5) == 0
          ? new Pair<>(field(Payment::payeeId).isNull(), one -> one.payeeId() == null)
          : new Pair<>(field(Payment::cents).less(cents), one -> one.cents() < cents);
    }
    return switch (random.nextInt(3)) {
      case 0 -> {
        Pair<Customer> to = customers(random, depth - 1);
        yield new Pair<>(
            field(Payment::payerId).refersTo(Customer.class, to.filter()),
            one -> any(customers, to, other -> other.id().equals(one.payerId())));
      }
      case 1 -> {
        Pair<Customer> to = customers(random, depth - 1);
        yield new Pair<>(
            field(Payment::payeeId).refersTo(Customer.class, to.filter()),
            one -> any(customers, to, other -> other.id().equals(one.payeeId())));
      }
      default -> {
        String text = "t" + random.nextInt(4);
        yield new Pair<>(
            has(Line.class, Line::paymentId, field(Line::text).is(text)),
            one ->
                lines.stream()
                    .anyMatch(
                        line -> line.paymentId().equals(one.id()) && line.text().equals(text)));
      }
    };
  }

  Pair<Folder> folders(Random random, int depth) {
    return tree(random, depth, left -> folder(random, left));
  }

  private Pair<Folder> folder(Random random, int depth) {
    if (depth == 0) {
      String name = "n" + random.nextInt(4);
      return new Pair<>(field(Folder::name).is(name), one -> one.name().equals(name));
    }
    Pair<Folder> with = folders(random, depth - 1);
    return random.nextBoolean()
        ? new Pair<>(
            field(Folder::parentId).refersTo(Folder.class, with.filter()),
            one -> any(folders, with, other -> Objects.equals(one.parentId(), other.id())))
        : new Pair<>(
            has(Folder.class, Folder::parentId, with.filter()),
            one -> any(folders, with, other -> Objects.equals(other.parentId(), one.id())));
  }

  private static <T> boolean any(List<T> rows, Pair<T> pair, Predicate<T> tied) {
    return rows.stream().anyMatch(row -> tied.test(row) && pair.meaning().test(row));
  }
}
