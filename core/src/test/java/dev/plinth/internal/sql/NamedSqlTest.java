package dev.plinth.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.spi.Dialect;
import dev.plinth.spi.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The scanner of hand-written SQL: it finds its own parameters and leaves everything else alone.
final class NamedSqlTest {

  private static final Dialect SQLITE = sqlite();
  // as PostgreSQL has them: comments that nest, and operators with a question mark
  private static final Dialect OTHER = other(SQLITE);

  @Test
  void namesThatBeginAlikeAreDifferent() {
    Prepared prepared =
        bind("select :id, :id2, :id_3, :id", Map.of("id", 1L, "id2", 2L, "id_3", 3L));
    assertThat(prepared.statement().sql()).isEqualTo("select ?, ?, ?, ?");
    assertThat(prepared.arguments()).containsExactly(1L, 2L, 3L, 1L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ':no'",
        "select 'it''s :no'",
        "select \":no\" from t",
        "select \"a\"\":no\" from t",
        "select `:no` from t",
        "select [:no] from t",
        "select 1 -- :no",
        "select 1 -- ':no\n + 1",
        "select /* :no */ 1",
        "select /* ' :no */ 1 /* \" */",
        "select x::text from t",
        "select x::no from t",
        "select '1'::text || 'b'",
        "select $$ :no ; ' $$",
        "select $tag$ :no $$ ; $tag$",
        "select data -> 'a', data ->> 'b', data #> '{a}' from t",
        "select data @> '{\"a\": \":no\"}' from t",
        "select 'a:b', 1:2",
        "select : no",
        "select ':' || 'x'",
        "select a.b[1:2] from t"
      })
  void whatIsNoParameterIsLeftAlone(String sql) {
    Prepared prepared = bind(sql, Map.of());
    assertThat(prepared.statement().sql()).isEqualTo(sql);
    assertThat(prepared.arguments()).isEmpty();
  }

  @Test
  void aParameterStandsBesideTheseThings() {
    String sql = "select ':a' || :a || x::text /* :a */ || \":a\" -- :a\n where b=:a";
    Prepared prepared = bind(sql, Map.of("a", "v"));
    assertThat(prepared.statement().sql())
        .isEqualTo("select ':a' || ? || x::text /* :a */ || \":a\" -- :a\n where b=?");
    assertThat(prepared.arguments()).containsExactly("v", "v");
  }

  @Test
  void aParameterCanBeCast() {
    Prepared prepared = bind("select :a::text", Map.of("a", "v"));
    assertThat(prepared.statement().sql()).isEqualTo("select ?::text");
  }

