package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static dev.plinth.testkit.PolicyRows.ANN;
import static dev.plinth.testkit.PolicyRows.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Duplicates;
import dev.plinth.Repository;
import dev.plinth.error.DatabaseException;
import dev.plinth.query.Cursor;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import dev.plinth.testkit.PolicyRows.Noted;
import dev.plinth.testkit.PolicyRows.Payment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every public method of repositories and queries, asked for another tenant's rows.
///
/// Who adds a method adds a probe here: a test compares the lists.
public interface PolicyCoverageContract extends ContractBase {

  /// Tries to reach Bob's rows as Ann, and gives whatever came of it.
  @FunctionalInterface
  interface Probe {
    /// Tries it.
    @Nullable Object reach(PolicyRows rows, Repository<Payment, UUID> payments, Payment bobs);
  }

  /// The probes of a repository, by method and parameters.
  static Map<String, Probe> repositoryProbes() {
    Map<String, Probe> all = new LinkedHashMap<>();
    all.put("find(Object)", (r, p, bobs) -> p.find(bobs.id()));
    all.put("get(Object)", (r, p, bobs) -> p.get(bobs.id()));
    all.put("findAll(Collection)", (r, p, bobs) -> p.findAll(List.of(bobs.id())));
    all.put("exists(Object)", (r, p, bobs) -> p.exists(bobs.id()));
    all.put("count()", (r, p, bobs) -> p.count());
    all.put("query()", (r, p, bobs) -> p.query().list());
    all.put("where(Filter)", (r, p, bobs) -> p.where(Filter.all()).list());
    all.put("create(Object)", (r, p, bobs) -> p.create(Payment.of(BOB, "x", "x")));
    all.put(
        "create(UnaryOperator)",
        (r, p, bobs) ->
            p.create(c ->
                c.set(Payment::userId, BOB).set(Payment::reference, "x").set(Payment::note, "x")));
    all.put(
        "createAll(Collection)",
        (r, p, bobs) -> p.createAll(List.of(Payment.of(ANN, "a", "a"), Payment.of(BOB, "x", "x"))));
    all.put("update(Object)", (r, p, bobs) -> p.update(bobs.withUser(ANN)));
    all.put("update(Object,Object)", (r, p, bobs) -> p.update(bobs, bobs.withNote("x")));
    all.put(
        "updateAll(Collection)",
        (r, p, bobs) -> p.updateAll(List.of(r.anns.getFirst(), bobs.withNote("x"))));
    all.put(
        "patch(Object,UnaryOperator)",
        (r, p, bobs) -> p.patch(bobs.id(), c -> c.set(Payment::note, "x")));
    all.put(
        "increment(Object,Property,Number)",
        (r, p, bobs) -> p.increment(bobs.id(), Payment::cents, 1));
    all.put("save(Object)", (r, p, bobs) -> p.save(bobs.withUser(ANN)));
    all.put(
        "save(Object,Property[])",
        (r, p, bobs) -> p.save(bobs.withId(null).withUser(ANN), Payment::reference));
    all.put(
        "save(UnaryOperator)",
        (r, p, bobs) -> p.save(c -> c.set(Payment::id, bobs.id()).set(Payment::note, "x")));
    all.put(
        "save(UnaryOperator,Property[])",
        (r, p, bobs) ->
            p.save(
                c -> c.set(Payment::reference, bobs.reference()).set(Payment::userId, ANN),
                Payment::reference));
    all.put(
        "saveAll(Collection,Property[])",
        (r, p, bobs) -> p.saveAll(List.of(bobs.withId(null).withUser(ANN)), Payment::reference));
    all.put(
        "createAll(Collection,Duplicates,Property[])",
        (r, p, bobs) ->
            p.createAll(
                List.of(bobs.withId(null).withUser(ANN)), Duplicates.IGNORE, Payment::reference));
    all.put("delete(Object)", (r, p, bobs) -> p.delete(bobs.id()));
    all.put("deleteAll(Collection)", (r, p, bobs) -> p.deleteAll(List.of(bobs.id())));
    all.put("restore(Object)", (r, p, bobs) -> p.restore(r.bobsDeleted.id()));
    all.put("restoreAll(Collection)", (r, p, bobs) -> p.restoreAll(List.of(r.bobsDeleted.id())));
    all.put("restoreDeletion(UUID)", (r, p, bobs) -> p.restoreDeletion(deletion(r)));
    all.put("purge(Object)", (r, p, bobs) -> p.purge(bobs.id()));
    all.put("purgeAll(Collection)", (r, p, bobs) -> p.purgeAll(List.of(bobs.id())));
    return all;
  }

  private static UUID deletion(PolicyRows rows) {
    return rows.db
        .policies()
        .bypass(() -> {
          UUID id = rows.payments.create(Payment.of(BOB, "BOB-5", "BOB five")).id();
          rows.payments.deleteAll(List.of(id));
          return rows.db.audit().of(Payment.class, id).list().getFirst().bulkId();
        });
  }

  /// Tries to reach Bob's rows by a query, and gives whatever came of it.
  @FunctionalInterface
  interface QueryProbe {
    /// Tries it.
    @Nullable Object reach(Query<Payment> query, Cursor bobs);
  }

