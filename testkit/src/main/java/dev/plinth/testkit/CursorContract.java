package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Reading on from where one was: nothing twice, nothing lost, whatever happens in between.
public interface CursorContract extends ContractBase {

  @Test
  default void rowsOfOneMomentAreAllThere() {
    try (Database db = open(new Ticking(), User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> rows = new ArrayList<>();
      for (int i = 0; i < 55; i++) {
        rows.add(User.of("u" + i + "@example.org", "User").withId(UUID.randomUUID()));
      }
      users.createAll(rows);
      List<User> all = users.query().list();
      List<User> seen = new ArrayList<>();
      List<Integer> sizes = new ArrayList<>();
      Optional<Cursor> next = Optional.empty();
      do {
        Slice<User> slice = users.query().after(next.orElse(null)).slice();
        seen.addAll(slice.items());
        sizes.add(slice.items().size());
        next = slice.next();
      } while (next.isPresent());
      assertThat(sizes).containsExactly(20, 20, 15);
      assertThat(seen).isEqualTo(all).hasSize(55).doesNotHaveDuplicates();
    }
  }

  /// Random rows with nulls and ties, random orders: slices in both directions make up the list.
  @Test
  default void slicesMakeUpTheWholeList() {
    try (Database db = open(Specimen.class)) {
      Repository<Specimen, Long> specimens = db.repository(Specimen.class);
      Random data = new Random(11);
      List<Specimen> rows = new ArrayList<>();
      for (long id = 1; id <= 90; id++) {
        rows.add(Specimen.random(id, data));
      }
      specimens.createAll(rows);
      for (int seed = 0; seed < 150; seed++) {
        Random random = new Random(seed);
        OrderOracle.Pair order = OrderOracle.random(random);
        int size = random.nextInt(1, 40);
        Query<Specimen> query = specimens.query().orderBy(order.orders()).limit(size);
        if (random.nextInt(3) == 0) {
          query = query.where(Filter.field(Specimen::plain).greater(0));
        }
        List<Long> expected = ids(query.limit(1000).list());
        try {
          assertThat(forward(query)).isEqualTo(expected);
          assertThat(backward(query)).isEqualTo(expected);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              "seed %d: %s, %d at a time".formatted(seed, List.of(order.orders()), size), e);
        }
      }
    }
  }

  private static List<Long> forward(Query<Specimen> query) {
    List<Long> seen = new ArrayList<>();
    Slice<Specimen> slice = query.slice();
    assertThat(slice.previous()).isEmpty();
    seen.addAll(ids(slice.items()));
    while (slice.next().isPresent()) {
      List<Long> before = ids(slice.items());
      slice = query.after(slice.next().get()).slice();
      assertThat(slice.items()).isNotEmpty();
      seen.addAll(ids(slice.items()));
      // one step back shows what was just seen
      Slice<Specimen> back = query.before(slice.previous().orElseThrow()).slice();
      assertThat(ids(back.items())).isEqualTo(before);
    }
    return seen;
  }

  private static List<Long> backward(Query<Specimen> query) {
    List<Long> seen = new ArrayList<>();
    Slice<Specimen> slice = query.before(null).slice();
    assertThat(slice.next()).isEmpty();
    seen.addAll(ids(slice.items()));
    while (slice.previous().isPresent()) {
      slice = query.before(slice.previous().get()).slice();
      assertThat(slice.items()).isNotEmpty();
      seen.addAll(0, ids(slice.items()));
    }
    return seen;
  }

