package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.testkit.Marker;
import dev.plinth.testkit.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections fail where and when the proxy is told, and only there.
final class ProxyTest {

  private final PostgresServer server = PostgresServer.shared();
  private final String database = server.freshDatabase();

  @AfterEach
  void giveBack() {
    server.giveBack(database);
  }

  private Proxy proxy(Supplier<Marker> marker) throws SQLException {
    try (Connection direct = Jdbc.open(database)) {
      Jdbc.execute(direct, "create table if not exists item (id int)");
    }
    return Proxy.to("127.0.0.1", server.port(), marker);
  }

  private Connection open(Proxy proxy, String... properties) throws SQLException {
    String name = database.substring(database.lastIndexOf('/'));
    List<String> all = new ArrayList<>(List.of("socketTimeout=20", "sslmode=disable"));
    all.addAll(List.of(properties));
    String url = "postgresql://postgres@127.0.0.1:" + proxy.port() + name;
    return Jdbc.open(url, all.toArray(String[]::new));
  }

  private int stored() throws SQLException {
    try (Connection direct = Jdbc.open(database)) {
      return Integer.parseInt(Jdbc.value(direct, "select count(*) from item"));
    }
  }

  private static void insert(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("insert into item values (?)")) {
      insert.setInt(1, 1);
      insert.executeUpdate();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCommitIsCutWhereTheTestSays(Proxy.Cut cut) throws Exception {
    try (Proxy proxy = proxy(Marker.postgresCommit())) {
      try (Connection connection = open(proxy)) {
        connection.setAutoCommit(false);
        // Behind the first one the text of COMMIT is not sent any more.
        for (int i = 0; i < 3; i++) {
          insert(connection);
          connection.commit();
        }
        assertThat(proxy.seen()).isEqualTo(3);
        assertThat(proxy.cuts()).isZero();

        proxy.cutNext(cut);
        insert(connection);
        assertThatThrownBy(connection::commit)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
        assertThat(connection.isClosed()).isTrue();
      }
      assertThat(proxy.cuts()).isEqualTo(1);
      assertThat(stored()).isEqualTo(cut == Proxy.Cut.BEFORE_REQUEST ? 3 : 4);

      try (Connection next = open(proxy)) { // it was told once
        next.setAutoCommit(false);
        insert(next);
        next.commit();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ApplicationName=default",
        "prepareThreshold=0",
        "preferQueryMode=simple",
        "autosave=always",
        "preparedStatementCacheQueries=0"
      })
  void everyCommitIsSeenAndNothingElse(String property) throws Exception {
    try (Proxy proxy = proxy(Marker.postgresCommit())) {
      try (Connection connection = open(proxy, property)) {
        connection.setAutoCommit(false);
        for (int i = 0; i < 200; i++) {
          insert(connection);
          connection.commit();
        }
        insert(connection);
        connection.rollback();
        connection.setAutoCommit(true);
        insert(connection);
      }
      assertThat(proxy.seen()).isEqualTo(200);
      for (int i = 0; i < 5; i++) {
        try (Connection connection = open(proxy, property)) {
          connection.setAutoCommit(false);
          insert(connection);
          connection.commit();
        }
      }
      assertThat(proxy.seen()).isEqualTo(205);
    }
  }

  @Test
  void aStatementIsCutByItsTextAlsoWhenOnlyItsNameIsSent() throws Exception {
    try (Proxy proxy = proxy(Marker.postgres(sql -> sql.startsWith("insert")));
        Connection connection = open(proxy, "prepareThreshold=1")) {
      for (int i = 0; i < 5; i++) {
        insert(connection);
      }
      proxy.cutNext(Proxy.Cut.BEFORE_ANSWER);
      Jdbc.value(connection, "select 1"); // the control: another statement is not cut
      assertThatThrownBy(() -> insert(connection)).isInstanceOf(SQLException.class);
      assertThat(stored()).isEqualTo(6);
    }
  }

  @Test
  void whatIsFrozenArrivesWhenItThaws() throws Exception {
    try (Proxy proxy = proxy(Marker.text("never sent"));
        Connection patient = open(proxy);
        Connection hasty = open(proxy, "socketTimeout=1")) {
      Jdbc.value(hasty, "select 1");
      proxy.freeze();
      assertThatThrownBy(() -> Jdbc.value(hasty, "select 1")).hasRootCauseMessage("Read timed out");
      assertThatThrownBy(() -> open(proxy, "socketTimeout=1").close())
          .hasRootCauseMessage("Read timed out");
      List<String> answer = new ArrayList<>();
      Thread waiting =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  answer.add(Jdbc.value(patient, "select 2"));
                } catch (SQLException e) {
                  answer.add(e.toString());
                }
              });
      assertThat(waiting.join(Duration.ofMillis(200))).isFalse();
      proxy.thaw();
      waiting.join();
      assertThat(answer).containsExactly("2");
    }
  }

  @Test
  void allConnectionsAreCutOrRefused() throws Exception {
    try (Proxy proxy = proxy(Marker.text("never sent"));
        Connection before = open(proxy)) {
      proxy.refuse();
      assertThatThrownBy(() -> open(proxy).close()).isInstanceOf(SQLException.class);
      assertThat(Jdbc.value(before, "select 1")).isEqualTo("1");

      proxy.accept();
      open(proxy).close();
      proxy.cutAll();
      assertThatThrownBy(() -> Jdbc.value(before, "select 1")).isInstanceOf(SQLException.class);
      Awaitility.await().until(() -> proxy.connections() == 0);
      open(proxy).close();
    }
  }

  @Test
  void aClosedOneTakesNothing() throws Exception {
    Connection before;
    Proxy closed;
    try (Proxy proxy = proxy(Marker.text("never sent"))) {
      closed = proxy;
      before = open(proxy);
    }
    try (before) {
      assertThatThrownBy(() -> Jdbc.value(before, "select 1")).isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> open(closed).close()).isInstanceOf(SQLException.class);
  }
}
