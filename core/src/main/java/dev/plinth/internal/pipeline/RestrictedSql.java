package dev.plinth.internal.pipeline;

import dev.plinth.error.AccessException;
import dev.plinth.internal.policy.RowPolicies;
import dev.plinth.internal.sql.NamedSql;
import dev.plinth.internal.transaction.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hand-written SQL of an actor who does not see every row.
///
/// It is never rewritten, so what may show such rows is refused: statements that name a table with
/// a policy, the audit log, or a view, and those that call functions which nobody here knows.
/// Where the database itself keeps the policies it may name what it likes.
public final class RestrictedSql {

  private static final String ADVICE =
      "db.sql is never rewritten: use a repository, or db.policies().bypass(…) if the text itself keeps to what the actor may see.";

  // U&"…", a name whose letters may be written as numbers
  private static final Pattern NUMBERED = Pattern.compile("(?i)u&\"");

  // the words of a table, and its keys, stand beside it where an index of them is a table
  private static final String WORDS = "(?:_[\\p{L}\\p{N}_]*_fts[\\p{L}\\p{N}_]*)?";

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
      if (!(sql.asks() || (sql.changesRows() && sql.writes()))
          || mentions(sql, "set_config", "")
          || mentions(sql, "pg_settings", "")) {
        throw new AccessException(
            "The SQL may change in whose name the transaction works, by which the database tells whose rows are whose. "
                + ADVICE);
      }
      return; // it shows what is the actor's
    }
    List<String> hidden = new ArrayList<>();
    policies.all().forEach(policy -> hidden.add(policy.shape().table()));
    refuse(sql, hidden, WORDS, "has rows that not everybody sees");
    refuse(sql, List.of(AuditRows.TABLE), "", "has rows that not everybody sees");
    refuse(sql, catalog.views(scope == null ? null : scope.session()), "", "is a view");
    if (sql.asks() && !sql.reads()) { // by functions that nobody here knows
      throw new AccessException(
          "The SQL calls a function that may show rows hidden by policies. " + ADVICE);
    }
  }

  private static void refuse(NamedSql sql, List<String> names, String more, String why) {
    for (String name : names) {
      if (mentions(sql, name, more)) {
        throw new AccessException("The SQL names %s, which %s. %s".formatted(name, why, ADVICE));
      }
    }
  }

  // quoted in whatever way, or as a text that may be taken for a name
  private static boolean mentions(NamedSql sql, String name, String more) {
    String bare = "(?<![\\p{L}\\p{N}_])" + Pattern.quote(name) + more + "(?![\\p{L}\\p{N}_])";
    int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    return NUMBERED.matcher(sql.text()).find()
        || Pattern.compile(bare, flags).matcher(sql.text()).find();
  }
}
