package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients of a pooler share its few connections, and see what that does to them.
final class PgBouncerTest {

  @BeforeEach
  void installed() {
    assumeTrue(PgBouncer.missing().isEmpty(), () -> PgBouncer.missing().orElseThrow());
  }

  @Test
  void manyClientsShareAFewConnections() throws Exception {
    PostgresServer server = PostgresServer.shared();
    String url = server.freshDatabase();
    String name = url.substring(url.lastIndexOf('/') + 1);
    List<Connection> clients = new ArrayList<>();
    Set<String> backends = new HashSet<>();
    try (PgBouncer bouncer = PgBouncer.start(server.port(), 2).orElseThrow()) {
      for (int i = 0; i < 8; i++) {
        Connection client = Jdbc.open(bouncer.url(name), "prepareThreshold=0", "socketTimeout=20");
        clients.add(client);
        backends.add(Jdbc.value(client, "select pg_backend_pid()"));
      }
      assertThat(backends).hasSizeBetween(1, 2);

      Connection client = clients.getFirst();
      client.setAutoCommit(false);
      String inside = Jdbc.value(client, "select pg_backend_pid()");
      assertThat(Jdbc.value(clients.getLast(), "select pg_backend_pid()")).isNotEqualTo(inside);
      assertThat(Jdbc.value(client, "select pg_backend_pid()")).isEqualTo(inside);
      client.commit();
    } finally {
      for (Connection client : clients) {
        client.close();
      }
      server.giveBack(url);
    }
  }

  @Test
  void preparedStatementsOfOneClientMeetThoseOfOthers() throws Exception {
    PostgresServer server = PostgresServer.shared();
    try (PgBouncer bouncer = PgBouncer.start(server.port(), 1).orElseThrow()) {
      String url = bouncer.url("postgres");
      assertThatThrownBy(() -> twoClients(url, "prepareThreshold=1"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("prepared statement \"S_1\" already exists");
      twoClients(url, "prepareThreshold=0");
    }
  }

  private static void twoClients(String url, String threshold) throws SQLException {
    try (Connection one = Jdbc.open(url, threshold, "socketTimeout=20");
        Connection other = Jdbc.open(url, threshold, "socketTimeout=20")) {
      for (Connection client : List.of(one, other)) {
        try (PreparedStatement query = client.prepareStatement("select ?::int")) {
          query.setInt(1, 1);
          query.executeQuery().close();
        }
      }
    }
  }

  @Test
  void itEndsWhenItIsClosed() {
    PgBouncer bouncer = PgBouncer.start(PostgresServer.shared().port(), 1).orElseThrow();
    String url = bouncer.url("postgres");
    bouncer.close();
    assertThatThrownBy(() -> Jdbc.open(url)).isInstanceOf(SQLException.class);
  }
}