  @Test
  void aListBecomesSoManyParameters() {
    Prepared prepared = bind("select 1 where x in (:xs)", Map.of("xs", List.of(1L, 2L, 3L)));
    assertThat(prepared.statement().sql()).isEqualTo("select 1 where x in (?, ?, ?)");
    assertThat(prepared.arguments()).containsExactly(1L, 2L, 3L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1; select 2",
        "select 1; drop table users",
        "select 1;;select 2",
        "delete from a; --\n delete from b",
        "select 1; /* c */ x",
        "; ; select 1; select 2"
      })
  void secondStatementsAreRefused(String sql) {
    assertThatThrownBy(() -> new NamedSql(sql, SQLITE))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("one statement");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"select 1;", "select 1 ; ", "select 1; -- the end", "select 1; /* the end */ \n"})
  void aSemicolonAtTheEndIsHarmless(String sql) {
    assertThat(bind(sql, Map.of()).arguments()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"select ';'", "select \";\" from t", "select 1 -- ;\n", "select /*;*/ 1"})
  void aSemicolonInsideSomethingEndsNothing(String sql) {
    assertThat(bind(sql, Map.of()).statement().sql()).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "-- nothing",
        "/* nothing */",
        ";",
        "select 'abc",
        "select \"abc",
        "select /* a"
      })
  void whatIsNoStatementIsRefused(String sql) {
    assertThatThrownBy(() -> new NamedSql(sql, SQLITE)).isInstanceOf(ValidationException.class);
  }

  @Test
  void aBareQuestionMarkIsRefusedWhereItCanOnlyBeAParameter() {
    assertThatThrownBy(() -> new NamedSql("select ?", SQLITE))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining(":name");
    assertThat(bind("select '?', \"?\" -- ?", Map.of()).statement().sql())
        .isEqualTo("select '?', \"?\" -- ?");
  }

  @Test
  void questionMarkOperatorsSurviveWhereThereAreSome() {
    NamedSql sql = new NamedSql("select data ? :key, data ?| :keys, '?' from t", OTHER);
    Prepared prepared = sql.bind(Map.of("key", "a", "keys", "b"));
    assertThat(prepared.statement().sql()).isEqualTo("select data ?? ?, data ??| ?, '?' from t");
    assertThat(prepared.arguments()).containsExactly("a", "b");
  }

  @Test
  void commentsNestWhereTheyDo() {
    assertThat(new NamedSql("select /* a /* b */ :no */ 1", OTHER).bind(Map.of()).arguments())
        .isEmpty();
    assertThat(bind("select /* a /* b */ :yes", Map.of("yes", 1L)).arguments()).containsExactly(1L);
  }

  @Test
  void missingAndUnknownParametersAreNamed() {
    NamedSql sql = new NamedSql("select :email, :role", SQLITE);
    assertThatThrownBy(() -> sql.bind(Map.of("email", "a")))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining(":role");
    assertThatThrownBy(() -> sql.bind(Map.of("email", "a", "role", "b", "rolle", "c")))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("rolle")
        .hasMessageContaining("'role'");
    assertThatThrownBy(() -> sql.bind(Map.of("email", "a", "role", new Object())))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining(":role");
  }

  @Test
  void nullIsAValue() {
    Map<String, Object> values = new HashMap<>();
    values.put("a", null);
    assertThat(bind("select :a", values).arguments()).containsExactly((Object) null);
  }

  @Test
  void itKnowsWhatOnlyReads() {
    for (String read :
        List.of(
            "select 1",
            " SELECT 1",
            "-- c\nselect 1",
            "/* c */ values (1)",
            "(select 1)",
            "with a as (select 1) select * from a",
            "explain select 1")) {
      assertThat(new NamedSql(read, SQLITE).reads()).as(read).isTrue();
    }
    for (String write :
        List.of(
            "insert into t values (1)",
            "Update t set a = 1",
            "delete from t",
            "create table t (a)",
            "with a as (select 1) insert into t select * from a",
            "WITH a AS (SELECT 1) DELETE FROM t",
            "replace into t values (1)",
            "drop table t",
            "insert into t values (1) returning a")) {
      assertThat(new NamedSql(write, SQLITE).reads()).as(write).isFalse();
    }
  }

  /// Whatever text comes, the scanner ends, and refuses only by its own exception.
  @Test
  @Timeout(60)
  void anyTextEndsWellOrIsRefused() {
    String[] bits = {
      "'", "\"", "`", "[", "]", "$", "$$", "$a$", ":", "::", ":a", ":b1", ":é", "?", "??", ";",
      "--", "/*", "*/", "-\n", "\r", " ", "select", "insert", "with", "(", ")", ",", "1e5", "é",
      "😀", "\\", "\\'", "->", "#>>", "@>", "E'", "x", "_", "-", "*", "/", "\0", "\uD83D"
    };
    for (long seed = 1; seed <= 30_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(1, 25);
      for (int i = 0; i < length; i++) {
        text.append(bits[random.nextInt(bits.length)]);
      }
      Dialect dialect = random.nextBoolean() ? SQLITE : OTHER;
      long start = System.nanoTime();
      try {
        NamedSql sql = new NamedSql(text.toString(), dialect);
        sql.reads();
        sql.bind(Map.of());
      } catch (ValidationException e) {
        // the one answer to what it does not take
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
      assertThat(System.nanoTime() - start)
          .as("seed %d: %s", seed, text)
          .isLessThan(Duration.ofSeconds(5).toNanos());
    }
  }

  @Test
  @Timeout(20)
  void longTextsTakeTimeInProportion() {
    for (String part : List.of("$", "$a", "/*", "'", "\"", "[", ":", "--", "a$", "(")) {
      String text = "select 1 " + part.repeat(200_000);
      try {
        new NamedSql(text, SQLITE);
      } catch (ValidationException e) {
        // refused is fine; slow is not
      }
    }
  }

  private static Prepared bind(String sql, Map<String, ?> values) {
    return new NamedSql(sql, SQLITE).bind(values);
  }

  private static Dialect sqlite() {
    try (Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"))) {
      return engine.dialect();
    }
  }

  private static Dialect other(Dialect dialect) {
    return (Dialect)
        Proxy.newProxyInstance(
            Dialect.class.getClassLoader(),
            new Class<?>[] {Dialect.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "nestsComments" -> true;
                  case "literalQuestionMark" -> "??";
                  default -> {
                    try {
                      yield method.invoke(dialect, arguments);
                    } catch (InvocationTargetException e) {
                      throw new AssertionError(Arrays.toString(arguments), e);
                    }
                  }
                });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create trigger t after insert on a begin select case when 1 then 2 end; delete from b; end",
        "create function f() returns int begin atomic insert into a values (1); select 1; end",
        "create function f() returns int begin atomic; select case when a then 1 else 2 end; end;",
      })
  void statementsInABodyAreOneStatement(String sql) {
    assertThat(bind(sql, Map.of()).statement().sql()).isEqualTo(sql.replaceAll(";$", ""));
    assertThatThrownBy(() -> bind(sql.replaceAll(";$", "") + "; drop table a", Map.of()))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("one statement at a time");
  }
}
