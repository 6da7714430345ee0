package dev.plinth.cli.tour;

import static dev.plinth.query.Filter.field;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.audit.Actor;
import dev.plinth.audit.AuditEntry;
import dev.plinth.error.StaleVersionException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes one city in every way that there is, and shows what the audit trail says of it.
final class WriteSteps {

  /// A business exception: the layer knows nothing of it.
  static final class Vetoed extends Exception {
    Vetoed(String message) {
      super(message);
    }
  }

  private static final int LONGEST_VALUE = 20; // "2026-01-31T12:00:00…"

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Guide guide;
  private final Database db;
  private final Repository<City, Long> cities;
  private final City munster;

  WriteSteps(Guide guide, Database db) {
    this.guide = guide;
    this.db = db;
    this.cities = db.repository(City.class);
    this.munster =
        cities
            .where(
                field(City::country)
                    .is("DE")
                    .and(field(City::name).is("Münster"))
                    .and(field(City::admin1).is("07")))
            .one();
  }

  void walk() {
    Step step =
        guide.step(
            "actor",
            "Say who acts: everything in there is recorded under that name",
            """
            db.actingAs(Actor.of("ada").session("tour"), () -> change());
            """);
    step.says("Ada will change %s, #%d.".formatted(munster.name(), munster.id()))
        .figure("actor", "ada")
        .figure("id", munster.id());
    db.actingAs(Actor.of("ada").session("tour"), () -> change());
    audit();
  }

  private void change() {
    update();
    patch();
    increment();
    conflict();
    delete();
    restore();
    rollback();
    bulk();
  }

  private void update() {
    Step step =
        guide.step(
            "update",
            "Update a row, if nobody else has changed it since it was read",
            """
            City renamed = cities.update(munster.withName("Münster (Westfalen)"));
            """);
    City renamed = cities.update(munster.withName("Münster (Westfalen)"));
    step.says(
            "%s, version %d, is now %s, version %d"
                .formatted(munster.name(), munster.version(), renamed.name(), renamed.version()))
        .figure("name", renamed.name())
        .figure("version", renamed.version());
  }

  private void patch() {
    Step step =
        guide.step(
            "patch",
            "Patch: only what is set is written",
            """
            City patched =
                cities.patch(munster.id(), c -> c.set(City::admin2, "05515"));
            """);
    City patched = cities.patch(munster.id(), c -> c.set(City::admin2, "05515"));
    step.cities(List.of(patched))
        .figure("admin2", String.valueOf(patched.admin2()))
        .figure("version", patched.version());
  }

  private void increment() {
    Step step =
        guide.step(
            "increment",
            "Count in the database, so that no concurrent increment is lost",
            """
            City visited = cities.increment(munster.id(), City::visits, 3);
            """);
    City visited = cities.increment(munster.id(), City::visits, 3);
    step.says("%d visits, version %d".formatted(visited.visits(), visited.version()))
        .figure("visits", visited.visits());
  }

  private void conflict() {
    Step step =
        guide.step(
            "conflict",
            "Two writers: the one with the old row is told, and nothing is lost",
            """
            cities.update(munster.withName("Monasterium")); // read before all that
            """);
    try {
      cities.update(munster.withName("Monasterium")); // read before all that
    } catch (StaleVersionException e) {
      step.error(e)
          .figure("error", e.code())
          .figure("expected", e.expected())
          .figure("found", e.found());
    }
  }

  private void delete() {
    Step step =
        guide.step(
            "delete",
            "Delete softly: the row is hidden from every read, and kept",
            """
            boolean deleted = cities.delete(munster.id());
            boolean there = cities.exists(munster.id());
            long hidden = cities.query().onlyDeleted().count();
            """);
    boolean deleted = cities.delete(munster.id());
    boolean there = cities.exists(munster.id());
    long hidden = cities.query().onlyDeleted().count();
    step.says("deleted: %s, still there: %s, hidden rows: %d".formatted(deleted, there, hidden))
        .figure("deleted", deleted)
        .figure("exists", there)
        .figure("hidden", hidden);
  }

