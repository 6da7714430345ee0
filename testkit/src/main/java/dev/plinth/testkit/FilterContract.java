package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.testkit.samples.Activity;
import dev.plinth.testkit.samples.Label;
import dev.plinth.testkit.samples.Role;
import dev.plinth.testkit.samples.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What each filter means, one by one and in random trees.
public interface FilterContract extends ContractBase {

  /// Thousands of random conditions over random rows: the engine and plain Java must agree.
  @Test
  default void randomFiltersMeanWhatTheySay() {
    try (Database db = open(Specimen.class)) {
      Repository<Specimen, Long> specimens = db.repository(Specimen.class);
      for (long set = 1; set <= 4; set++) {
        Random random = new Random(set);
        List<Specimen> rows = new ArrayList<>();
        for (long id = 1; id <= 120; id++) {
          rows.add(Specimen.random(id, random));
        }
        specimens.query().purge();
        specimens.createAll(rows);
        for (long seed = set * 10_000; seed < set * 10_000 + 800; seed++) {
          Random own = new Random(seed);
          FilterOracle.Pair pair = FilterOracle.tree(own, own.nextInt(4));
          List<Long> expected = rows.stream().filter(pair.meaning()).map(Specimen::id).toList();
          try {
            assertThat(specimens.where(pair.filter()).list())
                .extracting(Specimen::id)
                .isEqualTo(expected);
            assertThat(specimens.where(pair.filter()).count()).isEqualTo(expected.size());
            assertThat(specimens.where(pair.filter()).exists()).isEqualTo(!expected.isEmpty());
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                "rows of seed %d, filter of seed %d: %s".formatted(set, seed, pair.filter()), e);
          }
        }
      }
    }
  }

  @Test
  default void nullIsAValueLikeOthersInEqualities() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", null, "blue");
      assertThat(colors(labels, Filter.field(Label::color).is(null)))
          .containsExactly((String) null);
      assertThat(colors(labels, Filter.field(Label::color).isNot("red")))
          .containsExactlyInAnyOrder(null, "blue");
      assertThat(colors(labels, Filter.field(Label::color).isNot(null)))
          .containsExactlyInAnyOrder("red", "blue");
      assertThat(colors(labels, Filter.not(Filter.field(Label::color).is("red"))))
          .containsExactlyInAnyOrder(null, "blue");
      assertThat(colors(labels, Filter.not(Filter.field(Label::color).greater("m"))))
          .containsExactlyInAnyOrder(null, "blue");
      assertThat(colors(labels, Filter.not(Filter.field(Label::color).contains("e"))))
          .containsExactly((String) null);
    }
  }

  @Test
  default void listsMayBeEmptyAndMayHoldNull() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", null, "blue");
      assertThat(colors(labels, Filter.field(Label::color).in(List.of()))).isEmpty();
      assertThat(colors(labels, Filter.field(Label::color).notIn(List.of()))).hasSize(3);
      assertThat(colors(labels, Filter.field(Label::color).in("red", null)))
          .containsExactlyInAnyOrder("red", null);
      assertThat(colors(labels, Filter.field(Label::color).notIn("red", null)))
          .containsExactly("blue");
      assertThat(colors(labels, Filter.field(Label::color).notIn("red")))
          .containsExactlyInAnyOrder("blue", null);
      assertThat(colors(labels, Filter.field(Label::color).in(Arrays.asList((String) null))))
          .containsExactly((String) null);
    }
  }

  @Test
  default void listsMayBeLong() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", null, "blue");
      List<String> many = new ArrayList<>();
      LongStream.range(0, 10_000).forEach(i -> many.add("color'" + i));
      assertThat(colors(labels, Filter.field(Label::color).in(many))).isEmpty();
      many.add("blue");
      many.add("blue");
      assertThat(colors(labels, Filter.field(Label::color).in(many))).containsExactly("blue");
      assertThat(colors(labels, Filter.field(Label::color).notIn(many)))
          .containsExactlyInAnyOrder("red", null);
    }
  }

  @Test
  default void wildcardsAreLetters() {
    String[] odd = {"100%", "1000", "a_b", "axb", "c\\d", "c\\\\d", "x*y", "x?y", "[ab]", "a", "A"};
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, odd);
      for (String text : odd) {
        for (Filter filter :
            List.of(
                Filter.field(Label::color).startsWith(text),
                Filter.field(Label::color).endsWith(text),
                Filter.field(Label::color).contains(text),
                Filter.field(Label::color).like("%" + Filter.escapeLike(text) + "%"),
                Filter.field(Label::color).like(Filter.escapeLike(text)))) {
          List<String> expected =
              Arrays.stream(odd)
                  .filter(color ->
                      switch (((Filter.Match) filter).kind()) {
                        case STARTS_WITH -> color.startsWith(text);
                        case ENDS_WITH -> color.endsWith(text);
                        case CONTAINS -> color.contains(text);
                        case LIKE ->
                            ((Filter.Match) filter).text().startsWith("%")
                                ? color.contains(text)
                                : color.equals(text);
                      })
                  .toList();
          assertThat(colors(labels, filter))
              .as("%s", filter)
              .containsExactlyInAnyOrderElementsOf(expected);
        }
      }
      assertThat(colors(labels, Filter.field(Label::color).like("a_b")))
          .containsExactlyInAnyOrder("a_b", "axb");
      assertThat(colors(labels, Filter.field(Label::color).like("100%")))
          .containsExactlyInAnyOrder("100%", "1000");
    }
  }

  @Test
  default void aNeedleMayBeLong() {
    String hay = "x".repeat(120_000) + "y";
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, hay, "z");
      for (Filter filter :
          List.of(
              Filter.field(Label::color).is(hay),
              Filter.field(Label::color).contains(hay.substring(1)),
              Filter.field(Label::color).startsWith(hay),
              Filter.field(Label::color).endsWith(hay),
              Filter.search(hay, Label::color))) {
        assertThat(labels.where(filter).count()).isEqualTo(1);
      }
    }
  }

  /// A NUL ends text in many a C library: the condition behind it would be lost.
  @Test
  default void nulInAConditionNeverWidensIt() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", null, "blue");
      for (Filter filter :
          List.of(
              Filter.field(Label::color).is("\0"),
              Filter.field(Label::color).in("\0", "x\0"),
              Filter.field(Label::color).startsWith("\0"),
              Filter.field(Label::color).startsWith("r\0x"),
              Filter.field(Label::color).endsWith("\0"),
              Filter.field(Label::color).contains("\0"),
              Filter.field(Label::color).like("r%\0x"),
              Filter.search("\0", Label::color))) {
        long found;
        try {
          found = labels.where(filter).count();
        } catch (ValidationException e) {
          found = 0; // refusing is as good
        }
        assertThat(found).as("%s", filter).isZero();
      }
    }
  }

  @Test
  default void longChainsOfConditionsWork() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "c7", "c299", "none");
      Filter any = Filter.none();
      Filter all = Filter.all();
      for (int i = 0; i < 300; i++) {
        any = any.or(Filter.field(Label::color).is("c" + i));
        all = all.and(Filter.field(Label::color).isNot("d" + i));
      }
      assertThat(colors(labels, any)).containsExactlyInAnyOrder("c7", "c299");
      assertThat(colors(labels, all)).hasSize(3);
      Filter deep = Filter.field(Label::color).is("c7");
      for (int i = 0; i < 100; i++) {
        deep = Filter.not(deep);
      }
      assertThat(colors(labels, deep)).containsExactly("c7");
    }
  }

  @Test
  default void matchingTakesNullForNullAndRefusesUnknownNames() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      User ada = users.create(User.of("ada@example.org", "Ada").withRole(Role.ADMIN));
      users.create(User.of("bob@example.org", "Bob").withPasswordHash("h"));
      Map<String, Object> wanted = new HashMap<>();
      wanted.put("role", "ADMIN");
      wanted.put("passwordHash", null);
      wanted.put("first_name", "Ada");
      assertThat(users.where(Filter.matching(wanted)).list()).containsExactly(ada);
      assertThat(users.where(Filter.matching(Map.of())).count()).isEqualTo(2);
      wanted.put("emial", "x");
      assertThatThrownBy(() -> users.where(Filter.matching(wanted)).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("'emial'")
          .hasMessageContaining("'email'");
    }
  }

  @Test
  default void bothSpellingsOfANameAreTakenAndNoOther() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      users.create(User.of("ada@example.org", "Ada"));
      assertThat(users.where(Filter.field("firstName").is("Ada")).count()).isEqualTo(1);
      assertThat(users.where(Filter.field("first_name").is("Ada")).count()).isEqualTo(1);
      for (String wrong : List.of("FirstName", "first name", "firstname", "name", "", "rowid")) {
        assertThatThrownBy(() -> users.where(Filter.field(wrong).is("Ada")).count())
            .as(wrong)
            .isInstanceOf(ValidationException.class);
      }
    }
  }

  @Test
  default void aPropertyOfAnotherRecordIsRefused() {
    try (Database db = open(User.class, Activity.class)) {
      assertThatThrownBy(
              () -> db.repository(User.class).where(Filter.field(Activity::type).is("x")).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("type")
          .hasMessageContaining("Activity");
      // even where a component of the same name is there
      assertThatThrownBy(() ->
              db.repository(User.class)
                  .where(Filter.field(Activity::id).is(UUID.randomUUID()))
                  .list())
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  default void valuesThatCannotBeAreRefused() {
    try (Database db = open(User.class)) {
      Repository<User, UUID> users = db.repository(User.class);
      for (Filter filter :
          List.of(
              Filter.field("role").is("ADMINN"),
              Filter.field("id").is("1 or 1=1"),
              Filter.field("createdAt").after("yesterday"),
              Filter.field("commandCount").is("1 or 1=1"),
              Filter.field("commandCount").in(List.of(1, "2")),
              Filter.field("commandCount").is(1.5),
              Filter.field("commandCount").contains("1"),
              Filter.search("1", User::commandCount))) {
        assertThatThrownBy(() -> users.where(filter).list())
            .as("%s", filter)
            .isInstanceOf(ValidationException.class);
      }
      assertThatThrownBy(() -> users.where(Filter.field("role").is("ADMINN")).list())
          .hasMessageContaining("'ADMIN'");
      assertThatThrownBy(() -> Filter.field("commandCount").less(null))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> users.where(Filter.field("metadata").is(Map.of())).list())
          .isInstanceOf(UnsupportedException.class);
      assertThatThrownBy(() -> users.where(Filter.field("metadata").in(Map.of())).list())
          .isInstanceOf(UnsupportedException.class);
    }
  }

  @Test
  default void filtersKeepTheirListsToThemselves() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", "blue");
      List<String> wanted = new ArrayList<>(List.of("red"));
      Filter filter = Filter.field(Label::color).in(wanted);
      wanted.add("blue");
      assertThat(colors(labels, filter)).containsExactly("red");
      assertThat(Collections.nCopies(2, filter)).allMatch(one -> one.equals(filter));
    }
  }

  @Test
  default void conditionsAddUp() {
    try (Database db = open(Label.class)) {
      Repository<Label, String> labels = labels(db, "red", "blue", "green");
      assertThat(
              labels
                  .where(Filter.field(Label::color).contains("e"))
                  .where(Filter.field(Label::color).startsWith("b").or(Filter.none()))
                  .list())
          .extracting(Label::color)
          .containsExactly("blue");
      assertThat(labels.where(Filter.none()).list()).isEmpty();
      assertThat(labels.where(Filter.not(Filter.all())).exists()).isFalse();
    }
  }

  private static Repository<Label, String> labels(Database db, String... colors) {
    Repository<Label, String> labels = db.repository(Label.class);
    List<Label> rows = new ArrayList<>();
    for (int i = 0; i < colors.length; i++) {
      rows.add(new Label("label" + i, colors[i], i));
    }
    labels.createAll(rows);
    return labels;
  }

  private static List<String> colors(Repository<Label, String> labels, Filter filter) {
    return labels.where(filter).list().stream().map(Label::color).toList();
  }
}
