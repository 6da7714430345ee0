package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Filter.has;
import static dev.plinth.query.Filter.not;
import static dev.plinth.testkit.QueryBudget.expectQueries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.health.Metrics;
import dev.plinth.query.Filter;
import dev.plinth.query.Page;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/relations.md`.
class RelationSnippetsTest extends Snippets {

  // docs: relation-plans
  record UserWithVisits(User user, List<Visit> visits) {}

  record VisitLine(String page, User user) {}

  record Name(String email, String firstName) {}

  record VisitByName(Visit visit, Name user) {}

  record UserPage(String email, List<VisitByName> visits) {}

  // end

  @BeforeEach
  void create() {
    visits.createAll(
        List.of(
            Visit.of(ada.id(), "/home"), Visit.of(ada.id(), "/"), Visit.of(grace.id(), "/home")));
  }

  @Test
  void filters() {
    // docs: relation-filters
    Filter byAdmin = field(Visit::userId).refersTo(User.class, field(User::role).is(Role.ADMIN));
    List<Visit> ofAdmins = visits.where(byAdmin).list();

    Filter wasHome = has(Visit.class, Visit::userId, field(Visit::page).is("/home"));
    Page<User> atHome = users.where(wasHome).page(1);
    List<User> neverHere = users.where(not(has(Visit.class, Visit::userId, Filter.all()))).list();
    // end

    assertThat(ofAdmins).extracting(Visit::userId).containsExactly(grace.id());
    assertThat(atHome.total()).isEqualTo(2);
    assertThat(neverHere).containsExactly(alan);
  }

  @Test
  void plans() {
    // docs: relation-fetch
    List<UserWithVisits> all = users.query().as(UserWithVisits.class).list();
    List<VisitLine> home = visits.where(field(Visit::page).is("/home")).as(VisitLine.class).list();
    List<UserPage> pages = users.query().limit(20).as(UserPage.class).list();
    // end

    assertThat(all).hasSize(3);
    assertThat(all)
        .filteredOn(one -> one.user().equals(ada))
        .first()
        .extracting(UserWithVisits::visits)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .hasSize(2);
    assertThat(home).extracting(VisitLine::user).containsExactlyInAnyOrder(ada, grace);
    assertThat(pages).flatExtracting(UserPage::visits).hasSize(3);
  }

  @Test
  void budget() {
    // docs: relation-budget
    List<UserWithVisits> all =
        expectQueries(2, () -> users.query().as(UserWithVisits.class).list());
    // end
    assertThat(all).hasSize(3);

    assertThatThrownBy(() ->
            expectQueries(
                2,
                () -> {
                  for (User user : users.query().list()) {
                    visits.where(field(Visit::userId).is(user.id())).list();
                  }
                }))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void attribution() {
    List<Visit> more = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      more.add(Visit.of(ada.id(), "/" + i));
    }
    visits.createAll(more);
    for (Visit visit : visits.query().list()) {
      users.get(visit.userId());
    }
    // docs: relation-repeated
    for (Metrics.Repeated one : db.metrics().repeated()) {
      System.out.println(one.what() + " for each of " + one.before() + " at " + one.site());
    }
    // end
    assertThat(db.metrics().repeated()).hasSize(1);
  }
}
