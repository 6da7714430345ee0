package dev.plinth.internal.migrate;

import dev.plinth.error.MigrationException;
import dev.plinth.migration.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A file of SQL, named as Flyway names it, with the parts that it is made of.
///
/// `V1.2.0__add_preferences.sql` has a version, `R__views.sql` is run again whenever it has changed,
/// `U1.2.0__add_preferences.sql` undoes; `….postgresql.sql` is for one engine. Inside, lines such as
/// `-- migrate:up` and `-- migrate:down` begin a part; without any, the whole is one.
///
/// @param name the file's name
/// @param kind whether it has a version, undoes, or is repeated
/// @param version null for what is repeated
/// @param engine the engine that it is for; null for all
/// @param parts its parts
record SqlFile(
    String name,
    Kind kind,
    @Nullable Version version,
    String description,
    @Nullable String engine,
    List<Part> parts) {

  static final List<String> ENGINES = List.of("sqlite", "duckdb", "postgresql");

  private static final Pattern NAME =
      Pattern.compile("(?:([VU])([0-9]+(?:[._][0-9]+)*)|(R))__([^.]+)(?:\\.([a-z]+))?\\.sql");

  private static final Pattern MARK =
      Pattern.compile("^\\s*--\\s*migrate:(\\S*)(.*)$", Pattern.CASE_INSENSITIVE);

  private static final Pattern OTHERS =
      Pattern.compile(
          "\\s*--\\s*(?:\\+\\s*(?:goose|migrate)\\b|//\\s*@undo\\b)", Pattern.CASE_INSENSITIVE);

  enum Kind {
    VERSIONED,
    UNDO,
    REPEATABLE
  }

  /// A part of a file.
  ///
  /// @param name `up`, `down` or `check`
  /// @param options what is said of it
  /// @param firstLine where its SQL begins in the file, from 1
  record Part(String name, Set<String> options, String sql, int firstLine) {}

  private static final Pattern COMMENTS = Pattern.compile("(?:\\s|--[^\\n]*+|/\\*(?s:.*?)\\*/)*+");

  private static final Map<String, Set<String>> OPTIONS =
      Map.of("up", Set.of("transaction:false"), "down", Set.of("lossy"), "check", Set.of());

  /// Whether a file is one of SQL, by its name.
  static boolean named(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".sql");
  }

  /// Reads a file of SQL.
  static SqlFile read(String name, String text) {
    Matcher named = NAME.matcher(name);
    if (!named.matches()) {
      throw new MigrationException(
          "'%s' is no name of a migration: write V1.2.0__what_it_does.sql, U1.2.0__….sql to undo, or R__….sql."
              .formatted(name));
    }
    String engine = named.group(5);
    if (engine != null && !ENGINES.contains(engine)) {
      throw new MigrationException(
          "'%s' is for the engine '%s', which is none of %s.".formatted(name, engine, ENGINES));
    }
    Kind kind =
        named.group(3) != null
            ? Kind.REPEATABLE
            : named.group(1).equals("V") ? Kind.VERSIONED : Kind.UNDO;
    return new SqlFile(
        name,
        kind,
        kind == Kind.REPEATABLE ? null : Version.of(named.group(2)),
        named.group(4).replace('_', ' ').strip(),
        engine,
        parts(name, normal(text), kind == Kind.UNDO ? "down" : "up"));
  }

  // the same whatever machine it was written on
  private static String normal(String text) {
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return plain.lines().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static List<Part> parts(String name, String text, String first) {
    List<Part> parts = new ArrayList<>();
    String part = first;
    Set<String> options = Set.of();
    int begin = 1;
    boolean marked = false;
    StringBuilder sql = new StringBuilder();
    int line = 0;
    for (String one : text.split("\n", -1)) {
      line++;
      Matcher mark = MARK.matcher(one);
      if (OTHERS.matcher(one).lookingAt()) { // which would all be run, the way back as well
        throw new MigrationException(
            "%s, line %d: '%s' is another tool's: write '-- migrate:up' and '-- migrate:down'."
                .formatted(name, line, one.strip()));
      }
      if (!mark.matches()) {
        sql.append(one).append('\n');
        continue;
      }
      add(parts, name, new Part(part, options, sql.toString(), begin), marked);
      marked = true;
      part = mark.group(1).toLowerCase(Locale.ROOT);
      if (!OPTIONS.containsKey(part)) {
        throw new MigrationException(
            "%s, line %d: a part is 'up', 'down' or 'check', not '%s'."
                .formatted(name, line, part));
      }
      options = options(name, part, mark.group(2));
      begin = line + 1;
      sql.setLength(0);
    }
    add(parts, name, new Part(part, options, sql.toString(), begin), marked);
    return parts;
  }

  private static void add(List<Part> parts, String name, Part part, boolean marked) {
    if (!marked && COMMENTS.matcher(part.sql()).matches()) {
      return; // what stands above the first mark
    }
    if (parts.stream().anyMatch(other -> other.name().equals(part.name()))) {
      throw new MigrationException("%s has two parts '%s'.".formatted(name, part.name()));
    }
    parts.add(part);
  }

  private static Set<String> options(String name, String part, String text) {
    Set<String> known = Objects.requireNonNull(OPTIONS.get(part));
    Set<String> options = new HashSet<>();
    for (String option : text.strip().split("\\s+")) {
      if (!option.isEmpty() && !known.contains(option)) {
        throw new MigrationException(
            "%s: '%s' is no option of a part '%s'; there are %s."
                .formatted(name, option, part, known));
      }
      if (!option.isEmpty()) {
        options.add(option);
      }
    }
    return options;
  }

  @Nullable Part part(String wanted) {
    return parts.stream().filter(part -> part.name().equals(wanted)).findFirst().orElse(null);
  }
}
