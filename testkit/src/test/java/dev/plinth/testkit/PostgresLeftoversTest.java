package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.Transaction.Options;
import dev.plinth.config.Isolation;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.QueryException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.ValidationException;
import dev.plinth.testkit.samples.Account;
import dev.plinth.testkit.server.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever borrows a connection finds it as new, whatever was done with it before.
@Timeout(90)
final class PostgresLeftoversTest {

  /// What a session can be left with, in one text.
  private static final String STATE =
      """
      select concat_ws(' | ', current_user, session_user,
        (select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
          where source in ('session', 'client') and name <> 'application_name'
            and name not like 'transaction%'),
        current_setting('transaction_isolation'), current_setting('transaction_read_only'),
        (select count(*) from pg_class where pg_my_temp_schema() = relnamespace),
        (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
        (select count(*) from pg_cursors where is_holdable),
        (select count(*) from pg_listening_channels()),
        (select count(*) from pg_proc where pg_my_temp_schema() = pronamespace),
        coalesce(current_setting('own.tenant', true), ''))\
      """;

  private final PostgresDatabase own = new PostgresDatabase();

  @BeforeEach
  void prepare() {
    own.run("create schema tenant", "create schema local", "create table tenant.t (id int)");
  }

  @AfterEach
  void giveBack() {
    own.close();
  }

  private static String state(Database db) {
    return db.sql(STATE).as(String.class).one();
  }

  private static int backend(Database db) {
    return db.sql("select pg_backend_pid()").as(Integer.class).one();
  }

  private void leavesNothing(Consumer<Database> work) {
    try (Database db = own.open(1, 0)) {
      String fresh = state(db);
      int backend = backend(db);
      work.accept(db);
      assertThat(state(db)).isEqualTo(fresh);
      assertThat(backend(db)).as("the connection is the same").isEqualTo(backend);
    }
  }

  @Test
  void transactionsLeaveNothing() {
    leavesNothing(db -> {
      db.schema().create(Account.class);
      Repository<Account, Long> accounts = db.repository(Account.class);
      String isolation = "select current_setting('transaction_isolation')";
      db.transaction(
          Options.STANDARD
              .withTimeLimit(Duration.ofSeconds(7))
              .withIsolation(Isolation.SERIALIZABLE),
          tx -> {
            accounts.create(Account.of("a", 1));
            db.sql("set local lock_timeout = '7s'").execute();
            assertThat(db.sql(isolation).as(String.class).one()).isEqualTo("serializable");
            assertThat(state(db))
                .as("the control")
                .contains("lock_timeout=7000", "serializable")
                .containsPattern("statement_timeout=[67]");
          });
      db.transaction(
          Options.READ_ONLY,
          tx ->
              assertThatThrownBy(() -> accounts.create(Account.of("b", 1)))
                  .isInstanceOf(TransactionException.class));
      assertThatThrownBy(() ->
              db.transaction(tx -> {
                db.sql("set local search_path = tenant").execute();
                db.sql("select nonsense").rows().list();
              }))
          .isInstanceOf(QueryException.class);
      db.transaction(tx -> {
        db.sql("set local work_mem = '9MB'").execute();
        assertThatThrownBy(() -> db.transaction(part -> accounts.create(Account.of("a", 2))))
            .isInstanceOf(ConstraintException.class);
      });
      db.transaction(tx -> {
        db.sql("set local work_mem = '9MB'").execute();
        tx.rollback();
      });
      assertThat(db.sql(isolation).as(String.class).list()).containsExactly("read committed");
      accounts.create(Account.of("c", 1));
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select set_config('role', 'pg_monitor', false)",
        "select set_config('search_path', 'tenant', false)",
        "select pg_catalog.set_config('own.tenant', '7', false)",
        "select \"set_config\"('own.tenant', '7', false)",
        "select U&\"\\0073et_config\"('own.tenant', '7', false)",
        "update pg_settings set setting = '1234' where name = 'work_mem'",
        "create temp table mine (id int)",
        "create table pg_temp.mine (id int)",
        "create temporary view mine as select 1",
        "select 1 as one into temp mine",
        "create function pg_temp.mine() returns int language sql as 'select 1'",
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_lock_shared(1, 2)",
        "select \"pg_advisory_lock\"(1)",
        "do $$ begin perform set_config('work_mem', '1234', false); end $$"
      })
  void statementsByHandLeaveNothing(String sql) throws SQLException {
    try (Connection plain = Jdbc.open(own.url())) {
      String before = Jdbc.value(plain, STATE);
      Jdbc.execute(plain, sql);
      assertThat(Jdbc.value(plain, STATE))
          .as("the control: it does leave something")
          .isNotEqualTo(before);
    }
    leavesNothing(db -> run(db, sql));
    leavesNothing(db -> db.transaction(tx -> run(db, sql)));
    leavesNothing(db ->
        assertThatThrownBy(() ->
                db.transaction(tx -> {
                  run(db, sql);
                  throw new IllegalStateException("its own");
                }))
            .isInstanceOf(IllegalStateException.class));
  }

  private static void run(Database db, String sql) {
    try {
      if (sql.startsWith("select") && !sql.contains(" into ")) {
        assertThat(db.sql(sql).rows().list()).hasSize(1);
      } else {
        db.sql(sql).execute();
      }
    } catch (ValidationException refused) {
      // as good: nothing was sent
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set search_path = tenant",
        "SET ROLE pg_monitor",
        "set session work_mem = '1MB'",
        "set /* local */ work_mem = '1MB'",
        "set work_mem = '1MB' -- local",
        "set search_path to tenant, local",
        "set time zone local",
        "set session characteristics as transaction read only",
        "reset all",
        "discard all",
        "listen channel",
        "unlisten *",
        "prepare mine as select 1",
        "deallocate all",
        "load 'auto_explain'"
      })
  void whatSetsASessionIsRefused(String sql) {
    try (Database db = own.open(1, 0)) {
      String fresh = state(db);
      assertThatThrownBy(() -> db.sql(sql).execute()).isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> db.transaction(tx -> db.sql(sql).execute()))
          .isInstanceOf(ValidationException.class);
      assertThat(state(db)).isEqualTo(fresh);
      db.transaction(tx -> {
        db.sql("set local work_mem = '7MB'").execute();
        assertThat(state(db)).as("the control: for this transaction").contains("work_mem=7168");
      });
    }
  }

  /// Such a misuse is the caller's fault, and no reason to connect anew.
  @Test
  void aWriteInATransactionThatOnlyReadsCostsNoConnection() {
    own.run("create sequence numbers");
    leavesNothing(db ->
        assertThatThrownBy(() ->
                db.transaction(
                    Options.READ_ONLY, tx -> db.sql("select nextval('numbers')").rows().list()))
            .isInstanceOf(TransactionException.class));
  }
}
