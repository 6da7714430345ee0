package dev.plinth.config;

import dev.plinth.error.ConfigurationException;
import dev.plinth.error.Suggestion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The URL of a server, taken apart: hosts, database, user, and the few driver properties we pass on.
///
/// Everything that makes a driver load classes, write files or weaken checks is refused by not being
/// in the list. Immutable; its text form never shows a password.
///
/// @param hosts the servers of one cluster, in order
/// @param database the database's name
/// @param user the user's name; null for the driver's default
/// @param password the password; null for none
/// @param properties the driver's properties, by the driver's names
public record ServerUrl(
    List<Host> hosts,
    String database,
    @Nullable String user,
    @Nullable String password,
    Map<String, String> properties) {

  /// One server.
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return name.indexOf(':') < 0 ? name + ":" + port : "[" + name + "]:" + port;
    }
  }

  private static final int PORT = 5432;

  /// What may stand behind the `?`, and what the driver calls it.
  private static final Map<String, String> ALLOWED =
      Map.ofEntries(
          Map.entry("user", "user"),
          Map.entry("password", "password"),
          Map.entry("sslmode", "sslmode"),
          Map.entry("sslrootcert", "sslrootcert"),
          Map.entry("sslcert", "sslcert"),
          Map.entry("sslkey", "sslkey"),
          Map.entry("sslpassword", "sslpassword"),
          Map.entry("channelBinding", "channelBinding"),
          Map.entry("channel_binding", "channelBinding"),
          Map.entry("gssEncMode", "gssEncMode"),
          Map.entry("ApplicationName", "ApplicationName"),
          Map.entry("application_name", "ApplicationName"),
          Map.entry("currentSchema", "currentSchema"),
          Map.entry("hostRecheckSeconds", "hostRecheckSeconds"),
          Map.entry("tcpKeepAlive", "tcpKeepAlive"),
          Map.entry("connectTimeout", "connectTimeout"),
          Map.entry("connect_timeout", "connectTimeout"),
          Map.entry("socketTimeout", "socketTimeout"),
          Map.entry("loginTimeout", "loginTimeout"),
          Map.entry("prepareThreshold", "prepareThreshold"),
          Map.entry("pgbouncer", "pgbouncer"));

  private static final List<String> EITHER = List.of("true", "false");

  /// What those may be that are one of a few words.
  private static final Map<String, List<String>> WORDS =
      Map.of(
          "sslmode",
          List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
          "channelBinding",
          List.of("disable", "prefer", "require"),
          "gssEncMode",
          List.of("disable", "allow", "prefer", "require"),
          "tcpKeepAlive",
          EITHER,
          "pgbouncer",
          EITHER);

  private static final Set<String> NUMBERS = Set.of("hostRecheckSeconds", "prepareThreshold");

  private static final List<String> NAMES = ALLOWED.keySet().stream().sorted().toList();

  /// A URL of its parts.
  public ServerUrl {
    hosts = List.copyOf(hosts);
    properties = Map.copyOf(properties);
  }

  /// Takes apart what stands behind `postgresql://`.
  ///
  /// @param source the setting or variable that it came from, for messages
  /// @throws ConfigurationException for what is malformed, and for a property that is not allowed
  public static ServerUrl parse(String target, String source) {
    int query = target.indexOf('?');
    String front = query < 0 ? target : target.substring(0, query);
    Map<String, String> properties =
        query < 0 ? new LinkedHashMap<>() : properties(target.substring(query + 1), source);
    int at = front.lastIndexOf('@');
    String credentials = at < 0 ? "" : front.substring(0, at);
    String place = front.substring(at + 1);
    int slash = place.indexOf('/');
    String database = slash < 0 ? "" : decoded(place.substring(slash + 1), source);
    int colon = credentials.indexOf(':');
    String user = decoded(colon < 0 ? credentials : credentials.substring(0, colon), source);
    String password = colon < 0 ? null : decoded(credentials.substring(colon + 1), source);
    if (database.indexOf('/') >= 0) {
      throw new ConfigurationException(source + " has more than a database's name in its path.");
    }
    String givenUser = properties.remove("user");
    String givenPassword = properties.remove("password");
    String named = user.isEmpty() ? givenUser : user;
    return new ServerUrl(
        hosts(slash < 0 ? place : place.substring(0, slash), source),
        database.isEmpty() ? (named == null ? "postgres" : named) : database,
        named,
        password == null ? givenPassword : password,
        properties);
  }

  private static List<Host> hosts(String list, String source) {
    List<Host> hosts = new ArrayList<>();
    for (String one : list.split(",", -1)) {
      boolean bracketed = one.startsWith("[") && one.indexOf(']') > 0;
      int end = bracketed ? one.indexOf(']') + 1 : one.indexOf(':');
      String name = end < 0 ? one : one.substring(bracketed ? 1 : 0, bracketed ? end - 1 : end);
      String rest = end < 0 ? "" : one.substring(end);
      if (name.isBlank()) {
        throw new ConfigurationException(
            source + " must name a host, as in postgresql://host:port/database.");
      }
      if (!name.matches("[A-Za-z0-9._:%-]+")) {
        throw new ConfigurationException(source + " has a host with a character that no name has.");
      }
      hosts.add(new Host(name, rest.isEmpty() ? PORT : port(rest, source)));
    }
    return hosts;
  }

  private static int port(String rest, String source) {
    if (rest.matches(":[1-9][0-9]{0,4}") && Integer.parseInt(rest.substring(1)) <= 65_535) {
      return Integer.parseInt(rest.substring(1));
    }
    throw new ConfigurationException(source + " has something behind the host that is no port.");
  }

  private static Map<String, String> properties(String query, String source) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals), source);
      String property = ALLOWED.get(name);
      if (property == null) {
        // what stands there may be the rest of a password that has a question mark or an ampersand
        boolean shown = equals > 0 && query.indexOf('@') < 0;
        throw new ConfigurationException(
            shown
                ? "%s sets the driver property '%s', which is refused. %s"
                    .formatted(source, name, Suggestion.among(NAMES, name))
                : source
                    + " has something behind a '?' that is no property. If it belongs to a password, write ? as %3F, & as %26 and @ as %40.");
      }
      String value = equals < 0 ? "" : decoded(pair.substring(equals + 1), source);
      properties.put(property, checked(property, value, source + ": " + name));
    }
    return properties;
  }

  // the driver takes many a wrong value for another that is right
  private static String checked(String property, String value, String where) {
    List<String> words = WORDS.get(property);
    if (words != null) {
      String word = value.toLowerCase(Locale.ROOT);
      if (!words.contains(word)) {
        throw new ConfigurationException(
            where + " must be one of " + String.join(", ", words) + ".");
      }
      return word;
    }
    boolean seconds = property.endsWith("Timeout");
    if ((seconds || NUMBERS.contains(property)) && !value.matches("[0-9]{1,6}")) {
      throw new ConfigurationException(
          where + " must be a whole number" + (seconds ? " of seconds." : "."));
    }
    return value;
  }

  private static String decoded(String text, String source) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // its message would repeat the text
      throw new ConfigurationException(
          source + " has a '%' that is not followed by two hexadecimal digits. Write it as %25.");
    }
  }

  /// A number of seconds among the properties; null if it is not given.
  public @Nullable Integer seconds(String property) {
    String value = properties.get(property);
    return value == null ? null : Integer.valueOf(value);
  }

  /// Hosts and database, without user, password and properties.
  @Override
  public String toString() {
    return "postgresql://"
        + String.join(",", hosts.stream().map(Host::toString).toList())
        + "/"
        + database;
  }
}
