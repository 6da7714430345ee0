package dev.plinth.internal.pipeline;

import dev.plinth.error.AccessException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.transaction.Scope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hand-written SQL of an actor who does not see every row.
///
/// It is never rewritten, so what may show such rows is refused: statements that name a table with
/// a policy, the audit log, or a view, and those that call functions which nobody here knows.
/// Where the database itself keeps the policies it may name what it likes.
public final class RestrictedSql {

  private final RowPolicies policies;
  private final Catalog catalog;

  /// A check for these policies.
  public RestrictedSql(RowPolicies policies, Catalog catalog) {
    this.policies = policies;
    this.catalog = catalog;
  }

  /// Refuses what may show rows that the current actor must not see.
  void check(NamedSql sql, @Nullable Scope scope) {
    if (!policies.restricted()) {
      return;
    }
    if (policies.isKeptByDatabase()) {
      if (sql.setsUp()) {
        throw new AccessException(
            "The SQL may change in whose name the transaction works, by which the database tells whose rows are whose. "
                + ADVICE);
      }
      return; // it shows what is the actor's
    }
    List<String> hidden = new ArrayList<>();
    policies.all().forEach(policy -> hidden.add(policy.shape().table()));
    hidden.add(AuditRows.TABLE);
    refuse(sql, hidden, "has rows that not everybody sees");
    refuse(sql, catalog.views(scope == null ? null : scope.session()), "is a view");
    if (sql.asksUnknown()) {
      throw new AccessException(
          "The SQL calls a function that may show rows hidden by policies. " + ADVICE);
    }
  }

  private static final String ADVICE =
      "db.sql is never rewritten: use a repository, or db.policies().bypass(…) if the text itself keeps to what the actor may see.";

  private static void refuse(NamedSql sql, List<String> names, String why) {
    for (String name : names) {
      if (sql.mentions(name)) {
        throw new AccessException("The SQL names %s, which %s. %s".formatted(name, why, ADVICE));
      }
    }
  }
}
