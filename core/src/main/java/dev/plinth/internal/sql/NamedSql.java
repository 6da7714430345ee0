package dev.plinth.internal.sql;

import dev.plinth.error.Suggestion;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.shape.Codec;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Dialect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Hand-written SQL with `:name` parameters, taken apart but never rewritten.
///
/// The scanner knows strings, quoted identifiers, comments (nested ones too), dollar quotes, casts
/// with `::` and operators with `?`; what it does not know it copies.
public final class NamedSql {

  private static final Set<String> CHANGING =
      Set.of("insert", "update", "delete", "replace", "merge", "truncate");

  private static final Set<String> DEFINING =
      Set.of("create", "alter", "drop", "grant", "revoke", "comment", "set", "do", "refresh");

  private static final Set<String> BEFORE_KIND =
      Set.of("or", "replace", "temp", "temporary", "constraint");

  private static final Set<String> TRANSACTION =
      Set.of("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release");

  private static final Pattern TARGET =
      Pattern.compile(
          "\\s*(?:insert\\s+into\\s+(\\w+)(?:\\s*\\(|\\s+values\\b|\\s+select\\b)"
              + "|update\\s+(\\w+)\\s+set\\b|delete\\s+from\\s+(\\w+)\\s*(?:where\\b|;|$)).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /// A stretch of text, or the name of a parameter.
  private record Part(String text, boolean parameter) {}

  private final String source;
  private final Dialect dialect;
  private final SqlScanner scanner;
  private final List<Part> parts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final List<String> words = new ArrayList<>();
  private final Set<String> called = new HashSet<>(); // what stands before a parenthesis
  private final List<String> quoted = new ArrayList<>(); // and in the end the others as well
  private final StringBuilder plain = new StringBuilder();
  private final String text; // of this statement
  private final int line;
  private int at;
  private int bodies; // that have begun and not ended, "case" among them
  private boolean inside; // a semicolon was taken for one inside a body

  /// Takes SQL apart.
  ///
  /// @throws ValidationException if it holds more than one statement, or a bare `?`
  public NamedSql(String source, Dialect dialect) {
    this(source, 0, 1, dialect);
    if (scanner.endOfBlank(at) < source.length()) {
      throw new ValidationException("db.sql runs one statement at a time: call it once for each.");
    }
  }

  private NamedSql(String source, int from, int line, Dialect dialect) {
    this.source = source;
    this.dialect = dialect;
    this.scanner = new SqlScanner(source, dialect);
    this.line = line;
    this.at = from;
    scan();
    this.text = source.substring(from, at);
    parts.add(new Part(plain.toString(), false));
    if (words.isEmpty()) {
      throw new ValidationException(
          scanner.endOfBlank(at) < source.length()
              ? "The SQL has an empty statement: behind one statement stands one semicolon."
              : "The SQL text is empty.");
    }
    if (TRANSACTION.contains(words.getFirst())) {
      throw new ValidationException(
          "db.sql does not take '%s': the layer begins and ends transactions. Use db.transaction(…)."
              .formatted(words.getFirst()));
    }
    quoted.addAll(words);
    String refusal = dialect.refusal(words, sets());
    if (refusal != null) {
      throw new ValidationException(refusal);
    }
  }

  /// The statements of a script, each on its own.
  ///
  /// @throws ValidationException if one of them is none that may be run by hand
  public static List<NamedSql> script(String script, Dialect dialect) {
    SqlScanner scanner = new SqlScanner(script, dialect);
    List<NamedSql> statements = new ArrayList<>();
    int line = 1;
    int last = 0;
    int from = scanner.endOfNothing(0);
    while (from < script.length()) {
      line += scanner.lines(last, from);
      NamedSql statement = new NamedSql(script, from, line, dialect);
      statements.add(statement);
      last = from;
      from = scanner.endOfNothing(statement.at);
    }
    return statements;
  }

  /// In which line of the script it begins, from 1.
  public int line() {
    return line;
  }

  /// Its text, as it was written.
  public String text() {
    return text;
  }

  /// Whether it only reads for certain, so that it may be run twice, and on a replica.
  public boolean reads() {
    return asks() && called.stream().allMatch(dialect::harmless);
  }

  /// Whether it asks for something; what functions in it do is another matter.
  public boolean asks() {
    return switch (words.getFirst()) {
      case "select", "values", "show", "describe" -> true;
      case "explain" -> !words.contains("analyze") || words.stream().noneMatch(CHANGING::contains);
      case "pragma" -> !sets();
      case "with" -> words.stream().noneMatch(CHANGING::contains);
      default -> false;
    };
  }

  /// Whether it changes what is stored, as far as its words tell.
  public boolean writes() {
    return !asks() && !words.getFirst().equals("set"); // which is of the transaction
  }

  /// Whether it can change rows.
  public boolean changesRows() {
    return !asks() // which may say "for update"
        && words.stream().anyMatch(CHANGING::contains)
        && !words.getFirst().equals("create")
        && !words.getFirst().equals("pragma");
  }

  /// The only table whose rows it names to be changed; null if that is not plain to see.
  public @Nullable String target() {
    Matcher named = TARGET.matcher(text);
    if (words.stream().filter(CHANGING::contains).count() != 1 || !named.matches()) {
      return null;
    }
    String table = named.group(named.start(1) >= 0 ? 1 : named.start(2) >= 0 ? 2 : 3);
    boolean alone =
        called.stream().allMatch(name -> name.equalsIgnoreCase(table) || dialect.harmless(name));
    return alone ? table : null;
  }

  /// Whether it may write at all, be it by a function.
  public boolean mayWrite() {
    return asks() ? !reads() : writes();
  }

  /// Whether it gives rows, as far as its words tell.
  public boolean givesRows() {
    return (asks() && !words.getFirst().equals("pragma"))
        || words.getFirst().equals("explain")
        || (changesRows() && words.contains("returning"));
  }

  /// Whether it gives no rows, as far as its words tell.
  public boolean givesNone() {
    return !givesRows() && (changesRows() || DEFINING.contains(words.getFirst()));
  }

  private boolean sets() {
    return text.indexOf('=') >= 0 || text.indexOf('(') >= 0;
  }

  /// The statement with these values; a collection becomes a list of parameters.
  public Prepared bind(Map<String, ? extends @Nullable Object> values) {
    for (String name : values.keySet()) {
      if (!names.contains(name)) {
        throw new ValidationException(
            "The SQL has no parameter :%s. %s".formatted(name, Suggestion.among(names, name)));
      }
    }
    SqlText sql = new SqlText();
    for (Part part : parts) {
      if (!part.parameter()) {
        sql.add(part.text());
      } else if (!values.containsKey(part.text())) {
        throw new ValidationException("The parameter :" + part.text() + " has no value.");
      } else {
        bind(part.text(), values.get(part.text()), sql);
      }
    }
    return sql.byHand("run '" + words.getFirst() + "'", dialect.lasts(quoted));
  }

  private static void bind(String name, @Nullable Object value, SqlText sql) {
    if (!(value instanceof Collection<?> list)) {
      bindOne(name, value, sql);
    } else if (list.isEmpty()) {
      sql.add("select null where 1 = 0"); // inside "in (…)": no value at all
    } else {
      boolean first = true;
      for (Object one : list) {
        sql.add(first ? "" : ", ");
        bindOne(name, one, sql);
        first = false;
      }
    }
  }

  private static void bindOne(String name, @Nullable Object value, SqlText sql) {
    if (value == null) {
      sql.add("?", ColumnType.JSON, null); // the type whose nulls engines take for any other's
      return;
    }
    ColumnType type = Codec.typeOf(value);
    if (type == null) {
      throw new ValidationException(
          "The parameter :%s has the type %s, which no column can hold."
              .formatted(name, value.getClass().getName()));
    }
    sql.add("?", type, Codec.plain(type, ":" + name).encoder().apply(value));
  }

  private void scan() {
    while (at < source.length()) {
      char c = source.charAt(at);
      int blank = scanner.endOfBlank(at);
      if (blank > at) {
        copyTo(blank);
      } else if (c == ';' && words.isEmpty()) {
        at++; // nothing was said yet
      } else if (c == ';' && !inBody()) {
        at++;
        break;
      } else if (c == ';') {
        inside = true;
        copyTo(at + 1);
      } else {
        token(c);
      }
    }
    if (inside && inBody()) { // else what comes behind would be taken for a part of it
      throw new ValidationException("The SQL has a body that begins and does not end.");
    }
  }

  // the statements in the body of a trigger or a function end in a semicolon each, and the body in
  // "end"
  private boolean inBody() {
    return bodies > 0;
  }

  // a column may be called "begin", too
  private void noteBody(String word) {
    if (words.size() < 3 || !words.getFirst().equals("create")) {
      return;
    }
    String made = made();
    boolean opened =
        switch (made) {
          case "trigger" -> word.equals("begin");
          case "function", "procedure" ->
              word.equals("atomic") && words.get(words.size() - 2).equals("begin");
          default -> false;
        };
    if (opened || (bodies > 0 && word.equals("case"))) {
      bodies++;
    } else if (bodies > 0 && word.equals("end")) {
      bodies--;
    }
  }

  // what "create" makes
  private String made() {
    return words.stream()
        .skip(1)
        .filter(word -> !BEFORE_KIND.contains(word))
        .findFirst()
        .orElse("");
  }

  private void token(char c) {
    if (c == '\'' || c == '"' || c == '`') {
      int end =
          c == '\'' && scanner.afterE(at) ? scanner.endOfEscaped(at) : scanner.endOfQuoted(at, c);
      if (c == '"') {
        boolean escaped = at > 1 && source.regionMatches(true, at - 2, "u&", 0, 2);
        String name = source.substring(at + 1, end - 1).toLowerCase(Locale.ROOT);
        quoted.add(escaped ? "u&" : name);
        noteCall(name, end);
      }
      copyTo(end);
    } else if (c == '['
        && dialect.bracketsQuote()
        && !SqlScanner.isIdentifier(scanner.previous(at))) {
      int end = source.indexOf(']', at);
      copyTo(end < 0 ? source.length() : end + 1);
    } else if (c == '$' && scanner.endOfDollarQuote(at) > 0) {
      copyTo(scanner.endOfDollarQuote(at));
    } else if (c == ':' && source.startsWith("::", at)) {
      copyTo(at + 2);
    } else if (c == ':' && at + 1 < source.length() && SqlScanner.isStart(source.charAt(at + 1))) {
      parameter();
    } else if (dialect.parameterMarks().indexOf(c) >= 0
        && at + 1 < source.length()
        && SqlScanner.isIdentifier(source.charAt(at + 1))) {
      throw new ValidationException(
          "The SQL has a parameter '%s%s…'. Give parameters names with a colon: ':name'."
              .formatted(c, source.charAt(at + 1)));
    } else if (c == '?') {
      String literal = dialect.literalQuestionMark();
      if (literal == null) {
        throw new ValidationException(
            "The SQL has a parameter '?'. Give parameters names: ':name', and bind them by name.");
      }
      plain.append(literal);
      at++;
    } else if (SqlScanner.isStart(c)) {
      int end = at;
      while (end < source.length() && SqlScanner.isIdentifier(source.charAt(end))) {
        end++;
      }
      String word = source.substring(at, end).toLowerCase(Locale.ROOT);
      words.add(word);
      if (scanner.previous(at) != '.') {
        noteBody(word);
      }
      noteCall(word, end);
      copyTo(end);
    } else if (SqlScanner.isIdentifier(c)) { // a number, whose letters are no word
      int end = at;
      while (end < source.length() && SqlScanner.isIdentifier(source.charAt(end))) {
        end++;
      }
      copyTo(end);
    } else {
      copyTo(at + 1);
    }
  }

  private void noteCall(String name, int end) {
    int next = end;
    while (next < source.length() && Character.isWhitespace(source.charAt(next))) {
      next++;
    }
    if (next < source.length() && source.charAt(next) == '(') {
      called.add(name);
    }
  }

  private void parameter() {
    int end = at + 1;
    while (end < source.length() && SqlScanner.isIdentifier(source.charAt(end))) {
      end++;
    }
    String name = source.substring(at + 1, end);
    parts.add(new Part(plain.toString(), false));
    parts.add(new Part(name, true));
    names.add(name);
    plain.setLength(0);
    at = end;
  }

  private void copyTo(int end) {
    plain.append(source, at, end);
    at = end;
  }
}
