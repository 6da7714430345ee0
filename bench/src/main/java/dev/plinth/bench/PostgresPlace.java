package dev.plinth.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Databases of one's own on a server.
final class PostgresPlace implements Place {

  private final String server;
  private final String prefix = "bench_" + Long.toString(System.nanoTime(), 36).replace('-', '_');
  private final List<String> databases = new ArrayList<>();

  /// Databases on the server of a URL, made by its user.
  PostgresPlace(String server) {
    this.server = server;
  }

  @Override
  public String fresh() {
    return create("");
  }

  private String create(String options) {
    String name = prefix + "_" + databases.size();
    execute(server, "create database " + name + options);
    databases.add(name);
    return server.replaceFirst("(//[^/]+)/[^?]*", "$1/" + name);
  }

  /// Fresh statistics give both contenders the same plans, and the vacuum leaves nothing to do.
  @Override
  public void settle(String store) {
    execute(store, "vacuum (freeze, analyze)");
  }

  @Override
  public String copy(String store) {
    return create(" template " + store.replaceFirst(".*/([^?]*).*", "$1"));
  }

  private static void execute(String url, String... statements) {
    try (Connection connection = PostgresConnection.open(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements) + " failed", e);
    }
  }

  @Override
  public void close() {
    execute(
        server,
        databases.stream()
            .map(name -> "drop database if exists " + name + " with (force)")
            .toArray(String[]::new));
  }
}
