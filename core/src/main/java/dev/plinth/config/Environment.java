package dev.plinth.config;

import dev.plinth.error.ConfigurationException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads a configuration from variables; the only place that knows their precedence.
final class Environment {

  private static final Map<String, String> LIBPQ =
      new TreeMap<>(
          Map.of(
              "PGSSLMODE", "sslmode",
              "PGSSLROOTCERT", "sslrootcert",
              "PGSSLCERT", "sslcert",
              "PGSSLKEY", "sslkey",
              "PGCHANNELBINDING", "channel_binding",
              "PGAPPNAME", "application_name",
              "PGCONNECT_TIMEOUT", "connect_timeout"));

  private final Map<String, String> variables;

  private Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  static DatabaseConfig read(Map<String, String> environment, Path dotenv) {
    Map<String, String> variables = new HashMap<>(dotenv(dotenv));
    environment.forEach((name, value) -> {
      if (!value.isBlank()) { // an empty variable is one that is not set
        variables.put(name, value);
      }
    });
    return new Environment(variables).config();
  }

  private DatabaseConfig config() {
    String type = type();
    DatabaseConfig config = DatabaseConfig.standard();
    Source source = url(type);
    if (source != null) {
      DatabaseUrl.parse(source.url(), source.variable()); // so that errors name where it came from
      config = config.with(Setting.URL, source.url());
    } else if (type.equals("duckdb")) {
      config = config.with(Setting.URL, "duckdb:data/plinth.duckdb");
    } else if (!type.equals("auto") && !type.equals("sqlite")) {
      throw new ConfigurationException(
          typeVariable() + " is " + type + ", but no variable says where: set DATABASE_URL.");
    }
    try {
      config = config.with(Setting.TYPE, type);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          "%s is '%s', but %s is for %s."
              .formatted(
                  typeVariable(),
                  type,
                  source == null ? "the default" : source.variable(),
                  config.url().engine()),
          e);
    }
    for (Setting setting : Setting.values()) {
      String value = variables.get(setting.variable());
      if (setting != Setting.URL && setting != Setting.TYPE && value != null) {
        config = config.with(setting, value);
      }
    }
    return config;
  }

  private String typeVariable() {
    return variables.containsKey("DATABASE_TYPE") ? "DATABASE_TYPE" : "DATABASE_PROVIDER";
  }

  private String type() {
    String type = variables.get("DATABASE_TYPE");
    String provider = variables.get("DATABASE_PROVIDER");
    String chosen = type != null && (provider == null || !isAuto(type)) ? type : provider;
    if (chosen == null) {
      return "auto";
    }
    String lower = chosen.strip().toLowerCase(Locale.ROOT);
    if (type != null
        && provider != null
        && !isAuto(type)
        && !isAuto(provider)
        && !provider.strip().equalsIgnoreCase(type.strip())) {
      throw new ConfigurationException(
          "DATABASE_TYPE is '" + type + "' but DATABASE_PROVIDER is '" + provider + "'.");
    }
    if (!List.of("auto", "sqlite", "duckdb", "postgresql", "supabase").contains(lower)) {
      throw new ConfigurationException(
          typeVariable()
              + " must be one of auto, sqlite, duckdb, postgresql, supabase, but is '"
              + chosen
              + "'.");
    }
    return lower;
  }

  private static boolean isAuto(String type) {
    return type.strip().equalsIgnoreCase("auto");
  }

  private record Source(String variable, String url) {}

  private @Nullable Source url(String type) {
    for (String variable : List.of("DATABASE_URL", "DATABASE_PUBLIC_URL")) {
      String url = variables.get(variable);
      if (url != null) {
        return new Source(variable, url);
      }
    }
    boolean server = type.equals("auto") || type.equals("postgresql") || type.equals("supabase");
    if (!server) {
      return null; // parts of a server's address say nothing about an embedded engine
    }
    String supabase = variables.get("SUPABASE_DB_URL");
    if (type.equals("supabase") && supabase != null) {
      return new Source("SUPABASE_DB_URL", supabase);
    }
    for (String prefix : List.of("PG", "DB_")) {
      if (variables.containsKey(prefix + "HOST")) {
        return new Source(prefix + "HOST", server(prefix));
      }
    }
    return supabase == null ? null : new Source("SUPABASE_DB_URL", supabase);
  }

  private String server(String prefix) {
    boolean libpq = prefix.equals("PG");
    String user = variables.getOrDefault(prefix + "USER", "postgres");
    String password = variables.get(prefix + "PASSWORD");
    String database = variables.get(prefix + (libpq ? "DATABASE" : "NAME"));
    return "postgresql://"
        + encode(user)
        + (password == null ? "" : ":" + encode(password))
        + "@"
        + hosts(prefix)
        + "/"
        + encode(database == null ? user : database)
        + (libpq ? properties() : "");
  }

  private String hosts(String prefix) {
    String[] hosts = variables.getOrDefault(prefix + "HOST", "").split(",", -1);
    String[] ports = variables.getOrDefault(prefix + "PORT", "5432").split(",", -1);
    if (ports.length != 1 && ports.length != hosts.length) {
      throw new ConfigurationException(
          prefix + "PORT must be one port, or as many as " + prefix + "HOST names hosts.");
    }
    List<String> places = new ArrayList<>();
    for (int i = 0; i < hosts.length; i++) {
      String host = hosts[i].strip();
      String port = ports[ports.length == 1 ? 0 : i].strip();
      if (host.startsWith("/")) {
        throw new ConfigurationException(
            prefix + "HOST names a Unix socket, which the driver does not take: use localhost.");
      }
      if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
        throw new ConfigurationException(
            prefix + "PORT must be a port number, but is '" + port + "'.");
      }
      boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
      places.add((bare ? "[" + host + "]" : host) + ":" + port);
    }
    return String.join(",", places);
  }

  // what else libpq takes from its variables, above all what protects the connection
  private String properties() {
    List<String> properties = new ArrayList<>();
    LIBPQ.forEach((variable, property) -> {
      String value = variables.get(variable);
      if (value != null) {
        properties.add(property + "=" + encode(value));
      }
    });
    return properties.isEmpty() ? "" : "?" + String.join("&", properties);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Lines of `NAME=value`; `export` in front, quotes around the value and `#` comments are allowed.
  private static Map<String, String> dotenv(Path file) {
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    Map<String, String> variables = new HashMap<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        String text = (number == 1 ? line.replaceFirst("^\\uFEFF", "") : line).strip();
        if (text.isEmpty() || text.startsWith("#")) {
          continue;
        }
        int equals = text.indexOf('=');
        String name = equals < 0 ? "" : text.substring(0, equals).replaceFirst("^export\\s+", "");
        if (!name.strip().matches("[A-Za-z_][A-Za-z0-9_]*")) {
          throw new ConfigurationException(
              file + ", line " + number + ": expected NAME=value."); // the line may hold a secret
        }
        String value = value(text.substring(equals + 1).strip());
        if (!value.isBlank()) {
          variables.put(name.strip(), value);
        }
      }
    } catch (IOException e) {
      throw new ConfigurationException("Cannot read " + file + ": " + e.getMessage(), e);
    }
    return variables;
  }

  private static String value(String raw) {
    if (raw.length() >= 2 && (raw.startsWith("\"") || raw.startsWith("'"))) {
      int end = raw.indexOf(raw.charAt(0), 1);
      if (end > 0) {
        return raw.substring(1, end);
      }
    }
    int comment = raw.indexOf(" #");
    return comment < 0 ? raw : raw.substring(0, comment).strip();
  }
}
