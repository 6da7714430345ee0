package dev.plinth;

import dev.plinth.audit.Actor;
import dev.plinth.internal.pipeline.Secure;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.query.Filter;
import dev.plinth.spi.Shape;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which rows of a table an actor sees and may change; thread-safe.
///
/// A policy holds for every call through the layer that concerns the table, whichever record or
/// name it goes by: reads have it as one more condition, and what is written must meet it.
/// Set policies at the start. From then on who asks for such a table must be named, by
/// `db.actingAs`, or say by [#bypass] that he may see every row.
public final class Policies {

  private final RowPolicies policies;
  private final Repositories repositories;
  private final Secure secure;

  Policies(RowPolicies policies, Repositories repositories, Secure secure) {
    this.secure = secure;
    this.policies = policies;
    this.repositories = repositories;
  }

  /// Shows an actor these rows of a record's table, and no others.
  ///
  /// The rule is asked at each call, with the actor of the work. Where a table has several policies,
  /// all must hold. What the rule throws lets the call fail.
  ///
  /// @throws dev.plinth.error.MappingException if the record cannot be mapped
  public Policies on(Class<?> record, Function<Actor, Filter> rule) {
    Shape<?> shape = Shapes.of(record);
    repositories.name(shape);
    policies.add(shape, rule);
    return this;
  }

  /// Does work that may see and change every row, and gives its result.
  ///
  /// It holds until an actor is named: what is done inside in somebody's name is his.
  public <R extends @Nullable Object, X extends Throwable> R bypass(
      ScopedValue.CallableOp<? extends R, X> work) throws X {
    return policies.<R, X>bypass(work);
  }

  /// The SQL that [#install] would run, one statement after the other.
  ///
  /// @throws dev.plinth.error.UnsupportedException if the engine keeps no policies itself, or a rule
  ///     does more with an actor than compare his id or session
  public List<String> sql() {
    return secure.sql();
  }

  /// Makes the database keep these policies itself, for who works in the role of the setting
  /// `rowSecurityRole`, or `authenticated`.
  ///
  /// It is to be done again when a policy was changed. Whoever opens the database with that setting
  /// works in the role.
  ///
  /// @throws dev.plinth.error.UnsupportedException as [#sql]
  public void install() {
    secure.install();
  }

  /// What keeps the database itself from hiding rows from this connection; empty if nothing does.
  ///
  /// @throws dev.plinth.error.UnsupportedException if the engine keeps no policies itself
  public List<String> check() {
    return secure.findings();
  }
}