  private void restore() {
    Step step =
        guide.step(
            "restore",
            "Restore",
            """
            City restored = cities.restore(munster.id());
            """);
    City restored = cities.restore(munster.id());
    step.cities(List.of(restored))
        .figure("restored", restored.deletedAt() == null)
        .figure("hidden", cities.query().onlyDeleted().count());
  }

  private void rollback() {
    Step step =
        guide.step(
            "rollback",
            "A transaction that fails leaves nothing; your exception passes unchanged",
            """
            db.transaction(
                tx -> {
                  cities.patch(munster.id(), c -> c.set(City::name, "Atlantis"));
                  cities.where(field(City::country).is("LI")).delete();
                  throw new Vetoed("the council says no");
                });
            """);
    City before = cities.get(munster.id());
    long count = cities.count();
    long entries = db.audit().count();
    try {
      db.transaction(tx -> {
        cities.patch(munster.id(), c -> c.set(City::name, "Atlantis"));
        cities.where(field(City::country).is("LI")).delete();
        throw new Vetoed("the council says no");
      });
    } catch (Vetoed e) {
      City after = cities.get(munster.id());
      long more = db.audit().count() - entries;
      step.says("%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()))
          .says(
              "%s keeps its name; %s cities, as before"
                  .formatted(after.name(), Printer.number(cities.count())))
          .says("%d more rows in the audit log".formatted(more))
          .figure("exception", e.getClass().getSimpleName())
          .figure("rolledBack", after.equals(before) && cities.count() == count && more == 0);
    }
  }

  private void bulk() {
    Step step =
        guide.step(
            "bulk",
            "Change many rows in one statement, audited row by row all the same",
            """
            long changed =
                cities.where(field(City::country).is("LI"))
                    .update(c -> c.add(City::visits, 1));
            """);
    long changed = cities.where(field(City::country).is("LI")).update(c -> c.add(City::visits, 1));
    AuditEntry last = db.audit().limit(1).list().getFirst();
    long audited = last.bulkId() == null ? 0 : db.audit().bulk(last.bulkId()).count();
    step.says(
            "%d cities of Liechtenstein changed; in the log %d rows share one bulkId"
                .formatted(changed, audited))
        .figure("country", "LI")
        .figure("changed", changed)
        .figure("auditEntries", audited);
  }

  private void audit() {
    Step step =
        guide.step(
            "audit",
            "The audit trail of one city: who, when, before → after",
            """
            List<AuditEntry> trail = db.audit().of(City.class, munster.id()).list();
            """);
    List<AuditEntry> trail = db.audit().of(City.class, munster.id()).list();
    List<List<?>> rows = new ArrayList<>();
    trail.reversed().forEach(entry -> rows.addAll(rows(entry)));
    step.rows(rows)
        .figure("auditEntries", trail.size())
        .figure("actions", trail.reversed().stream().map(entry -> entry.action().name()).toList())
        .figure("auditTotal", db.audit().count());
  }

  private static List<List<?>> rows(AuditEntry entry) {
    Map<String, AuditEntry.Difference> differences = entry.differences();
    List<List<?>> rows = new ArrayList<>();
    differences.forEach((field, difference) -> {
      // the time of the change stands in front; and a creation changes everything
      if (!field.equals("updated_at") && entry.oldValues() != null) {
        rows.add(fields(entry, rows.isEmpty(), field, change(difference)));
      }
    });
    return rows.isEmpty() ? List.of(fields(entry, true, differences.size() + " fields", "")) : rows;
  }

  private static List<?> fields(AuditEntry entry, boolean first, String field, String change) {
    return first
        ? List.of(TIME.format(entry.at()), entry.actor(), entry.action().name(), field, change)
        : List.of("", "", "", field, change);
  }

  private static String change(AuditEntry.Difference difference) {
    return value(difference.before()) + " → " + value(difference.after());
  }

  private static String value(@Nullable Object value) {
    String text = value == null ? "–" : value.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE - 1) + "…";
  }
}
