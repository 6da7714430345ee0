package dev.plinth.config;

import dev.plinth.error.ConfigurationException;
import dev.plinth.error.Suggestion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the data is and how the layer behaves; see [Setting] for every setting and its default.
///
/// Made from the environment or by hand; each `with…` gives a changed copy, and every value is
/// checked there, with an error that names the setting. Its text form never shows a password.
/// Immutable, thread-safe.
public final class DatabaseConfig {

  private final Map<Setting, String> values;
  private final Clock clock;
  private final DatabaseUrl url;

  private DatabaseConfig(Map<Setting, String> values, Clock clock) {
    this.values = Collections.unmodifiableMap(new EnumMap<>(values));
    this.clock = clock;
    this.url = DatabaseUrl.parse(text(Setting.URL), "The URL");
    check();
  }

  /// All settings at their defaults: an embedded SQLite file at `data/plinth.db`.
  public static DatabaseConfig standard() {
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      values.put(setting, setting.standard());
    }
    return new DatabaseConfig(values, Clock.systemUTC());
  }

  /// The defaults with this URL.
  ///
  /// @throws ConfigurationException if the URL is none that is known
  public static DatabaseConfig of(@Nullable String url) {
    return standard().with(Setting.URL, url);
  }

  /// The configuration of the process: its environment, over a `.env` file in its directory.
  ///
  /// @throws ConfigurationException if a variable's value cannot be; the message names it
  public static DatabaseConfig fromEnvironment() {
    return from(System.getenv(), Path.of(".env"));
  }

  /// The configuration that variables say, over those of a `.env` file if it exists.
  ///
  /// The URL is the first of `DATABASE_URL`, `DATABASE_PUBLIC_URL`, `PGHOST…`, `DB_HOST…` and
  /// `SUPABASE_DB_URL` that is set (and that `DATABASE_TYPE` allows).
  public static DatabaseConfig from(Map<String, String> environment, Path dotenv) {
    return Environment.read(environment, dotenv);
  }

  /// A copy with one setting changed.
  ///
  /// @throws ConfigurationException if the value cannot be
  public DatabaseConfig with(Setting setting, @Nullable String value) {
    if (value == null) {
      throw new ConfigurationException("The setting " + setting.key() + " cannot be null.");
    }
    Map<Setting, String> changed = new EnumMap<>(values);
    changed.put(setting, value.strip());
    return new DatabaseConfig(changed, clock);
  }

  /// A copy with one setting changed, by its name in code.
  public DatabaseConfig with(String key, @Nullable String value) {
    for (Setting setting : Setting.values()) {
      if (setting.key().equals(key)) {
        return with(setting, value);
      }
    }
    throw new ConfigurationException(
        "There is no setting '" + key + "'. " + Suggestion.among(Setting.keys(), key));
  }

  /// A copy that takes the time from this clock.
  public DatabaseConfig withClock(Clock clock) {
    return new DatabaseConfig(values, clock);
  }

  /// A copy with this durability.
  public DatabaseConfig withDurability(Durability durability) {
    return with(Setting.DURABILITY, durability.name());
  }

  /// Where the data is.
  public DatabaseUrl url() {
    return url;
  }

  /// The clock of every timestamp.
  public Clock clock() {
    return clock;
  }

  /// How safe a commit is.
  public Durability durability() {
    return Durability.valueOf(text(Setting.DURABILITY).toUpperCase(Locale.ROOT));
  }

  /// A setting as text.
  public String text(Setting setting) {
    String value = values.get(setting);
    return value == null ? setting.standard() : value;
  }

  /// A setting as a whole number.
  public int number(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  /// A setting as a span of time.
  public Duration duration(Setting setting) {
    return Duration.ofNanos(Math.round(Double.parseDouble(text(setting)) * 1e9));
  }

  /// A setting as true or false.
  public boolean flag(Setting setting) {
    return text(setting).equalsIgnoreCase("true");
  }

  private void check() {
    for (Setting setting : Setting.values()) {
      switch (setting) {
        case URL, DISTRIBUTION, ROW_SECURITY_ROLE -> {}
        case FALLBACK -> checkFallback();
        case TYPE -> checkType();
        case POOL_SIZE -> atLeast(setting, 1);
        case MAX_OVERFLOW, QUEUE_LIMIT -> atLeast(setting, 0);
        case POOL_TIMEOUT,
            CONNECT_TIMEOUT,
            POOL_RECYCLE,
            LEAK_REPORT,
            REPLICA_LAG,
            SLOW_STATEMENT ->
            seconds(setting);
        case STATEMENT_TIMEOUT, SOCKET_TIMEOUT -> secondsOrNone(setting);
        case DURABILITY -> oneOf(setting, "full", "normal");
        case POOLER -> oneOf(setting, "auto", "none", "transaction");
        case ECHO -> oneOf(setting, "true", "false");
        case CURSOR_KEY -> {
          int length = text(setting).length();
          if (length > 0 && length < 16) {
            throw wrong(setting, "must have 16 characters or more");
          }
        }
      }
    }
  }

  private void checkType() {
    oneOf(Setting.TYPE, "auto", "sqlite", "duckdb", "postgresql", "supabase");
    String type = text(Setting.TYPE).toLowerCase(Locale.ROOT);
    String wanted = type.equals("supabase") ? "postgresql" : type;
    if (!wanted.equals("auto") && !wanted.equals(url.engine())) {
      throw wrong(Setting.TYPE, "contradicts the URL, which is for " + url.engine());
    }
  }

  private void checkFallback() {
    String fallback = text(Setting.FALLBACK);
    if (fallback.isEmpty()) {
      return;
    }
    DatabaseUrl other = DatabaseUrl.parse(fallback, Setting.FALLBACK.variable());
    if (!url.engine().equals("postgresql")) {
      throw wrong(Setting.FALLBACK, "stands in for a server, but the URL names none");
    }
    if (other.engine().equals("postgresql") || other.target().equals(DatabaseUrl.MEMORY)) {
      throw wrong(Setting.FALLBACK, "must be an embedded database in a file");
    }
  }

  private void atLeast(Setting setting, int least) {
    try {
      if (number(setting) >= least && number(setting) <= 1_000_000) {
        return;
      }
    } catch (NumberFormatException e) {
      // said below, with the setting's name
    }
    throw wrong(setting, "must be a whole number from " + least + " to 1000000");
  }

  private void seconds(Setting setting) {
    try {
      double seconds = Double.parseDouble(text(setting));
      if (isSpan(seconds)) {
        return;
      }
    } catch (NumberFormatException e) {
      // said below, with the setting's name
    }
    throw wrong(setting, "must be a number of seconds from 0.001 to 1000000");
  }

  private void secondsOrNone(Setting setting) {
    try {
      double seconds = Double.parseDouble(text(setting));
      if (seconds == 0 || isSpan(seconds)) {
        return;
      }
    } catch (NumberFormatException e) {
      // said below, with the setting's name
    }
    throw wrong(setting, "must be a number of seconds from 0.001 to 1000000, or 0 for none");
  }

  // what is shorter than servers and drivers count would be none, and what is longer than they
  // count
  // would fail when the database is opened
  private static boolean isSpan(double seconds) {
    return seconds >= 0.001 && seconds <= 1_000_000;
  }

  private void oneOf(Setting setting, String... allowed) {
    for (String one : allowed) {
      if (one.equalsIgnoreCase(text(setting))) {
        return;
      }
    }
    throw wrong(setting, "must be one of " + String.join(", ", allowed));
  }

  private ConfigurationException wrong(Setting setting, String rule) {
    return new ConfigurationException(
        "%s (%s) %s, but is %s."
            .formatted(
                setting.variable(),
                setting.key(),
                rule,
                setting.secret() || setting == Setting.FALLBACK
                    ? "not"
                    : "'" + text(setting) + "'"));
  }

  /// Every setting, without secrets.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("DatabaseConfig[");
    for (Setting setting : Setting.values()) {
      String value = setting == Setting.URL ? url.toString() : text(setting);
      text.append(setting == Setting.URL ? "" : ", ")
          .append(setting.key())
          .append('=')
          .append(setting.secret() && !value.isEmpty() ? "***" : value);
    }
    return text.append(']').toString();
  }
}
