package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.not;
import static dev.plinth.query.Order.ascending;
import static dev.plinth.query.Order.descending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/reading.md`.
class ReadingSnippetsTest extends Snippets {

  // docs: contact
  record Contact(String email, String firstName) {}

  // end

  @Test
  void byKey() {
    UUID id = ada.id();
    UUID other = grace.id();
    // docs: read-by-key
    Optional<User> maybe = users.find(id);
    User user = users.get(id); // or a NotFoundException
    List<User> both = users.findAll(List.of(id, other)); // in this order
    boolean there = users.exists(id);
    long all = users.count();
    // end

    assertThat(maybe).contains(user);
    assertThat(both).containsExactly(ada, grace);
    assertThat(there).isTrue();
    assertThat(all).isEqualTo(3);
  }

  @Test
  void byFilter() {
    Instant monday = Instant.now().minusSeconds(600);
    // docs: read-filters
    Filter staff = field(User::role).in(Role.ADMIN, Role.MODERATOR);
    Filter recent = field(User::createdAt).after(monday);

    List<User> found = users.where(staff.and(recent)).list();
    Optional<User> newest = users.where(not(staff)).first();
    User exactlyOne = users.where(field(User::email).is("ada@example.org")).one();
    long unreachable = users.where(field(User::phone).isNull()).count();
    boolean any = users.where(field(User::email).endsWith("@example.org")).exists();
    // end

    assertThat(found).containsExactly(grace);
    assertThat(newest).contains(alan);
    assertThat(exactlyOne).isEqualTo(ada);
    assertThat(unreachable).isEqualTo(2);
    assertThat(any).isTrue();
  }

  @Test
  void fromOutside() {
    String column = "createdAt";
    String direction = "desc";
    // docs: read-from-outside
    Filter asked = Filter.matching(Map.of("role", "ADMIN"));
    Order order = Order.of(column, direction);
    List<User> admins = users.where(asked).orderBy(order).list();
    // end

    assertThat(admins).containsExactly(grace);
  }

  @Test
  void inOrder() {
    // docs: read-orders
    List<User> sorted =
        users
            .query()
            .orderBy(ascending(User::phone).withNullsFirst(), descending(User::firstName))
            .limit(20)
            .offset(0)
            .list();
    // end

    assertThat(sorted).containsExactly(alan, ada, grace);
  }

  @Test
  void inPages() {
    // docs: read-pages
    Page<User> page = users.query().page(1, 2);
    List<User> rows = page.items();
    long total = page.total();
    long pages = page.totalPages();
    // end

    assertThat(rows).hasSize(2);
    assertThat(total).isEqualTo(3);
    assertThat(pages).isEqualTo(2);
  }

  @Test
  void byCursor() {
    visits.createAll(IntStream.range(0, 50).mapToObj(i -> Visit.of(ada.id(), "/" + i)).toList());
    // docs: read-cursors
    Query<Visit> latest = visits.query().orderBy(descending(Visit::at)).limit(20);

    Slice<Visit> first = latest.slice();
    String token = first.next().orElseThrow().text(); // fit for a URL

    Slice<Visit> second = latest.after(Cursor.of(token)).slice();
    Cursor back = second.previous().orElseThrow();
    Slice<Visit> firstAgain = latest.before(back).slice();
    // end

    assertThat(firstAgain.items()).isEqualTo(first.items());
    assertThat(second.items()).hasSize(20).doesNotContainAnyElementsOf(first.items());
  }

  @Test
  void oneByOne() {
    visits.createAll(List.of(Visit.of(ada.id(), "/"), Visit.of(ada.id(), "/a")));
    long home;
    // docs: read-streams
    try (Stream<Visit> all = visits.query().stream()) {
      home = all.filter(visit -> visit.page().equals("/")).count();
    }
    // end

    assertThat(home).isEqualTo(1);
  }

  @Test
  void asProjection() {
    // docs: read-projections
    List<Contact> contacts = users.query().as(Contact.class).list();
    // end

    assertThat(contacts).contains(new Contact("ada@example.org", "Ada")).hasSize(3);
  }

  @Test
  void searched() {
    // docs: read-search
    List<User> found = users.query().search("ADA", User::firstName, User::email).list();
    // end

    assertThat(found).containsExactly(ada);
  }

  @Test
  void explained() {
    // docs: read-explain
    String plan = users.where(field(User::email).is("ada@example.org")).explain();
    // end

    assertThat(plan).contains("users_email_key");
  }

  @Test
  void insideJson() {
    users.patch(ada.id(), c -> c.set(User::settings, Map.of("theme", "dark", "beta", true)));
    // docs: read-json
    Filter dark = field(User::settings).json("theme").is("dark");
    Filter both = field(User::settings).json().contains(Map.of("theme", "dark", "beta", true));
    Filter chosen = field(User::settings).json().hasKey("theme");

    List<User> inTheDark = users.where(dark.and(chosen)).list();
    // end

    assertThat(inTheDark).extracting(User::id).containsExactly(ada.id());
    assertThat(users.where(both).count()).isEqualTo(1);
  }
}
