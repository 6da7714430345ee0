package dev.plinth.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.spi.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which table hand-written SQL writes to, where that is plain to see.
final class WrittenTableTest {

  private static NamedSql sql(String text) {
    try (Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"))) {
      return new NamedSql(text, engine.dialect());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update users set name = :name where id = :id",
        " UPDATE\n users SET name = upper(name)",
        "update users set name = (select max(name) from teams)",
        "insert into users (id, name) values (:id, :name)",
        "insert into users(id) select id from teams",
        "insert into users values (1)",
        "delete from users where name = 'update teams'",
        "delete from users;",
        "delete from users",
      })
  void aTableIsPlain(String text) {
    assertThat(sql(text).target()).isEqualToIgnoringCase("users");
    assertThat(sql(text).mayWrite()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update only users set name = 'x'",
        "update main.users set name = 'x'",
        "update \"users\" set name = 'x'",
        "update users as u set name = 'x'",
        "update or replace users set name = 'x'",
        "insert or replace into users (id) values (1)",
        "insert into users (id) values (1) on conflict do update set id = 2",
        "insert into main.users (id) values (1)",
        "with gone as (select 1) delete from users",
        "delete from only users",
        "/* all */ delete from users",
        "drop table users",
        "pragma user_version = 3",
      })
  void aTableIsNotPlain(String text) {
    assertThat(sql(text).target()).isNull();
    assertThat(sql(text).mayWrite()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"select * from users", "values (1)", "pragma user_version", "explain select 1"})
  void whatOnlyReadsWritesNothing(String text) {
    assertThat(sql(text).mayWrite()).isFalse();
  }
}
