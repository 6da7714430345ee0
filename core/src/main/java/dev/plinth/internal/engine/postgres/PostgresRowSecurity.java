package dev.plinth.internal.engine.postgres;

import dev.plinth.error.UnsupportedException;
import dev.plinth.internal.shape.Canonical;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.spi.Column;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.RowSecurity;
import dev.plinth.spi.Session;
import dev.plinth.spi.Shape;
import dev.plinth.spi.Statement;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Row-level security, by the names that Supabase has for it: `auth.uid()`, `request.jwt.claims`.
final class PostgresRowSecurity implements RowSecurity {

  /// The policy's name, of which each table has one.
  private static final String POLICY = "plinth_policy";

  // empty, not null, once a transaction of the connection has had one
  private static final String CLAIMS = "nullif(current_setting('request.jwt.claims', true), '')";

  private static final Statement CONNECTION =
      new Statement(
          "select r.rolname::text, r.rolsuper, r.rolbypassrls, p.rolname is not null,"
              + " coalesce(p.rolsuper or p.rolbypassrls, false),"
              + " coalesce(pg_has_role(p.oid, case when current_setting('server_version_num')::int"
              + " >= 160000 then 'set' else 'member' end), false)"
              + " from pg_roles r left join pg_roles p on p.rolname = ? where r.rolname = current_user",
          List.of(ColumnType.TEXT),
          "look at the connection's role");

  private static final Statement TABLE =
      new Statement(
          "select c.relrowsecurity, c.relforcerowsecurity, exists (select from pg_policy p"
              + " where p.polrelid = c.oid and p.polname = '"
              + POLICY
              + "') from pg_class c where c.relname = ? and pg_table_is_visible(c.oid)",
          List.of(ColumnType.TEXT),
          "look at a table's security");

  private final Dialect dialect;

  PostgresRowSecurity(Dialect dialect) {
    this.dialect = dialect;
  }

  // in a query of its own it is asked once, and not for every row
  @Override
  public String claim(String name, ColumnType type) {
    String claim = "(" + CLAIMS + "::jsonb ->> " + quoted(name) + ")";
    return switch (type) {
      case TEXT -> "(select " + claim + ")";
      case UUID -> name.equals("sub") ? "(select auth.uid())" : "(select " + claim + "::uuid)";
      case SHORT, INTEGER, LONG, DECIMAL ->
          "(select " + claim + "::" + PostgresDialect.elementType(type) + ")";
      default -> throw new UnsupportedException("An actor is no " + type + ".");
    };
  }

  @Override
  public String literal(@Nullable Object value, ColumnType type) {
    return switch (value) {
      case null -> "null";
      case String text when type == ColumnType.TEXT || type == ColumnType.JSON ->
          quoted(text) + (type == ColumnType.JSON ? "::jsonb" : "");
      case Boolean truth -> truth.toString();
      case Duration span -> Canonical.micros(span) + "::bigint";
      case BigDecimal number -> quoted(number.toPlainString()) + "::numeric";
      case Number _, UUID _, java.time.temporal.Temporal _ ->
          quoted(value.toString()) + "::" + PostgresDialect.elementType(type);
      default ->
          throw new UnsupportedException(
              "PostgreSQL's row-level security takes no " + type + " in a policy's condition.");
    };
  }

  // a backslash is one only where the setting says so, which others may change
  private static String quoted(String text) {
    String doubled = text.replace("'", "''");
    return text.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : "E'" + doubled.replace("\\", "\\\\") + "'";
  }