  /// The probes of a query, by method and parameters.
  static Map<String, QueryProbe> queryProbes() {
    Map<String, QueryProbe> all = new LinkedHashMap<>();
    Filter bobs = field(Payment::userId).is(BOB);
    all.put("where(Filter)", (q, c) -> q.where(bobs.or(Filter.all())).list());
    all.put("search(String)", (q, c) -> q.search("bob").list());
    all.put("fullText(String)", (q, c) -> q.fullText("bob").list());
    all.put("search(String,Property[])", (q, c) -> q.search("bob", Payment::note).list());
    all.put("search(String,String[])", (q, c) -> q.search("bob", "note", "reference").list());
    all.put("orderBy(Order[])", (q, c) -> q.orderBy(Order.descending(Payment::note)).list());
    all.put("limit(long)", (q, c) -> q.limit(100).list());
    all.put("offset(long)", (q, c) -> q.offset(1).list());
    all.put("after(Cursor)", (q, c) -> q.after(c).list());
    all.put("before(Cursor)", (q, c) -> q.before(c).slice());
    all.put("includeDeleted()", (q, c) -> q.includeDeleted().list());
    all.put("onlyDeleted()", (q, c) -> q.onlyDeleted().list());
    all.put("as(Class)", (q, c) -> q.as(Noted.class).list());
    all.put("list()", (q, c) -> q.list());
    all.put("first()", (q, c) -> q.where(bobs).first());
    all.put("one()", (q, c) -> q.where(field(Payment::reference).is("BOB-1")).one());
    all.put("page(int)", (q, c) -> q.page(1));
    all.put("page(int,int)", (q, c) -> q.includeDeleted().page(1, 1));
    all.put("slice()", (q, c) -> q.limit(1).slice());
    all.put("stream()", (q, c) -> q.stream());
    all.put("count()", (q, c) -> q.count());
    all.put("exists()", (q, c) -> q.where(bobs).exists());
    all.put("update(UnaryOperator)", (q, c) -> q.update(set -> set.set(Payment::userId, ANN)));
    all.put("delete()", (q, c) -> q.where(bobs).delete());
    all.put("restore()", (q, c) -> q.restore());
    all.put("purge()", (q, c) -> q.includeDeleted().where(bobs).purge());
    all.put("explain()", (q, c) -> q.explain());
    return all;
  }

  @Test
  default void everyMethodOfARepositoryHasAProbe() {
    assertThat(new TreeSet<>(repositoryProbes().keySet())).isEqualTo(methods(Repository.class));
  }

  @Test
  default void everyMethodOfAQueryHasAProbe() {
    assertThat(new TreeSet<>(queryProbes().keySet())).isEqualTo(methods(Query.class));
  }

  private static Set<String> methods(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .map(PolicyCoverageContract::signature)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(",", method.getName() + "(", ")"));
  }

  @Test
  default void noMethodOfARepositoryReachesForeignRows() {
    try (PolicyRows rows = new PolicyRows(open(Payment.class, PolicyRows.Ticket.class))) {
      Payment bobs = rows.bobs.getFirst();
      repositoryProbes()
          .forEach(
              (name, probe) -> isClean(name, rows, () -> probe.reach(rows, rows.payments, bobs)));
    }
  }

  @Test
  default void noMethodOfAQueryReachesForeignRows() {
    try (PolicyRows rows = new PolicyRows(open(Payment.class, PolicyRows.Ticket.class))) {
      Cursor cursor = rows.bob(() -> rows.payments.query().limit(1).slice().next().orElseThrow());
      for (Query<Payment> query :
          List.of(rows.payments.query(), rows.payments.query().includeDeleted())) {
        queryProbes()
            .forEach((name, probe) -> isClean(name, rows, () -> probe.reach(query, cursor)));
      }
    }
  }

  @Test
  default void aProbeThatReachesSomethingIsNoticed() {
    try (PolicyRows rows = new PolicyRows(open(Payment.class, PolicyRows.Ticket.class))) {
      Payment bobs = rows.bobs.getFirst();
      Map<String, Probe> probes = repositoryProbes();
      for (String name : List.of("find(Object)", "patch(Object,UnaryOperator)", "count()")) {
        Probe probe = probes.get(name);
        Throwable noticed = null;
        try {
          isClean(
              name,
              rows,
              () -> rows.db.policies().bypass(() -> probe.reach(rows, rows.payments, bobs)));
        } catch (AssertionError e) {
          noticed = e;
        }
        assertThat(noticed).as("the control: %s without policies", name).isNotNull();
      }
    }
  }

  // by key it is asked for what is Bob's, so "true", and more than Ann has, is a leak as well
  private static void isClean(
      String name, PolicyRows rows, java.util.function.Supplier<@Nullable Object> probe) {
    List<String> before = rows.foreign();
    Object got =
        rows.ann(() -> {
          try {
            return shown(probe.get());
          } catch (DatabaseException refused) {
            return refused.code() + " " + refused.getMessage();
          }
        });
    List<String> after = rows.foreign();
    if (!name.startsWith("restoreDeletion")) { // whose probe adds a row of Bob's
      assertThat(after).as("%s leaves what is not Ann's", name).isEqualTo(before);
    }
    assertThat(after).as(name).allMatch(row -> row.contains(PolicyRows.MARK));
    if (!String.valueOf(got).startsWith("UNIQUE")) { // which says what Ann herself has sent
      PolicyRows.assertClean(got);
    }
    assertThat(got).as(name).isNotEqualTo(true);
    if (got instanceof Number number) {
      assertThat(number.longValue()).as(name).isLessThanOrEqualTo(rows.anns.size());
    }
  }

  private static @Nullable Object shown(@Nullable Object got) {
    return switch (got) {
      case Stream<?> stream -> {
        try (stream) {
          yield stream.toList().toString();
        }
      }
      case Page<?> page -> {
        assertThat(page.total()).isLessThanOrEqualTo(2);
        yield page.toString();
      }
      case Slice<?> slice -> slice.items().toString();
      case Optional<?> row -> row.toString();
      case null -> "null";
      default -> got;
    };
  }
}
