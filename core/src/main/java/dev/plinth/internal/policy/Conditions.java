package dev.plinth.internal.policy;

import dev.plinth.audit.Actor;
import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.sql.Prepared;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.query.Filter;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.RowSecurity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies as conditions of the database's own.
///
/// A rule is a function of an actor, so it is asked with one who cannot be: where his id comes back,
/// the condition asks for the id of whoever works then.
public final class Conditions {

  // an id is a UUID or a number in most programs, and the rule makes one of it
  private static final List<String> IDS =
      List.of("7b1e5c0f-3d2a-4e6b-9f48-a1c2d3e4f506", "1987654321");
  private static final String SESSION = "session-7b1e5c0f3d2a";

  private final SqlWriter writer;
  private final RowSecurity security;

  /// Conditions for a database that keeps them so.
  public Conditions(SqlWriter writer, RowSecurity security) {
    this.writer = writer;
    this.security = security;
  }

  /// The condition of a policy.
  ///
  /// @throws UnsupportedException if the rule does more with an actor than compare his id or session
  public RowSecurity.Rule rule(RowPolicies.RowPolicy policy) {
    RuntimeException reason = null;
    for (String id : IDS) {
      try {
        Filter filter = policy.rule().apply(new Actor(id, SESSION, null, null, null));
        Filter plain = spread(Names.inColumns(filter, policy.shape()));
        return new RowSecurity.Rule(
            policy.shape(), written(writer.condition(policy.shape(), plain), id));
      } catch (RuntimeException e) { // no number, say
        reason = reason instanceof UnsupportedException ? reason : e;
      }
    }
    throw new UnsupportedException(
        "The policy of %s cannot be written for the database itself: %s"
            .formatted(policy.shape(), reason == null ? "" : reason.getMessage()),
        reason);
  }

  // lists are bound as one value, which cannot be written into a text
  private static Filter spread(Filter filter) {
    return switch (filter) {
      case Filter.And(var parts) -> new Filter.And(parts.stream().map(Conditions::spread).toList());
      case Filter.Or(var parts) -> new Filter.Or(parts.stream().map(Conditions::spread).toList());
      case Filter.Not(var part) -> new Filter.Not(spread(part));
      case Filter.In(var name, var values) -> {
        List<Filter> either = new ArrayList<>();
        for (Object value : values) {
          either.add(
              value == null
                  ? new Filter.IsNull(name)
                  : new Filter.Comparison(name, Filter.Operator.IS, value));
        }
        yield new Filter.Or(either);
      }
      case Filter.RefersTo(var name, var record, var part) ->
          new Filter.RefersTo(name, record, spread(part));
      case Filter.Has(var record, var name, var part) -> new Filter.Has(record, name, spread(part));
      default -> filter;
    };
  }

  // a question mark in quotes is no parameter
  private String written(Prepared condition, String id) {
    String sql = condition.statement().sql();
    StringBuilder text = new StringBuilder();
    int parameter = 0;
    char quote = 0;
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '?' && quote == 0) {
        text.append(
            value(
                condition.arguments()[parameter],
                condition.statement().parameters().get(parameter),
                id));
        parameter++;
        continue;
      }
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0; // a doubled one begins again at once
      }
      text.append(c);
    }
    return text.toString();
  }

  private String value(@Nullable Object value, ColumnType type, String id) {
    String text = String.valueOf(value);
    if (text.equals(id)) {
      return security.claim("sub", type);
    }
    if (text.equals(SESSION)) {
      return security.claim("session_id", type);
    }
    if (text.contains(id) || text.contains(SESSION)) {
      throw new UnsupportedException("it makes another value of the actor's id or session.");
    }
    return security.literal(value, type);
  }
}
