package dev.plinth.internal.shape;

import dev.plinth.error.MappingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// How Java names become names in the database.
final class Names {

  /// In UTF-8: PostgreSQL cuts longer names without an error, so they are refused on every engine.
  private static final int LONGEST = 63;

  private Names() {}

  /// `createdAt` becomes `created_at`, `URLPath` becomes `url_path`.
  static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /// The name, if a database can have it.
  static String checked(String name, String where) {
    if (name.isBlank()
        || name.getBytes(StandardCharsets.UTF_8).length > LONGEST
        || name.indexOf('\0') >= 0) {
      throw new MappingException(
          "%s: the name '%s' must have 1 to %d bytes, none of them NUL."
              .formatted(where, name, LONGEST));
    }
    return name;
  }
}
