package dev.plinth.internal.policy;

import dev.plinth.audit.Actor;
import dev.plinth.error.AccessException;
import dev.plinth.internal.shape.Json;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.query.Filter;
import dev.plinth.spi.Column;
import dev.plinth.spi.Identity;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import java.io.StringWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The row policies of a database, and what they are for the work that a thread is doing.
///
/// Thread-safe.
public final class RowPolicies {

  /// The policy of a table.
  ///
  /// @param shape the record by whose names it speaks
  /// @param rule which rows an actor sees
  public record RowPolicy(Shape<?> shape, Function<Actor, Filter> rule) {}

  private final ScopedValue<Actor> unrestricted = ScopedValue.newInstance();
  private final @Nullable String role;
  private volatile Map<String, RowPolicy> byTable = Map.of(); // replaced, never changed

  /// No policies yet.
  ///
  /// @param role the database's role in which actors work; null if the layer alone keeps policies
  public RowPolicies(@Nullable String role) {
    this.role = role;
  }

  /// Whether the database keeps the policies for what this thread is doing.
  public boolean isKeptByDatabase() {
    return role != null && restricted() && !Actor.current().equals(Actor.SYSTEM);
  }

  /// In whose name the database is to do what this thread is doing; null for nobody's.
  private @Nullable Identity identity() {
    if (role == null || !isKeptByDatabase()) {
      return null;
    }
    Actor actor = Actor.current();
    StringWriter claims = new StringWriter();
    try (JsonGenerator json = Json.MAPPER.createGenerator(claims)) {
      json.writeStartObject();
      json.writeStringProperty("sub", actor.id());
      json.writeStringProperty("role", role);
      if (actor.session() != null) {
        json.writeStringProperty("session_id", actor.session());
      }
      json.writeEndObject();
    }
    return new Identity(role, claims.toString());
  }

  /// Lets the database know in whose name the next statements are.
  ///
  /// @param shape which table they concern: for its own the layer keeps to the policies by itself;
  ///     null if nobody knows
  public Session named(Session session, @Nullable Shape<?> shape) {
    if (role != null) {
      session.assume(shape != null && shape.isOwn() ? null : identity());
    }
    return session;
  }

  /// As [#named], for a session that nobody else would close if that fails.
  public Session owned(Session session, @Nullable Shape<?> shape) {
    try {
      return named(session, shape);
    } catch (Throwable e) {
      session.close();
      throw e;
    }
  }

  /// Whether the database keeps the policies as well.
  public boolean inServer() {
    return role != null;
  }

  /// Whether there is no policy at all.
  public boolean isEmpty() {
    return byTable.isEmpty();
  }

  /// The policies, in the order in which they came.
  public Collection<RowPolicy> all() {
    return byTable.values();
  }

  /// Adds a policy; where a table has one, both must hold.
  public synchronized void add(Shape<?> shape, Function<Actor, Filter> rule) {
    Map<String, RowPolicy> more = new LinkedHashMap<>(byTable);
    more.merge(
        name(shape.table()),
        new RowPolicy(shape, rule),
        (old, added) ->
            new RowPolicy(
                old.shape,
                actor ->
                    Names.inColumns(old.rule.apply(actor), old.shape)
                        .and(Names.inColumns(added.rule.apply(actor), added.shape))));
    byTable = more;
  }

  /// The policy of a table; null if it has none.
  ///
  /// @throws AccessException if it is one for the database's case, but not for that of the names
  public @Nullable RowPolicy policy(String table) {
    RowPolicy policy = byTable.get(name(table));
    if (policy != null
        && !policy.shape.table().equals(table)) { // engines differ in what case means
      throw new AccessException(
          "%s has a policy, and %s differs from it in case only: name both alike."
              .formatted(policy.shape, table));
    }
    return policy;
  }

  private static String name(String table) {
    return table.toLowerCase(Locale.ROOT);
  }

