package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Servers start, hand out databases, and keep their data when they are killed.
final class PostgresServerTest {

  private static final String SORTED =
      "select x from (values ('b'), ('A'), ('a'), ('B'), ('é'), ('_'), ('😀'), ('ﬀ')) v(x)"
          + " order by x";
  private static final List<String> BY_CODE_POINT =
      List.of("A", "B", "_", "a", "b", "é", "ﬀ", "😀");

  @Test
  void thereIsOneServerForAll() throws Exception {
    Set<PostgresServer> servers = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 8).parallel().forEach(i -> servers.add(PostgresServer.shared()));
    assertThat(servers).hasSize(1);
    PostgresNode node = PostgresServer.shared().node();
    assertThat(node.value("show server_version")).startsWith("18.");
    assertThat(node.value("show server_encoding")).isEqualTo("UTF8");
    assertThat(node.value("show max_connections")).isEqualTo("300");
    assertThat(node.value("show fsync")).isEqualTo("off");
    assertThat(node.value("show listen_addresses")).isEqualTo("127.0.0.1");
  }

  @Test
  void freshDatabasesAreApart() throws Exception {
    PostgresServer server = PostgresServer.shared();
    String one = server.freshDatabase();
    String other = server.freshDatabase();
    assertThat(one).matches("postgresql://postgres@127\\.0\\.0\\.1:\\d+/\\w+").isNotEqualTo(other);
    execute(one, "create table item (id int)");
    execute(other, "create table item (id int)", "insert into item values (1)");
    assertThat(column(one, "select id from item")).isEmpty();
    assertThat(column(other, "select id from item")).containsExactly("1");

    server.dropDatabase(one);
    server.dropDatabase(one); // harmless
    assertThatThrownBy(() -> column(one, "select 1")).hasMessageContaining("does not exist");
    assertThat(column(other, "select id from item")).containsExactly("1");
    server.dropDatabase(other);
  }

  @Test
  void textIsSortedByCodePoint() throws Exception {
    PostgresServer server = PostgresServer.shared();
    String url = server.freshDatabase();
    assertThat(column(url, SORTED)).isEqualTo(BY_CODE_POINT);
    server.giveBack(url);

    String dictionary =
        server.freshDatabase("template template0 locale_provider icu icu_locale 'en-US'");
    assertThat(column(dictionary, SORTED)).containsSubsequence("a", "A", "b", "B");
    server.dropDatabase(dictionary);
  }

  @Test
  void aDatabaseThatWasGivenBackIsAsFresh() throws Exception {
    // A server of its own: of the shared one somebody else might get the database first.
    try (PostgresServer server = PostgresServer.start("fsync=off")) {
      String url = server.freshDatabase();
      String listed = "select nspname from pg_namespace where oid >= 16384 or nspname = 'public'";
      List<String> schemas = column(url, listed);
      try (Connection forgotten = Jdbc.open(url)) {
        Jdbc.execute(
            forgotten,
            "create table item (id int primary key)",
            "create schema other",
            "create extension pg_trgm",
            "create function other.twice(x int) returns int language sql return x * 2");
        assertThat(column(url, listed)).isNotEqualTo(schemas);
        forgotten.setAutoCommit(false);
        Jdbc.execute(forgotten, "insert into item values (1)");

        server.giveBack(url);
        assertThatThrownBy(forgotten::commit).isInstanceOf(SQLException.class);
      }
      assertThat(server.freshDatabase()).isEqualTo(url);
      assertThat(server.freshDatabase()).isNotEqualTo(url);
      assertThat(column(url, listed)).isEqualTo(schemas);
      String made = "select count(*) from pg_class where oid >= 16384 and relnamespace <> 99";
      assertThat(column(url, made)).containsExactly("0");
      assertThat(column(url, "select extname from pg_extension")).containsExactly("plpgsql");
      execute(url, "create table item (id int primary key)");
    }
  }

  @Test
  void whatItAcknowledgedIsThereAfterItWasKilled() throws Exception {
    try (PostgresServer server = PostgresServer.start("max_connections=20")) {
      PostgresNode node = server.node();
      assertThat(node.value("show fsync")).isEqualTo("on");
      assertThat(node.value("show synchronous_commit")).isEqualTo("on");
      assertThat(node.value("show max_connections")).isEqualTo("20");
      node.execute("create table item as select 1 as id");
      List<ProcessHandle> all = node.tree().all().toList();
      assertThat(all).hasSizeGreaterThan(3);

      node.kill();
      assertThat(node.isAlive()).isFalse();
      assertThat(all).noneMatch(ProcessTree::isRunning);
      assertThatThrownBy(node::open).isInstanceOf(SQLException.class);

      int port = node.port();
      node.start();
      assertThat(node.port()).isEqualTo(port);
      assertThat(node.value("select id from item")).isEqualTo("1");
    }
  }

  @Test
  void aServerThatDoesNotStartSaysWhy() {
    assertThatThrownBy(() -> PostgresServer.start("shared_buffers=nonsense"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shared_buffers");
  }

  @Test
  void whereNamespacesAreForbiddenItRunsAsNobody() throws Exception {
    assumeTrue(Unprivileged.isRoot() && Unprivileged.NOBODY.works(), "only root can");
    OwnFolder folder = OwnFolder.create(Unprivileged.NOBODY);
    PostgresBinaries bundled = PostgresBinaries.bundled();
    try (PostgresServer server = PostgresServer.start(folder, bundled, List.of("fsync=off"))) {
      assertThat(server.node().tree().root().info().user()).contains("nobody");
      assertThat(server.node().value("select 1")).isEqualTo("1");
    }
  }

  @Test
  void theInstalledOneIsLikeIt() throws Exception {
    Optional<PostgresServer> installed = InstalledPostgres.shared();
    assumeTrue(installed.isPresent(), "no PostgreSQL is installed");
    PostgresServer server = installed.orElseThrow();
    String url = server.freshDatabase();
    assertThat(column(url, SORTED)).isEqualTo(BY_CODE_POINT);
    int version = PostgresBinaries.installed().orElseThrow().version();
    assertThat(server.node().value("show server_version")).startsWith(version + ".");
    server.giveBack(url);
    execute(url, "create table item (id int)");
  }

  private static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = Jdbc.open(url)) {
      Jdbc.execute(connection, statements);
    }
  }

  private static List<String> column(String url, String sql) throws SQLException {
    try (Connection connection = Jdbc.open(url)) {
      return Jdbc.column(connection, sql);
    }
  }
}
