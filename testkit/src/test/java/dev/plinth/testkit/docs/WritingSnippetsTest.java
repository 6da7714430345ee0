package dev.plinth.testkit.docs;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.Saved;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.query.Changes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The programs of `docs/guide/writing.md`.
class WritingSnippetsTest extends Snippets {

  @Test
  void created() {
    // docs: write-create
    Visit visit = visits.create(Visit.of(ada.id(), "/home"));
    long number = visit.id(); // made by the database

    User mary =
        users.create(c -> c.set(User::email, "mary@example.org").set(User::firstName, "Mary"));
    UUID id = mary.id(); // made by the layer, as are version and times
    Role role = mary.role(); // MEMBER, by the record's constructor
    // end

    assertThat(number).isEqualTo(1);
    assertThat(users.get(id)).isEqualTo(mary);
    assertThat(mary.version()).isEqualTo(1);
    assertThat(role).isEqualTo(Role.MEMBER);
  }

  @Test
  void updated() {
    // docs: write-update
    User read = users.get(ada.id());
    User written = users.update(read.withFirstName("Augusta"));

    User renamed = users.update(written, written.withFirstName("Ada")); // one column
    // end

    assertThat(written.version()).isEqualTo(2);
    assertThat(renamed.version()).isEqualTo(3);
    assertThatThrownBy(() -> users.update(read)).isInstanceOf(StaleVersionException.class);
  }

  @Test
  void retriedByHand() {
    User read = users.get(ada.id());
    users.patch(ada.id(), c -> c.set(User::phone, "555-0199"));
    // docs: write-stale
    try {
      users.update(read.withFirstName("Augusta"));
    } catch (StaleVersionException stale) {
      User fresh = users.get(read.id());
      users.update(fresh.withFirstName("Augusta"));
    }
    // end

    assertThat(users.get(ada.id()).firstName()).isEqualTo("Augusta");
    assertThat(users.get(ada.id()).phone()).isEqualTo("555-0199");
  }

  @Test
  void patched() {
    // docs: write-patch
    User changed =
        users.patch(grace.id(), c -> c.set(User::role, Role.MODERATOR).set(User::phone, null));

    User counted = users.increment(grace.id(), User::logins, 1);
    // end

    assertThat(changed.phone()).isNull();
    assertThat(changed.firstName()).isEqualTo("Grace");
    assertThat(counted.logins()).isEqualTo(1);
  }

  @Test
  void saved() {
    // docs: write-save
    User byKey = users.save(ada.withFirstName("Augusta"));

    User byEmail =
        users.save(
            c -> c.set(User::email, "linus@example.org").set(User::firstName, "Linus"),
            User::email);
    // end

    assertThat(byKey.createdAt()).isEqualTo(ada.createdAt());
    assertThat(byKey.version()).isEqualTo(2);
    assertThat(users.get(byEmail.id())).isEqualTo(byEmail);
  }

  @Test
  void keptBySave() {
    users.increment(ada.id(), User::logins, 7);
    users.delete(grace.id());

    assertThat(users.save(ada).logins()).isEqualTo(7);
    assertThatThrownBy(() -> users.save(grace)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void inBulk() {
    // docs: write-bulk
    List<Visit> stored =
        visits.createAll(List.of(Visit.of(ada.id(), "/home"), Visit.of(grace.id(), "/help")));
    List<User> written =
        users.updateAll(List.of(ada.withFirstName("Augusta"), grace.withFirstName("Rear")));
    List<User> saved = users.saveAll(List.of(alan.withFirstName("Al")));
    long gone = users.deleteAll(List.of(alan.id()));
    long back = users.restoreAll(List.of(alan.id()));
    long forGood = visits.purgeAll(List.of(stored.getFirst().id()));
    // end

    assertThat(stored).extracting(Visit::page).containsExactly("/home", "/help");
    assertThat(written).extracting(User::firstName).containsExactly("Augusta", "Rear");
    assertThat(saved).extracting(User::firstName).containsExactly("Al");
    assertThat(List.of(gone, back, forGood)).containsOnly(1L);
  }

  @Test
  void duplicates() {
    User eve =
        new User(null, "eve@example.org", "Eve", null, null, null, null, 0, 0, null, null, null);
    // docs: write-duplicates
    List<User> given = List.of(ada.withFirstName("Augusta"), eve);
    Saved<User> imported = users.createAll(given, Duplicates.IGNORE, User::email);
    long created = imported.created(); // 1: Eve
    long ignored = imported.ignored(); // 1: Ada

    Saved<User> merged = users.createAll(given, Duplicates.UPDATE, User::email);
    long updated = merged.updated(); // 2
    List<User> rows = merged.rows(); // as they are stored now
    // end

    assertThat(List.of(created, ignored, updated)).containsExactly(1L, 1L, 2L);
    assertThat(rows).extracting(User::firstName).containsExactly("Augusta", "Eve");
  }

  @Test
  void fromOutside() {
    // docs: write-from-json
    String body = "{\"firstName\": \"Augusta\", \"phone\": null}";
    User changed = users.patch(ada.id(), c -> Changes.fromJson(body, User::firstName, User::phone));
    // end

    assertThat(changed.firstName()).isEqualTo("Augusta");
  }

  @Test
  void inSets() {
    Instant lastYear = Instant.now().plusSeconds(60);
    visits.create(Visit.of(ada.id(), "/home"));
    // docs: write-sets
    long promoted =
        users
            .where(field(User::role).is(Role.MEMBER))
            .update(c -> c.set(User::role, Role.MODERATOR));
    long removed = visits.where(field(Visit::at).before(lastYear)).delete();
    // end

    assertThat(promoted).isEqualTo(2);
    assertThat(removed).isEqualTo(1);
  }

  @Test
  void theFirstProgram() {
    // docs: first-program
    Repository<User, UUID> people = db.repository(User.class);

    User linus =
        people.create(c -> c.set(User::email, "linus@example.org").set(User::firstName, "Linus"));
    people.patch(linus.id(), c -> c.set(User::role, Role.ADMIN));
    List<User> admins = people.where(field(User::role).is(Role.ADMIN)).list();
    // end

    assertThat(admins).extracting(User::firstName).containsExactly("Linus", "Grace");
  }

  @Test
  void intoJson() {
    users.patch(
        grace.id(),
        c -> c.set(User::settings, Map.of("a", 1, "editor", Map.of("size", 10, "dark", true))));
    // docs: write-merge
    User merged = users.patch(grace.id(), c -> c.merge(User::settings, Map.of("theme", "dark")));

    User patched =
        users.patch(
            grace.id(),
            c ->
                c.mergePatch(User::settings, Map.of("editor", Map.of("font", "Mono", "size", 12))));
    // end

    assertThat(merged.settings()).containsEntry("a", 1).containsEntry("theme", "dark");
    assertThat(patched.settings())
        .containsEntry("editor", Map.of("size", 12, "dark", true, "font", "Mono"));
  }
}
