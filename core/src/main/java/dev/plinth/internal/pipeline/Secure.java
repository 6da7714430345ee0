package dev.plinth.internal.pipeline;

import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.policy.Conditions;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.internal.transaction.Terms;
import dev.plinth.internal.transaction.Transactions;
import dev.plinth.spi.Capability;
import dev.plinth.spi.Engine;
import dev.plinth.spi.RowSecurity;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies in the database's own keeping; thread-safe.
public final class Secure {

  private final Engine engine;
  private final Transactions transactions;
  private final SqlWriter writer;
  private final AuditRows log;
  private final RowPolicies policies;
  private final String role;

  /// Policies of an engine.
  ///
  /// @param role in which actors work
  public Secure(
      Engine engine,
      Transactions transactions,
      SqlWriter writer,
      AuditRows log,
      RowPolicies policies,
      String role) {
    this.engine = engine;
    this.transactions = transactions;
    this.writer = writer;
    this.log = log;
    this.policies = policies;
    this.role = role;
  }

  /// That an engine keeps no policies itself.
  public static UnsupportedException unsupported(Engine engine) {
    return new UnsupportedException(
        "%s has no row-level security (%s): there the layer alone keeps row policies."
            .formatted(engine.name(), Capability.ROW_LEVEL_SECURITY));
  }

  private RowSecurity security() {
    RowSecurity security = engine.dialect().rowSecurity();
    if (security == null) {
      throw unsupported(engine);
    }
    return security;
  }

  private boolean audited() {
    return policies.all().stream().anyMatch(policy -> policy.shape().audited());
  }

  /// The statements that make the database keep the policies.
  public List<String> sql() {
    RowSecurity security = security();
    Conditions conditions = new Conditions(writer, security);
    List<RowSecurity.Rule> rules = new ArrayList<>();
    policies.all().forEach(policy -> rules.add(conditions.rule(policy)));
    Shape<?> logged = audited() ? AuditRows.SHAPE : null;
    return security.statements(role, rules, logged);
  }

  /// Runs them, all or none.
  public void install() {
    List<String> statements = sql();
    if (audited()) {
      log.prepare();
    }
    transactions.<@Nullable Object, RuntimeException>run(
        Terms.WRITE,
        scope -> {
          Session session =
              policies.<Session, RuntimeException>bypass(
                  () -> policies.named(scope.session(), null));
          String lock = engine.dialect().schemaLock();
          if (lock != null) {
            session.query(new Statement(lock, List.of(), "wait for others")).close();
          }
          for (String sql : statements) {
            session.update(new Statement(sql, List.of(), "set up row-level security"));
          }
          return null;
        });
  }

  /// What keeps the database from keeping the policies.
  public List<String> findings() {
    RowSecurity security = security();
    List<String> tables = new ArrayList<>();
    policies.all().forEach(policy -> tables.add(policy.shape().table()));
    try (Session session = transactions.reading()) {
      return security.findings(session, role, tables);
    }
  }
}
