package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.DataException;
import dev.plinth.error.MappingException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Note;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Orders, limits, pages, projections: how a query's answer is shaped.
public interface QueryContract extends ContractBase {

  @Test
  default void withoutAnOrderTheNewestComesFirst() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      List<User> created = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        created.add(users.create(User.of("u" + i + "@example.org", "User" + i)));
        clock.advance(1, ChronoUnit.MILLIS);
      }
      Collections.reverse(created);
      assertThat(users.query().list()).isEqualTo(created);
      assertThat(users.query().first()).contains(created.getFirst());
    }
  }

  @Test
  default void streamsComeInTheDefaultOrderAsWell() {
    Ticking clock = new Ticking();
    try (Database db = open(clock, User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      for (int i = 0; i < 5; i++) {
        users.create(User.of("u" + i + "@example.org", "User" + i));
        clock.advance(1, ChronoUnit.MILLIS);
      }
      try (Stream<User> stream = users.query().stream()) {
        assertThat(stream.toList()).isEqualTo(users.query().list());
      }
    }
  }

  @Test
  default void theKeyEndsEveryOrder() {
    try (Database db = open(new Ticking(), User.class, Label.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      for (int i = 0; i < 30; i++) { // in one moment, with keys that do not ascend
        users.create(User.of("u" + i + "@example.org", "Same").withId(UUID.randomUUID()));
      }
      Comparator<User> byKey = Comparator.comparing(user -> user.id().toString());
      assertThat(users.query().list()).isSortedAccordingTo(byKey);
      assertThat(users.query().orderBy(Order.descending(User::firstName)).list())
          .isSortedAccordingTo(byKey);
      Repository<Label, String> labels = db.repository(Label.class);
      labels.createAll(
          List.of(new Label("c", "x", 1), new Label("a", "x", 1), new Label("b", "x", 1)));
      assertThat(labels.query().list()).extracting(Label::name).containsExactly("a", "b", "c");
    }
  }

  /// Every column, both directions, nulls at both ends, several keys: as Java would sort.
  @Test
  default void ordersAreThoseOfTheValues() {
    try (Database db = open(Specimen.class)) {
      Repository<Specimen, Long> specimens = db.repository(Specimen.class);
      Random random = new Random(5);
      List<Specimen> rows = new ArrayList<>();
      for (long id = 1; id <= 150; id++) {
        rows.add(Specimen.random(id, random));
      }
      specimens.createAll(rows);
      for (int seed = 0; seed < 300; seed++) {
        OrderOracle.Pair pair = OrderOracle.random(new Random(seed));
        List<Long> expected = rows.stream().sorted(pair.meaning()).map(Specimen::id).toList();
        assertThat(specimens.query().orderBy(pair.orders()).list())
            .as("seed %d: %s", seed, List.of(pair.orders()))
            .extracting(Specimen::id)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  default void nullsComeLastUnlessToldOtherwise() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.createAll(
          List.of(new Label("a", "x", 1), new Label("b", null, 1), new Label("c", "y", 1)));
      assertThat(names(labels.query().orderBy(Order.ascending(Label::color)))).isEqualTo("acb");
      assertThat(names(labels.query().orderBy(Order.descending(Label::color)))).isEqualTo("cab");
      assertThat(names(labels.query().orderBy(Order.ascending(Label::color).withNullsFirst())))
          .isEqualTo("bac");
      assertThat(names(labels.query().orderBy(Order.descending("color").withNullsFirst())))
          .isEqualTo("bca");
      assertThat(
              names(
                  labels
                      .query()
                      .orderBy(Order.descending("color").withNullsFirst().withNullsLast())))
          .isEqualTo("cab");
      assertThat(names(labels.query().orderBy(Order.ascending(Label::color).reversed())))
          .isEqualTo("bca");
    }
  }

  @Test
  default void ordersCanComeFromText() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = db.repository(Label.class);
      labels.createAll(List.of(new Label("a", null, 2), new Label("b", null, 1)));
      for (String up : List.of("asc", "ASC", " Asc ", "ascending")) {
        assertThat(names(labels.query().orderBy(Order.of("weight", up)))).isEqualTo("ba");
      }
      assertThat(names(labels.query().orderBy(Order.of("weight", "desc")))).isEqualTo("ab");
      for (String wrong :
          List.of("", "up", "asc;", "asc nulls first", "desc, name", "1", "descc")) {
        assertThatThrownBy(() -> Order.of("weight", wrong))
            .as(wrong)
            .isInstanceOf(ValidationException.class);
      }
      assertThatThrownBy(() -> labels.query().orderBy(Order.of("wieght", "asc")).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'weight'");
    }
  }

  @Test
  default void limitsAndOffsetsAreChecked() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = notes(db, 10);
      Query<Note> all = notes.query();
      assertThat(all.limit(3).list()).hasSize(3);
      assertThat(all.limit(0).list()).isEmpty();
      assertThat(all.limit(0).stream()).isEmpty();
      assertThat(all.limit(3).offset(8).list()).extracting(Note::text).containsExactly("8", "9");
      assertThat(all.offset(7).list()).hasSize(3);
      assertThat(all.offset(10).list()).isEmpty();
      assertThat(all.limit(Long.MAX_VALUE).offset(Long.MAX_VALUE).list()).isEmpty();
      assertThat(all.limit(2).count()).isEqualTo(10);
      assertThatThrownBy(() -> all.limit(-1)).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> all.offset(-3)).isInstanceOf(ValidationException.class);
    }
  }

  /// `first` and `one` look at rows as they were asked for, not at one more.
  @Test
  default void firstAndOneKeepTheLimitThatWasGiven() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = notes(db, 3);
      assertThat(notes.query().limit(0).first()).isEmpty();
      assertThat(notes.query().limit(1).one().text()).isEqualTo("0");
      assertThat(notes.query().offset(2).one().text()).isEqualTo("2");
      assertThatThrownBy(() -> notes.query().limit(0).one()).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  default void oneIsExactlyOne() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = notes(db, 3);
      assertThat(notes.where(Filter.field(Note::text).is("1")).one().text()).isEqualTo("1");
      assertThatThrownBy(() -> notes.query().one()).isInstanceOf(DataException.class);
      assertThatThrownBy(() -> notes.where(Filter.none()).one())
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("note");
      assertThat(notes.where(Filter.none()).first()).isEmpty();
      assertThat(notes.where(Filter.none()).exists()).isFalse();
      assertThat(notes.where(Filter.field(Note::text).is("1")).exists()).isTrue();
      assertThat(notes.where(Filter.field(Note::text).isNot("1")).count()).isEqualTo(2);
    }
  }

  @Test
  default void pagesAreNumberedFromOneAndKnowTheTotal() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = notes(db, 45);
      Page<Note> first = notes.query().page(1);
      assertThat(first.items()).hasSize(20).first().extracting(Note::text).isEqualTo("0");
      assertThat(first.total()).isEqualTo(45);
      assertThat(first.totalPages()).isEqualTo(3);
      assertThat(first.hasNext()).isTrue();
      assertThat(first.hasPrevious()).isFalse();
      Page<Note> last = notes.query().page(3);
      assertThat(last.items()).hasSize(5);
      assertThat(last.hasNext()).isFalse();
      assertThat(last.hasPrevious()).isTrue();
      Page<Note> beyond = notes.query().page(4, 20);
      assertThat(beyond.items()).isEmpty();
      assertThat(beyond.total()).isEqualTo(45);
      assertThat(notes.query().page(Integer.MAX_VALUE, 1000).items()).isEmpty();
      assertThat(notes.query().page(1, 1000).items()).hasSize(45);
      assertThat(notes.where(Filter.none()).page(1).totalPages()).isZero();
      for (int page : new int[] {0, -1, Integer.MIN_VALUE}) {
        assertThatThrownBy(() -> notes.query().page(page)).isInstanceOf(ValidationException.class);
      }
      for (int size : new int[] {0, -1, 1001, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> notes.query().page(1, size))
            .isInstanceOf(ValidationException.class);
      }
    }
  }

  /// The address book's view of a user.
  record Contact(String firstName, String email) {}

  /// The columns may be named otherwise, as long as they are the table's.
  record RoleOnly(Role role) {}

  /// A column that users do not have.
  record WithPhone(String email, String phone) {}

  /// A column of another type.
  record WrongType(String email, int version) {}

  /// A text where the table has a number.
  record TextCount(String commandCount) {}

  @Test
  default void projectionsReadAChoiceOfColumns() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("bob@example.org", "Bob"));
      users.create(User.of("ada@example.org", "Ada").withRole(Role.ADMIN));
      Query<User> byName = users.query().orderBy(Order.ascending(User::firstName));
      assertThat(byName.as(Contact.class).list())
          .containsExactly(
              new Contact("Ada", "ada@example.org"), new Contact("Bob", "bob@example.org"));
      assertThat(byName.as(RoleOnly.class).first()).contains(new RoleOnly(Role.ADMIN));
      assertThat(byName.as(Contact.class).limit(1).page(2, 1).items())
          .containsExactly(new Contact("Bob", "bob@example.org"));
      try (Stream<Contact> contacts = byName.as(Contact.class).stream()) {
        assertThat(contacts.map(Contact::firstName)).containsExactly("Ada", "Bob");
      }
      assertThat(
              users
                  .query()
                  .as(Contact.class)
                  .where(Filter.field(User::role).is(Role.ADMIN)) // not one of its components
                  .one())
          .isEqualTo(new Contact("Ada", "ada@example.org"));
      assertThat(users.query().as(Contact.class).count()).isEqualTo(2);
    }
  }

  @Test
  default void projectionsThatDoNotFitAreRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      assertThatThrownBy(() -> users.query().as(WithPhone.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("phone");
      for (Class<?> wrong : List.of(WrongType.class, TextCount.class)) {
        assertThatThrownBy(() -> users.query().as(wrong))
            .as(wrong.getSimpleName())
            .isInstanceOf(MappingException.class)
            .hasMessageContaining(wrong.getSimpleName());
      }
      assertThatThrownBy(() -> users.query().as(Contact.class).update(c -> c.set("email", "x")))
          .isInstanceOf(MappingException.class);
    }
  }

  @Test
  default void ordersByPropertiesOfOthersAreRefused() {
    try (Database db = open(User.class, Activity.class)) {
      assertThatThrownBy(
              () -> db.repository(User.class).query().orderBy(Order.ascending(Activity::at)).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("Activity");
    }
  }

  @Test
  default void unknownNamesOfferTheNearest() {
    try (Database db = open(User.class)) {
      Query<User> users = db.<User, UUID>repository(User.class).query();
      List<Function<Query<User>, Object>> uses =
          List.of(
              q -> q.where(Filter.field("frstName").is("x")).list(),
              q -> q.where(Filter.field("frstName").in("x")).count(),
              q -> q.where(Filter.field("frstName").isNull()).exists(),
              q -> q.where(Filter.field("frstName").contains("x")).first(),
              q -> q.search("x", "frstName").list(),
              q -> q.orderBy(Order.ascending("frstName")).list(),
              q -> q.orderBy(Order.ascending("frstName")).stream(),
              q -> q.orderBy(Order.ascending("frstName")).slice(),
              q -> q.orderBy(Order.ascending("frstName")).page(1),
              q -> q.orderBy(Order.ascending("frstName")).explain(),
              q -> q.update(c -> c.set("frstName", "x")));
      for (int i = 0; i < uses.size(); i++) {
        Function<Query<User>, Object> use = uses.get(i);
        assertThatThrownBy(() -> use.apply(users))
            .as("use %d", i)
            .isInstanceOf(ValidationException.class)
            .hasMessageContaining("'frstName'")
            .hasMessageContaining("'firstName'");
      }
    }
  }

  @Test
  default void queriesAreValues() {
    try (Database db = open(Note.class)) {
      Repository<Note, Long> notes = notes(db, 10);
      Query<Note> base = notes.where(Filter.field(Note::id).greater(5L));
      Query<Note> few = base.limit(1);
      assertThat(few.list()).hasSize(1);
      assertThat(base.list()).hasSize(5);
      notes.create(Note.of("late"));
      assertThat(base.list()).hasSize(6);
      assertThat(
              base.orderBy(Order.descending(Note::id)).orderBy(Order.ascending(Note::id)).first())
          .map(Note::text)
          .contains("5");
    }
  }

  @Test
  default void explainTellsThePlanAndRunsNothing() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("ada@example.org", "Ada"));
      String plan = users.where(Filter.field(User::email).is("ada@example.org")).explain();
      assertThat(plan).isNotBlank().containsIgnoringCase("users");
      assertThat(users.query().orderBy(Order.ascending(User::firstName)).limit(3).explain())
          .isNotBlank();
      assertThat(
              users
                  .query()
                  .limit(1)
                  .after(users.query().limit(1).slice().next().orElse(null))
                  .explain())
          .isNotBlank();
      assertThat(users.count()).isEqualTo(1);
    }
  }

  @Test
  default void instantsAreComparedAsPoints() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      Instant noon = Instant.parse("2026-01-01T12:00:00.000001Z");
      User ada = users.create(User.of("a@example.org", "Ada").withCreatedAt(noon));
      assertThat(users.where(Filter.field(User::createdAt).is(noon)).list()).containsExactly(ada);
      assertThat(users.where(Filter.field("created_at").is("2026-01-01T12:00:00.000001Z")).count())
          .isEqualTo(1);
      assertThat(users.where(Filter.field(User::createdAt).before(noon)).exists()).isFalse();
      assertThat(users.where(Filter.field(User::createdAt).after(noon)).exists()).isFalse();
      assertThat(users.where(Filter.field(User::createdAt).between(noon, noon)).exists()).isTrue();
    }
  }

  private static Repository<Note, Long> notes(Database db, int count) {
    Repository<Note, Long> notes = db.repository(Note.class);
    List<Note> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(Note.of(Integer.toString(i)));
    }
    notes.createAll(rows);
    return notes;
  }

  private static String names(Query<Label> query) {
    StringBuilder names = new StringBuilder();
    query.list().forEach(label -> names.append(label.name()));
    return names.toString();
  }
}