  /// Does work without policies, as long as it does not go on in a name that is given inside.
  public <R extends @Nullable Object, X extends Throwable> R bypass(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    Actor now = Actor.current();
    Actor same = // told by itself from whoever is named inside, be it with the same id
        new Actor(now.id(), now.session(), now.correlation(), now.address(), now.userAgent());
    return ScopedValue.where(unrestricted, same).<R, X>call(() -> same.<R, X>call(work));
  }

  /// Whether policies hold for what this thread is doing.
  @SuppressWarnings("ReferenceEquality") // see bypass
  public boolean restricted() {
    return !byTable.isEmpty() && !(unrestricted.isBound() && unrestricted.get() == Actor.current());
  }

  /// The actor whom they hold for.
  ///
  /// @param what the table that is asked for, for messages
  /// @throws AccessException if none was named
  public Actor actor(Object what) {
    Actor actor = Actor.current();
    if (actor.equals(Actor.SYSTEM)) {
      throw new AccessException(
          "%s has a row policy, but no actor is named: use db.actingAs(actor, …), or db.policies().bypass(…) for work that may see every row."
              .formatted(what));
    }
    return actor;
  }

  /// Which rows of a table the current actor sees; null for every row.
  ///
  /// @param shape by whose columns the answer speaks
  /// @throws AccessException if there is a policy, but no actor
  public @Nullable Filter of(Shape<?> shape) {
    RowPolicy policy = policy(shape.table());
    if (policy == null || !restricted()) {
      return null;
    }
    Actor actor = actor(shape);
    Filter filter = Names.inColumns(asked(policy, actor), policy.shape);
    for (Column column : Names.columns(filter, policy.shape)) {
      if (shape.columns().stream().noneMatch(own -> own.name().equals(column.name()))) {
        throw new AccessException(
            "The policy of %s looks at its column %s, which %s does not have: add it."
                .formatted(shape, column, shape.type().getName()));
      }
    }
    return filter;
  }

  /// The columns that a filter looks at.
  public static Set<Column> columns(Filter filter, Shape<?> shape) {
    return Names.columns(filter, shape);
  }

  private static Filter asked(RowPolicy policy, Actor actor) {
    try {
      Filter filter = policy.rule.apply(actor);
      if (filter != null) {
        return filter;
      }
    } catch (RuntimeException e) { // an id that is none of ours, say
      throw new AccessException(
          "The policy of %s could not tell what the actor may see: %s"
              .formatted(policy.shape, e.getMessage()),
          e);
    }
    throw new AccessException("The policy of %s gave no filter.".formatted(policy.shape));
  }

  /// A caller's filter, such that what it asks of other tables it asks of rows that the actor sees.
  ///
  /// A kind of filter that looks into another table belongs here: its inner filter, by that table's
  /// shape, gets [#of] that shape as one more condition.
  public Filter seen(Filter filter) {
    return switch (filter) {
      case Filter.And(var parts) -> new Filter.And(seen(parts));
      case Filter.Or(var parts) -> new Filter.Or(seen(parts));
      case Filter.Not(var part) -> new Filter.Not(seen(part));
      case Filter.Comparison own -> own;
      case Filter.In own -> own;
      case Filter.InRows own -> own;
      case Filter.Match own -> own;
      case Filter.IsNull own -> own;
      case Filter.Search own -> own;
      case Filter.Json own -> own;
      case Filter.FullText own -> own;
      case Filter.RefersTo(var name, var record, var part) ->
          new Filter.RefersTo(name, record, seen(record, part));
      case Filter.Has(var record, var name, var part) ->
          new Filter.Has(record, name, seen(record, part));
    };
  }

  private Filter seen(Class<?> record, Filter part) {
    Filter policy = of(Shapes.of(record));
    return policy == null ? seen(part) : seen(part).and(policy);
  }

  private List<Filter> seen(List<Filter> parts) {
    return parts.stream().map(this::seen).toList();
  }
}
