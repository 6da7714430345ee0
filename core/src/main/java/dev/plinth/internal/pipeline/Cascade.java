package dev.plinth.internal.pipeline;

import static dev.plinth.query.Filter.field;

import dev.plinth.audit.Actor;
import dev.plinth.config.Isolation;
import dev.plinth.error.AccessException;
import dev.plinth.internal.pipeline.Parents.Wanted;
import dev.plinth.internal.pipeline.Relations.Reference;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.UuidV7;
import dev.plinth.internal.transaction.Scope;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.query.Filter;
import dev.plinth.query.Selection;
import dev.plinth.query.Selection.Deleted;
import dev.plinth.spi.Call;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Column;
import dev.plinth.spi.Context;
import dev.plinth.spi.Operation;
import dev.plinth.spi.Outcome;
import dev.plinth.spi.RowSecurity;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Deletes and restores rows together with those that refer to them, level by level.
///
/// Each table's rows go through the pipeline of their own record, in one statement a level, so that
/// they are audited, counted and voided as if the caller had named them. Thread-safe.
final class Cascade {

  private final Relations relations;
  private final Parents parents;
  private final boolean snapshots;
  private final Transactions transactions;
  private final Catalog catalog;
  private final UuidV7 ids;
  private final Pipeline.Steps steps;
  private final RowPolicies policies;
  private final @Nullable RowSecurity security;
  private volatile @Nullable Boolean seesAll; // the connection's own role
  private final Map<Shape<?>, Kin> kin = new ConcurrentHashMap<>();

  Cascade(
      Relations relations,
      Parents parents,
      Set<Capability> capabilities,
      Transactions transactions,
      Catalog catalog,
      UuidV7 ids,
      Pipeline.Steps steps,
      RowPolicies policies,
      @Nullable RowSecurity security) {
    this.relations = relations;
    this.parents = parents;
    this.snapshots = capabilities.contains(Capability.ISOLATION_LEVELS);
    this.transactions = transactions;
    this.catalog = catalog;
    this.ids = ids;
    this.steps = steps.withoutRelations();
    this.policies = policies;
    this.security = security;
  }

  /// A record whose rows go and come with others, or that others go and come with.
  ///
  /// @param pipeline its own, but for relations
  /// @param references what its rows refer to
  /// @param bonds its key, its references and, behind them, its deletion
  private record Kin(
      Shape<?> shape,
      Pipeline pipeline,
      List<Reference> references,
      Shape<@Nullable Object[]> bonds) {

    Object key(@Nullable Object[] row) {
      return Objects.requireNonNull(row[0]);
    }

    boolean tells() {
      return bonds.columns().size() > 1 + references.size();
    }

    @Nullable Object deletion(@Nullable Object[] row) {
      return tells() ? row[1 + references.size()] : null;
    }

    Filter among(Collection<?> keys) {
      return field(shape.key().name()).in(List.copyOf(keys));
    }
  }

  // a table that does not tell deletions apart may learn it by a migration
  private Kin kin(Shape<?> shape) {
    Kin known = kin.get(shape);
    if (known == null || (!known.tells() && tellsDeletions(shape))) {
      known = make(shape);
      kin.put(shape, known);
    }
    return known;
  }

  private Kin make(Shape<?> shape) {
    List<Reference> references = Relations.of(shape);
    List<Column> bonds = new ArrayList<>();
    bonds.add(shape.key());
    references.forEach(reference -> bonds.add(reference.column()));
    if (tellsDeletions(shape)) {
      bonds.add(Objects.requireNonNull(shape.deletionId()));
    }
    return new Kin(shape, new Pipeline(steps, shape, transactions), references, shape.raw(bonds));
  }

  private boolean tellsDeletions(Shape<?> shape) {
    Scope scope = Objects.requireNonNull(transactions.current());
    return shape.deletionId() != null
        && catalog.has(shape.table(), shape.deletionId().name(), scope.session());
  }

  /// Whether anything goes and comes with a shape's rows.
  boolean starts(Shape<?> shape) {
    return shape.with(Column.Role.DELETED_AT) != null
        && !relations.cascading(shape.table()).isEmpty();
  }

  /// Deletes the selected rows, and whatever goes with them, in one deletion.
  ///
  /// Whoever may delete a row takes along what he does not see, or it would live on without it.
  Outcome delete(Operation.Delete delete, Call call, Step.Next next) {
    return seeing(session(call), () -> deleted(delete, call, next));
  }

  // a database that keeps the policies itself may show nothing to who works in nobody's name; there
  // it is all done in the actor's
  private <R extends @Nullable Object> R seeing(
      Session session, ScopedValue.CallableOp<? extends R, RuntimeException> work) {
    return policies.isKeptByDatabase() && !seesAll(session)
        ? work.call()
        : policies.<R, RuntimeException>bypass(work);
  }