  @Test
  default void comingAndGoingRowsNeitherRepeatNorHideOthers() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      List<Label> rows = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        rows.add(new Label("r%03d".formatted(i * 10), null, i % 7));
      }
      labels.createAll(rows);
      for (int seed = 0; seed < 6; seed++) {
        Random random = new Random(seed);
        Query<Label> query = labels.query().orderBy(Order.ascending(Label::weight)).limit(9);
        List<String> staying = names(labels.query().list());
        List<String> seen = new ArrayList<>();
        Slice<Label> slice = query.slice();
        while (true) {
          seen.addAll(names(slice.items()));
          if (slice.next().isEmpty()) {
            break;
          }
          String fresh = "n" + seed + "-" + random.nextInt(1_000_000);
          labels.save(new Label(fresh, null, random.nextInt(7)));
          // the very row that the cursor stands on may go
          String gone =
              random.nextBoolean()
                  ? slice.items().getLast().name()
                  : staying.get(random.nextInt(staying.size()));
          if (labels.purge(gone) && !seen.contains(gone)) {
            staying.remove(gone);
          }
          slice = query.after(slice.next().get()).slice();
        }
        assertThat(seen).as("seed %d", seed).doesNotHaveDuplicates().containsAll(staying);
      }
    }
  }

  @Test
  default void theEndsAreEmptyNotErrors() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      Slice<Label> none = labels.query().slice();
      assertThat(none.items()).isEmpty();
      assertThat(none.next()).isEmpty();
      assertThat(none.previous()).isEmpty();
      labels.createAll(List.of(new Label("a", null, 1), new Label("b", null, 2)));
      Slice<Label> exact = labels.query().limit(2).slice();
      assertThat(exact.next()).isEmpty();
      Slice<Label> first = labels.query().limit(1).slice();
      labels.purge("b");
      Slice<Label> rest = labels.query().limit(1).after(first.next().orElseThrow()).slice();
      assertThat(rest.items()).isEmpty();
      assertThat(rest.next()).isEmpty();
    }
  }

  @Test
  default void slicesHaveLimits() {
    try (Database db = open(Label.class)) {
      Query<Label> labels = db.<Label, String>repository(Label.class).query();
      for (long size : new long[] {0, 1001, Long.MAX_VALUE}) {
        assertThatThrownBy(() -> labels.limit(size).slice())
            .as("%d", size)
            .isInstanceOf(ValidationException.class);
      }
      assertThat(labels.limit(1000).slice().items()).isEmpty();
    }
  }

  @Test
  default void changedCursorsAreRefused() {
    try (Database db = open(Label.class, User.class)) {
      Repository<Label, String> labels = some(db);
      Query<Label> query = labels.query().orderBy(Order.ascending(Label::weight)).limit(2);
      String good = query.slice().next().orElseThrow().text();
      assertThat(query.after(Cursor.of(good)).slice().items()).hasSize(2);
      assertThat(good).matches("[A-Za-z0-9_-]+"); // fit for a URL as it stands

      List<String> wrong =
          new ArrayList<>(List.of("", "x", "!!!", "AAAA", good + good, " " + good));
      for (int cut = 1; cut < good.length(); cut += 3) {
        wrong.add(good.substring(0, cut));
        wrong.add(good.substring(cut));
      }
      for (int i = 0; i < good.length() - 1; i++) {
        char other = good.charAt(i) == 'A' ? 'B' : 'A';
        wrong.add(good.substring(0, i) + other + good.substring(i + 1));
      }
      wrong.add("A".repeat(100_000));
      for (String text : wrong) {
        Throwable thrown = catchThrowable(() -> query.after(Cursor.of(text)).slice());
        assertThat(thrown).as(text).isInstanceOf(ValidationException.class);
      }
    }
  }

  @Test
  default void aCursorFitsOnlyItsOrderAndTable() {
    try (Database db = open(Label.class, User.class)) {
      Repository<Label, String> labels = some(db);
      Query<Label> query = labels.query().orderBy(Order.ascending(Label::weight)).limit(2);
      Cursor cursor = query.slice().next().orElseThrow();
      List<Query<?>> others =
          List.of(
              labels.query(),
              labels.query().orderBy(Order.descending(Label::weight)),
              labels.query().orderBy(Order.ascending(Label::weight).withNullsFirst()),
              labels.query().orderBy(Order.ascending(Label::name)),
              labels.query().orderBy(Order.ascending(Label::weight), Order.ascending(Label::color)),
              db.<User, UUID>repository(User.class).query());
      for (Query<?> other : others) {
        Throwable thrown = catchThrowable(() -> other.after(cursor).slice());
        assertThat(thrown).isInstanceOf(ValidationException.class);
      }
      // the property's two names are one order; the size may change on the way
      assertThat(
              labels
                  .query()
                  .orderBy(Order.ascending("weight"))
                  .limit(3)
                  .after(cursor)
                  .slice()
                  .items())
          .hasSize(3);
    }
  }

  @Test
  default void cursorsOfAnotherKeyAreRefusedAndThoseOfTheSameAreNot() {
    assumeTrue(keeps(), "the data must be there again");
    Cursor cursor;
    try (Database db = open(c -> c.with("cursorKey", "a secret of sixteen"), Label.class)) {
      cursor = some(db).query().limit(2).slice().next().orElseThrow();
    }
    try (Database db = open(c -> c.with("cursorKey", "a secret of sixteen"), Label.class)) {
      Query<Label> query = db.<Label, String>repository(Label.class).query();
      assertThat(names(query.limit(2).after(cursor).slice().items())).containsExactly("c", "d");
    }
    try (Database db = open(c -> c.with("cursorKey", "another of sixteen"), Label.class)) {
      Query<Label> query = db.<Label, String>repository(Label.class).query();
      assertThatThrownBy(() -> query.after(cursor).slice()).isInstanceOf(ValidationException.class);
    }
    try (Database db = open(Label.class)) { // a key of its own at every start
      Query<Label> query = db.<Label, String>repository(Label.class).query();
      assertThatThrownBy(() -> query.after(cursor).slice()).isInstanceOf(ValidationException.class);
    }
  }

  /// A view without the columns that it is sorted by.
  record ColorOnly(String color) {}

  @Test
  default void slicesCanBeProjected() {
    try (Database db = open(Label.class)) {
      Query<ColorOnly> colors =
          some(db).query().orderBy(Order.descending(Label::weight)).as(ColorOnly.class).limit(4);
      Slice<ColorOnly> first = colors.slice();
      Slice<ColorOnly> second = colors.after(first.next().orElseThrow()).slice();
      assertThat(first.items()).extracting(ColorOnly::color).containsExactly("x", "x", "x", null);
      assertThat(second.items()).extracting(ColorOnly::color).containsExactly("x", "x", null);
      assertThat(second.next()).isEmpty();
      assertThat(colors.before(second.previous().orElseThrow()).slice().items())
          .isEqualTo(first.items());
    }
  }

  @Test
  default void rowsWithoutAKeyCannotBeSliced() {
    try (Database db = open()) {
      db.sql("create table keyless (a integer)").execute();
      db.sql("insert into keyless values (1), (1), (2)").execute();
      Throwable thrown = catchThrowable(() -> db.table("keyless").query().limit(1).slice());
      assertThat(thrown).isInstanceOf(MappingException.class);
    }
  }

  private static Repository<Label, String> some(Database db) {
    Repository<Label, String> labels = db.repository(Label.class);
    List<Label> rows = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d", "e", "f", "g")) {
      int number = rows.size();
      rows.add(new Label(name, number % 3 == 0 && number < 4 ? null : "x", number));
    }
    labels.createAll(rows);
    return labels;
  }

  private static List<Long> ids(List<Specimen> rows) {
    return rows.stream().map(Specimen::id).toList();
  }

  private static List<String> names(List<Label> rows) {
    return new ArrayList<>(rows.stream().map(Label::name).toList());
  }
}