  @Override
  public List<String> statements(String role, List<Rule> rules, @Nullable Shape<?> log) {
    String to = dialect.quote(role);
    List<String> all = new ArrayList<>();
    // roles are the whole server's, so a program with another database may make it now
    all.add(
        block(
                "if not exists (select from pg_roles where rolname = %s) then create role %s"
                    + " nologin noinherit; end if; exception when duplicate_object or unique_violation then"
                    + " null")
            .formatted(quoted(role), to));
    all.add(
        block(
                "if not pg_has_role(%s, case when current_setting('server_version_num')::int"
                    + " >= 160000 then 'set' else 'member' end) then grant %s to current_user; end if")
            .formatted(quoted(role), to));
    all.add(block("if to_regnamespace('auth') is null then create schema auth; end if"));
    all.add(
        block(
            "if to_regprocedure('auth.uid()') is null then create function auth.uid() returns"
                + " uuid language sql stable as 'select ("
                + CLAIMS.replace("'", "''")
                + "::jsonb ->> ''sub'')::uuid'; end if"));
    all.add(
        block(
                "if not has_schema_privilege(%s, 'auth', 'usage') then grant usage on schema"
                    + " auth to %s; end if")
            .formatted(quoted(role), to));
    all.add(
        block(
                "if not has_schema_privilege(%s, current_schema(), 'usage') then execute"
                    + " format('grant usage on schema %%I to %%I', current_schema(), %s); end if")
            .formatted(quoted(role), quoted(role)));
    for (Rule rule : rules) {
      String table = dialect.quote(rule.shape().table());
      all.add("alter table " + table + " enable row level security");
      all.add("alter table " + table + " force row level security");
      all.add("grant select, insert, update, delete on " + table + " to " + to);
      numbers(rule.shape(), role, all);
      all.add("drop policy if exists " + POLICY + " on " + table);
      all.add(
          "create policy %s on %s for all to %s using (%s) with check (%s)"
              .formatted(POLICY, table, to, rule.condition(), rule.condition()));
    }
    if (log != null) {
      all.add("grant insert on " + dialect.quote(log.table()) + " to " + to);
      numbers(log, role, all);
    }
    return all;
  }

  private void numbers(Shape<?> shape, String role, List<String> all) {
    Column key = shape.with(Column.Role.KEY);
    if (key != null && ShapeSql.generated(key)) {
      String sequence =
          "pg_get_serial_sequence(%s, %s)"
              .formatted(quoted(dialect.quote(shape.table())), quoted(key.name()));
      all.add(
          block(
                  "if %s is not null then execute format('grant usage, select, update on sequence"
                      + " %%s to %%I', %s, %s); end if")
              .formatted(sequence, sequence, quoted(role)));
    }
  }

  private static String block(String work) {
    return "do $plinth$ begin " + work + "; end $plinth$";
  }

  @Override
  public boolean seesAll(Session session) {
    try (Session.Rows rows = session.query(CONNECTION, "")) {
      rows.next();
      return rows.bool(1) || rows.bool(2);
    }
  }

  @Override
  public List<String> findings(Session session, String role, List<String> tables) {
    List<String> findings = new ArrayList<>();
    try (Session.Rows rows = session.query(CONNECTION, role)) {
      rows.next();
      String own = Objects.requireNonNull(rows.text(0));
      if (rows.bool(1)) {
        findings.add(
            "The connection's role %s is a superuser: no policy holds for it.".formatted(own));
      } else if (rows.bool(2)) {
        findings.add(
            "The connection's role %s has BYPASSRLS: no policy holds for it.".formatted(own));
      }
      if (!rows.bool(3)) {
        findings.add("There is no role %s: call db.policies().install().".formatted(role));
      } else if (rows.bool(4)) {
        findings.add("The role %s is a superuser or has BYPASSRLS.".formatted(role));
      } else if (!rows.bool(5)) {
        findings.add("The connection's role %s may not assume %s: grant it.".formatted(own, role));
      }
    }
    for (String table : tables) {
      try (Session.Rows rows = session.query(TABLE, table)) {
        if (!rows.next()) {
          findings.add("There is no table %s.".formatted(table));
        } else if (!rows.bool(0)) {
          findings.add("Row-level security is off for %s.".formatted(table));
        } else {
          if (!rows.bool(1)) {
            findings.add("%s does not FORCE it, so its owner sees every row.".formatted(table));
          }
          if (!rows.bool(2)) {
            findings.add(
                "%s has no policy of ours: call db.policies().install().".formatted(table));
          }
        }
      }
    }
    return findings;
  }
}