  private boolean seesAll(Session session) {
    Boolean known = seesAll;
    if (known == null) {
      known =
          policies.<Boolean, RuntimeException>bypass(
              () -> security != null && security.seesAll(policies.named(session, null)));
      seesAll = known;
    }
    return known;
  }

  // where the server shows nobody's rows to who names no actor, they would live on in silence
  private void refuseUnseen(Shape<?> child) {
    if (policies.inServer()
        && policies.policy(child.table()) != null
        && Actor.current().equals(Actor.SYSTEM)
        && !seesAll(Objects.requireNonNull(transactions.current()).session())) {
      throw new AccessException(
          "Rows of %s go along, but the server hides them from who names no actor: use db.actingAs(actor, …), or a role that has BYPASSRLS."
              .formatted(child));
    }
  }

  private static Session session(Call call) {
    return Objects.requireNonNull(call.context().session());
  }

  private Outcome deleted(Operation.Delete delete, Call call, Step.Next next) {
    Shape<?> shape = delete.shape();
    UUID deletion = group(call);
    Operation returning =
        new Operation.Delete(shape.raw(), delete.selection(), delete.physical(), true);
    Context together = new Context(call.context().session(), deletion);
    Outcome.Changed deleted = (Outcome.Changed) next.apply(new Call(returning, together));
    List<Object> keys = keys(shape, deleted);
    if (!keys.isEmpty()) {
      seeToLateComers(take(shape, keys, deletion), deletion);
    }
    return delete.returning() ? deleted : new Outcome.Changed(deleted.count(), List.of());
  }

  private UUID group(Call call) {
    UUID group = call.context().group();
    return group == null ? ids.next() : group;
  }

  private record Level(Shape<?> shape, List<Object> keys) {}

  // gives all that is gone, the rows that it began with included
  private List<Level> take(Shape<?> shape, List<Object> keys, UUID deletion) {
    List<Level> levels = new ArrayList<>();
    levels.add(new Level(shape, keys));
    for (int i = 0; i < levels.size(); i++) { // ends where circles close: what is deleted stays so
      Level level = levels.get(i);
      for (Reference reference : relations.cascading(level.shape().table())) {
        Shape<?> child = reference.child();
        refuseUnseen(child);
        Selection live = Selection.of(field(reference.column().name()).in(level.keys()));
        Operation delete = new Operation.Delete(child.raw(), live, false, true);
        List<Object> gone =
            keys(child, (Outcome.Changed) kin(child).pipeline().run(delete, deletion));
        if (!gone.isEmpty()) {
          levels.add(new Level(child, gone));
        }
      }
    }
    return levels;
  }

  private static List<Object> keys(Shape<?> shape, Outcome.Changed changed) {
    int at = shape.key().position();
    List<Object> keys = new ArrayList<>(changed.entities().size());
    for (Object values : changed.entities()) {
      keys.add(Objects.requireNonNull(((@Nullable Object[]) values)[at]));
    }
    return keys;
  }

  // A transaction that sees one moment does not see rows that others have added under its own since
  // then, at any level, though they were committed before it could lock those. They go right after
  // the commit, unless what they went with is back by then.
  private void seeToLateComers(List<Level> taken, UUID deletion) {
    Scope scope = Objects.requireNonNull(transactions.current());
    if (!snapshots || scope.isolation() == Isolation.READ_COMMITTED) {
      return;
    }
    Actor actor = Actor.current();
    scope.afterCommit(() ->
        actor.<@Nullable Object, RuntimeException>call(() ->
            transactions.<@Nullable Object, RuntimeException>run(
                Terms.WRITE,
                later ->
                    this.<@Nullable Object>seeing(
                        later.session(),
                        () -> {
                          for (Level level : taken) {
                            Shape<?> shape = level.shape();
                            List<Object> still =
                                starts(shape) ? stillDeleted(level, deletion) : List.of();
                            if (!still.isEmpty()) {
                              take(shape, still, deletion);
                            }
                          }
                          return null;
                        }))));
  }

  private List<Object> stillDeleted(Level level, UUID deletion) {
    Kin of = kin(level.shape());
    List<Object> still = new ArrayList<>();
    for (@Nullable Object[] row : bonds(of, of.pipeline()::run, of.among(level.keys()))) {
      Object by = of.deletion(row);
      if (by == null || by.equals(deletion)) {
        still.add(of.key(row));
      }
    }
    return still;
  }

  private interface Reader {
    Outcome read(Operation select);
  }

