package dev.plinth.config;

import dev.plinth.error.ConfigurationException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A database URL, taken apart once and never passed on as it stands.
///
/// Immutable.
///
/// @param engine the engine's name: `sqlite`, `duckdb`, `postgresql`
/// @param target the file's path, `:memory:`, or for servers everything behind `//`
public record DatabaseUrl(String engine, String target) {

  /// What the target of a database in memory is called.
  public static final String MEMORY = ":memory:";

  private static final Pattern PROPERTIES = Pattern.compile("[?]([^=&]*)");
  private static final Pattern DUCKDB_PROPERTIES = Pattern.compile("[?;]([^=&;]*)");

  /// Takes a URL apart.
  ///
  /// Accepted are `sqlite:FILE`, `sqlite://FILE`, `sqlite:///FILE` (relative; a fourth slash makes
  /// it absolute), a bare `FILE.db`, the same for `duckdb:`, `postgresql://…`, `postgres://…`, and
  /// `jdbc:` in front of any.
  ///
  /// @param source the setting or variable that the URL came from, for messages
  /// @throws ConfigurationException for anything else; it never repeats a password
  public static DatabaseUrl parse(String text, String source) {
    String url = text.strip();
    if (url.isEmpty()) {
      throw new ConfigurationException(source + " is empty: it must name a database.");
    }
    if (url.startsWith("jdbc:")) {
      url = url.substring("jdbc:".length());
    }
    int colon = url.indexOf(':');
    String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = url.substring(colon + 1);
    return switch (scheme) {
      case "sqlite" -> new DatabaseUrl("sqlite", file(rest, false, source));
      case "duckdb" -> new DatabaseUrl("duckdb", file(rest, true, source));
      case "postgresql", "postgres" -> {
        if (!rest.startsWith("//")) {
          throw new ConfigurationException(
              source + " must have the form postgresql://host:port/database.");
        }
        ServerUrl.parse(rest.substring(2), source); // says what is wrong with it
        yield new DatabaseUrl("postgresql", rest.substring(2));
      }
      default -> {
        // a drive letter, as in C:\data\shop.db, is no scheme
        if (scheme.length() <= 1 && url.endsWith(".db")) {
          yield new DatabaseUrl("sqlite", file(url, false, source));
        }
        throw new ConfigurationException(
            source // only the scheme is repeated: what follows may hold a password in any place
                + " is no database URL that is known"
                + (scheme.matches("[a-z][a-z0-9+.-]{0,20}") ? " ('" + scheme + ":…')" : "")
                + ". Use sqlite:FILE, FILE.db, duckdb:FILE or postgresql://host/database.");
      }
    };
  }

  private static String file(String rest, boolean duckdb, String source) {
    if (rest.equals(MEMORY)) {
      return MEMORY;
    }
    if (rest.startsWith("//") && !rest.startsWith("///") && rest.indexOf('@') >= 0) {
      throw new ConfigurationException(
          source + " names a user or a host, but an embedded database is a file.");
    }
    String path =
        rest.startsWith("///")
            ? rest.substring(3)
            : rest.startsWith("//") ? rest.substring(2) : rest;
    Matcher query = (duckdb ? DUCKDB_PROPERTIES : PROPERTIES).matcher(path);
    if (query.find()) {
      String property = query.group(1);
      throw new ConfigurationException(
          source
              + " sets the driver property '"
              + property
              + "', which is refused: an embedded database takes none in its URL. Use the settings.");
    }
    // two letters and a colon are no drive, but name a remote place or an extension to be loaded
    boolean remote = duckdb && path.matches("(?s)[A-Za-z][A-Za-z0-9_+.-]+:.*");
    if (path.isBlank() || path.startsWith(":") || path.startsWith("file:") || remote) {
      throw new ConfigurationException(
          source + " must name a file, as in sqlite:data/shop.db, or be sqlite::memory:.");
    }
    if (path.indexOf('\0') >= 0) {
      throw new ConfigurationException(source + " holds a NUL character.");
    }
    return path;
  }

  /// The parts of a server's URL.
  ///
  /// @throws ConfigurationException if it names a file
  public ServerUrl server() {
    if (!engine.equals("postgresql")) {
      throw new ConfigurationException(this + " names no server.");
    }
    return ServerUrl.parse(target, "The URL");
  }

  /// The URL without its secrets.
  @Override
  public String toString() {
    return engine.equals("postgresql") ? server().toString() : engine + ":" + target;
  }
}
