package dev.plinth.testkit.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Plain JDBC on the URLs of this package.
public final class Jdbc {

  private static final String SCHEME = "postgresql://postgres@";

  private Jdbc() {}

  /// Opens a connection.
  ///
  /// @param url `postgresql://postgres@host:port/database`, also with several hosts
  /// @param properties of the driver, as `name=value`
  public static Connection open(String url, String... properties) throws SQLException {
    return DriverManager.getConnection(jdbc(url, properties));
  }

  /// The URL as the driver wants it.
  public static String jdbc(String url, String... properties) {
    if (!url.startsWith(SCHEME)) {
      throw new IllegalArgumentException(url + " does not start with " + SCHEME);
    }
    StringBuilder jdbc = new StringBuilder("jdbc:postgresql://");
    jdbc.append(url, SCHEME.length(), url.length()).append("?user=postgres");
    for (String property : properties) {
      jdbc.append('&').append(property);
    }
    return jdbc.toString();
  }

  /// Runs statements, one after the other.
  public static void execute(Connection on, String... statements) throws SQLException {
    try (Statement statement = on.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// The first column of what a query finds, as text.
  public static List<String> column(Connection on, String sql) throws SQLException {
    try (Statement statement = on.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  /// The one value that a query finds, as text.
  public static String value(Connection on, String sql) throws SQLException {
    return column(on, sql).getFirst();
  }
}