  @SuppressWarnings("unchecked") // read as plain values
  private static List<@Nullable Object[]> bonds(Kin of, Reader reader, Filter filter) {
    Selection deleted = Selection.of(filter).withDeleted(Deleted.ONLY);
    Operation select = new Operation.Select(of.shape(), of.bonds(), deleted, false, true);
    List<?> rows = ((Outcome.Rows) reader.read(select)).entities();
    return (List<@Nullable Object[]>) rows;
  }

  /// What comes back, before anything is changed.
  private static final class Plan {
    private final Map<String, Map<Object, @Nullable Object[]>> byTable = new HashMap<>();
    private final List<Return> returns = new ArrayList<>();

    boolean add(Kin of, List<@Nullable Object[]> rows) {
      Map<Object, @Nullable Object[]> known =
          byTable.computeIfAbsent(of.shape().table(), table -> new HashMap<>());
      List<@Nullable Object[]> fresh = new ArrayList<>(rows.size());
      for (@Nullable Object[] row : rows) {
        if (known.putIfAbsent(of.key(row), row) == null) {
          fresh.add(row);
        }
      }
      return !fresh.isEmpty() && returns.add(new Return(of, fresh));
    }
  }

  private record Return(Kin of, List<@Nullable Object[]> rows) {
    Filter filter() {
      return of.among(rows.stream().map(of::key).toList());
    }
  }

  /// Restores the selected rows, and what went with them in the same deletion.
  Outcome restore(Operation.Restore restore, Call call, Step.Next next) {
    return seeing(session(call), () -> restored(restore, call, next));
  }

  private Outcome restored(Operation.Restore restore, Call call, Step.Next next) {
    Shape<?> shape = restore.shape();
    Plan plan = new Plan();
    Kin first = kin(shape);
    plan.add(
        first, bonds(first, select -> next.apply(call.with(select)), restore.selection().filter()));
    if (plan.returns.isEmpty()) {
      return new Outcome.Changed(0, List.of());
    }
    for (int i = 0; i < plan.returns.size(); i++) { // it grows meanwhile
      follow(plan.returns.get(i), plan);
    }
    check(plan, session(call));
    boolean alone = plan.returns.size() == 1;
    UUID group = alone ? call.context().group() : group(call);
    Selection own = Selection.of(plan.returns.getFirst().filter());
    Outcome restored =
        next.apply(
            new Call(
                new Operation.Restore(shape, own, restore.returning()),
                new Context(call.context().session(), group)));
    for (Return one : plan.returns.subList(1, plan.returns.size())) {
      Selection along = Selection.of(one.filter());
      one.of().pipeline().run(new Operation.Restore(one.of().shape().raw(), along, false), group);
    }
    return restored;
  }

  private void follow(Return from, Plan plan) {
    Map<Object, Object> deletions = new HashMap<>(); // by key
    for (@Nullable Object[] row : from.rows()) {
      Object deletion = from.of().deletion(row);
      if (deletion != null) {
        deletions.put(from.of().key(row), deletion);
      }
    }
    for (Reference reference : relations.cascading(from.of().shape().table())) {
      Kin child = kin(reference.child());
      if (deletions.isEmpty() || !child.tells()) {
        continue; // deletions are not told apart
      }
      Filter candidates =
          field(reference.column().name())
              .in(List.copyOf(deletions.keySet()))
              .and(field(Column.DELETION_ID).in(Set.copyOf(deletions.values())));
      int at = 1 + place(child, reference);
      List<@Nullable Object[]> taken = new ArrayList<>();
      for (@Nullable Object[] row : bonds(child, child.pipeline()::run, candidates)) {
        Object parent = Parents.key(reference, Objects.requireNonNull(row[at]));
        if (Objects.equals(child.deletion(row), deletions.get(parent))) {
          taken.add(row);
        }
      }
      plan.add(child, taken);
    }
  }

  // by name: the record that was known first may not be the one that the reference was read from
  private static int place(Kin child, Reference reference) {
    int at = 0;
    while (!child.references().get(at).column().name().equals(reference.column().name())) {
      at++;
    }
    return at;
  }

  private void check(Plan plan, Session session) {
    Wanted wanted = new Wanted();
    for (Return one : plan.returns) {
      List<Reference> references = one.of().references();
      for (@Nullable Object[] row : one.rows()) {
        for (int i = 0; i < references.size(); i++) {
          Object value = row[1 + i];
          if (value != null) {
            wanted.add(references.get(i), value);
          }
        }
      }
      plan.byTable.forEach((table, rows) -> wanted.forget(table, rows.keySet()));
    }
    Parents.refuse(parents.missing(wanted, session));
  }
}
