package dev.plinth.testkit;

import dev.plinth.query.Order;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/// Random orders, each with the comparator that says the same in Java.
final class OrderOracle {

  /// Orders and what they mean, the key's tie-break included.
  record Pair(Order[] orders, Comparator<Specimen> meaning) {}

  private static final Map<String, Function<Boolean, Comparator<Specimen>>> COLUMNS =
      new LinkedHashMap<>();

  static {
    add("text", Specimen::text, Specimen.TEXT);
    add("small", Specimen::small, Comparator.naturalOrder());
    add("number", Specimen::number, Comparator.naturalOrder());
    add("big", Specimen::big, Comparator.naturalOrder());
    add("ratio", Specimen::ratio, Comparator.naturalOrder());
    add("real", Specimen::real, Comparator.naturalOrder());
    add("amount", Specimen::amount, Comparator.naturalOrder());
    add("flag", Specimen::flag, Comparator.naturalOrder());
    add("at", Specimen::at, Comparator.naturalOrder());
    add("day", Specimen::day, Comparator.comparing(java.time.LocalDate::toEpochDay));
    add("span", Specimen::span, Comparator.naturalOrder());
    add("code", Specimen::code, Comparator.comparing(Object::toString));
    add("kind", Specimen::kind, Comparator.comparing(Enum::name));
    add("plain", Specimen::plain, Comparator.naturalOrder());
  }

  private OrderOracle() {}

  private static <V> void add(
      String name, Function<Specimen, V> value, Comparator<? super V> order) {
    COLUMNS.put(name, descending -> Comparator.comparing(value, nulls(order, descending)));
  }

  // null stands at the end whatever the direction; the caller moves it to the front
  private static <V> Comparator<V> nulls(Comparator<? super V> order, boolean descending) {
    return Comparator.nullsLast(descending ? order.reversed() : order);
  }

  static Pair random(Random random) {
    int count = random.nextInt(1, 4);
    List<String> names = List.copyOf(COLUMNS.keySet());
    Order[] orders = new Order[count];
    Comparator<Specimen> meaning = null;
    for (int i = 0; i < count; i++) {
      String name = names.get(random.nextInt(names.size()));
      boolean descending = random.nextBoolean();
      boolean nullsFirst = random.nextBoolean();
      Order order = descending ? Order.descending(name) : Order.ascending(name);
      orders[i] = nullsFirst ? order.withNullsFirst() : order;
      // nulls first is the reverse of the opposite direction with nulls last
      Comparator<Specimen> one =
          nullsFirst
              ? COLUMNS.get(name).apply(!descending).reversed()
              : COLUMNS.get(name).apply(descending);
      meaning = meaning == null ? one : meaning.thenComparing(one);
    }
    return new Pair(orders, meaning.thenComparing(Specimen::id));
  }
}
