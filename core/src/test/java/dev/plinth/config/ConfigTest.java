package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.plinth.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a configuration comes from, which source wins, and what is refused.
final class ConfigTest {

  private static final Path NONE = Path.of("no", "such", ".env");

  @TempDir Path folder;

  @Test
  void withoutAnythingItIsAnEmbeddedFile() {
    DatabaseConfig config = from();
    assertThat(config.url()).isEqualTo(new DatabaseUrl("sqlite", "data/plinth.db"));
    assertThat(config.number(Setting.POOL_SIZE)).isEqualTo(5);
    assertThat(config.number(Setting.POOL_SIZE) + config.number(Setting.MAX_OVERFLOW))
        .isEqualTo(20);
    assertThat(config.duration(Setting.POOL_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.durability()).isEqualTo(Durability.FULL);
    assertThat(config.flag(Setting.ECHO)).isFalse();
    assertThat(config.toString()).isEqualTo(DatabaseConfig.standard().toString());
  }

  @Test
  void theFirstSourceThatIsSetWins() {
    Map<String, String> sources = new LinkedHashMap<>();
    sources.put("DATABASE_URL", "postgresql://u:p@first/db");
    sources.put("DATABASE_PUBLIC_URL", "postgresql://u:p@second/db");
    sources.put("PGHOST", "third");
    sources.put("DB_HOST", "fourth");
    sources.put("SUPABASE_DB_URL", "postgresql://u:p@fifth/db");
    Map<String, String> left = new LinkedHashMap<>(sources);
    for (String expected : List.of("first", "second", "third", "fourth", "fifth")) {
      assertThat(DatabaseConfig.from(left, NONE).url().target()).contains(expected);
      String removed = left.keySet().iterator().next();
      left.put(removed, " "); // empty is not set
      assertThat(DatabaseConfig.from(left, NONE).url().target()).doesNotContain(expected);
      left.remove(removed);
    }
    assertThat(DatabaseConfig.from(left, NONE).url().target()).isEqualTo("data/plinth.db");
    assertThat(DatabaseConfig.from(sources, NONE).with(Setting.URL, "mine.db").url().target())
        .isEqualTo("mine.db");
  }

  @Test
  void serversAreNamedByParts() {
    assertThat(from("PGHOST", "db.example.org").url().target())
        .isEqualTo("postgres@db.example.org:5432/postgres");
    DatabaseConfig full =
        from(
            "PGHOST",
            "h",
            "PGPORT",
            "6543",
            "PGUSER",
            "ada",
            "PGPASSWORD",
            "p@s/s:w%r d",
            "PGDATABASE",
            "shop");
    assertThat(full.url().engine()).isEqualTo("postgresql");
    assertThat(full.url().target()).isEqualTo("ada:p%40s%2Fs%3Aw%25r%20d@h:6543/shop");
    assertThat(full.toString()).doesNotContain("p@s").doesNotContain("p%40s");
    assertThat(from("DB_HOST", "h", "DB_USER", "u", "DB_NAME", "n", "DB_PORT", "1").url().target())
        .isEqualTo("u@h:1/n");
  }

  @Test
  void whatProtectsTheConnectionIsTakenFromTheSameVariables() {
    String[] server = {"PGHOST", "h", "PGUSER", "u"};
    assertThat(
            from(plus(plus(server, "PGSSLMODE", "verify-full"), "PGSSLROOTCERT", "/a b.pem"))
                .url()
                .target())
        .isEqualTo("u@h:5432/u?sslmode=verify-full&sslrootcert=%2Fa%20b.pem");
    assertThat(from("DB_HOST", "h", "DB_USER", "u", "PGSSLMODE", "require").url().target())
        .as("of another family")
        .isEqualTo("u@h:5432/u");
  }

  @Test
  void hostsMayBeSeveralOrAddresses() {
    assertThat(from("PGHOST", "a,b", "PGPORT", "1,2").url().target())
        .isEqualTo("postgres@a:1,b:2/postgres");
    assertThat(from("PGHOST", "a, ::1").url().target())
        .isEqualTo("postgres@a:5432,[::1]:5432/postgres");
    assertWrong("PGPORT", "PGHOST", "a,b,c", "PGPORT", "1,2");
    assertWrong("PGHOST", "PGHOST", "/var/run/postgresql");
  }

  @Test
  void theTypeChoosesAmongSources() {
    String[] both = {"PGHOST", "server", "SUPABASE_DB_URL", "postgresql://u:p@supa/db"};
    assertThat(from(both).url().target()).contains("server");
    assertThat(from(plus(both, "DATABASE_TYPE", "supabase")).url().target()).contains("supa");
    assertThat(from(plus(both, "DATABASE_TYPE", "POSTGRESQL")).url().target()).contains("server");
    assertThat(from(plus(both, "DATABASE_TYPE", "sqlite")).url().target())
        .isEqualTo("data/plinth.db");
    assertThat(from(plus(both, "DATABASE_PROVIDER", "supabase")).url().target()).contains("supa");
    assertThat(from("DATABASE_TYPE", "duckdb").url().engine()).isEqualTo("duckdb");
    assertThat(from("DATABASE_TYPE", "auto", "DATABASE_URL", "bot.db").url().engine())
        .isEqualTo("sqlite");
    assertThat(from("DATABASE_TYPE", "sqlite", "DATABASE_PROVIDER", "SQLite").url().engine())
        .isEqualTo("sqlite");
  }

  @ParameterizedTest
  @CsvSource({
    "DATABASE_TYPE, postgresql, bot.db",
    "DATABASE_TYPE, sqlite, postgresql://u:hunter2@h/db",
    "DATABASE_TYPE, supabase, duckdb:x",
    "DATABASE_TYPE, duckdb, sqlite:x.db",
    "DATABASE_PROVIDER, postgresql, bot.db",
    "DATABASE_PROVIDER, sqlite, postgres://u:hunter2@h/db",
    "DATABASE_PROVIDER, supabase, sqlite:x.db"
  })
  void aTypeThatContradictsTheUrlIsAnErrorThatNamesIt(String variable, String type, String url) {
    assertWrong(variable, variable, type, "DATABASE_URL", url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "postgres", "sqllite", "1", "sqlite3", "true"})
  void anUnknownTypeIsAnError(String type) {
    assertWrong("DATABASE_TYPE", "DATABASE_TYPE", type);
    assertWrong("DATABASE_PROVIDER", "DATABASE_PROVIDER", type);
  }

  @Test
  void aTypeWithoutAPlaceIsAnError() {
    assertWrong("DATABASE_TYPE", "DATABASE_TYPE", "postgresql");
    assertWrong("DATABASE_PROVIDER", "DATABASE_PROVIDER", "supabase");
    assertWrong("DATABASE_PROVIDER", "DATABASE_TYPE", "sqlite", "DATABASE_PROVIDER", "duckdb");
  }

  @ParameterizedTest
  @CsvSource({
    "DB_POOL_SIZE, ten",
    "DB_POOL_SIZE, 0",
    "DB_POOL_SIZE, -1",
    "DB_POOL_SIZE, 1.5",
    "DB_POOL_SIZE, 1e3",
    "DB_POOL_SIZE, 99999999999",
    "DB_POOL_SIZE, 0x10",
    "DB_MAX_OVERFLOW, many",
    "DB_MAX_OVERFLOW, -1",
    "DB_QUEUE_LIMIT, -1",
    "DB_QUEUE_LIMIT, x",
    "DB_POOL_TIMEOUT, soon",
    "DB_POOL_TIMEOUT, 0",
    "DB_POOL_TIMEOUT, -1",
    "DB_POOL_TIMEOUT, NaN",
    "DB_POOL_TIMEOUT, Infinity",
    "DB_POOL_TIMEOUT, 1e300",
    "DB_POOL_TIMEOUT, 5s",
    "DB_POOL_TIMEOUT, 0.0004",
    "DB_POOL_TIMEOUT, 1000001",
    "DB_CONNECT_TIMEOUT, 3000000",
    "DB_STATEMENT_TIMEOUT, 0.0004",
    "DB_STATEMENT_TIMEOUT, 5000000",
    "DB_SOCKET_TIMEOUT, 3000000",
    "DB_SOCKET_TIMEOUT, -1",
    "DB_SLOW_STATEMENT, fast",
    "DB_ECHO, yes",
    "DB_ECHO, 1",
    "DB_DURABILITY, most",
    "PLINTH_CURSOR_KEY, tooshort"
  })
  void aValueThatCannotBeIsAnErrorThatNamesItsVariable(String variable, String value) {
    ConfigurationException e = assertWrong(variable, variable, value);
    if (variable.equals("PLINTH_CURSOR_KEY")) {
      assertThat(e).hasMessageNotContaining(value);
    } else {
      assertThat(e).hasMessageContaining(value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0", "65536", "99999", "-1", "5432x", "5432/other?x=y"})
  void aPortThatCannotBeIsAnError(String port) {
    assertWrong("PGPORT", "PGHOST", "h", "PGPORT", port, "PGPASSWORD", "hunter2");
    assertWrong("DB_PORT", "DB_HOST", "h", "DB_PORT", port, "DB_PASSWORD", "hunter2");
  }

  /// What is wrong with a fallback may be that it is a server, and then it has a password.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://ada:hunter2@h/db",
        "postgresql://h/db?user=ada&password=hunter2",
        "mysql://ada:hunter2@h/db",
        "sqlite:shop.db?key=hunter2",
        "sqlite::memory:"
      })
  void aFallbackThatCannotBeIsAnErrorThatDoesNotShowIt(String fallback) {
    assertWrong("DB_FALLBACK", "DATABASE_URL", "postgresql://h/db", "DB_FALLBACK", fallback);
    assertWrong("DB_FALLBACK", "DATABASE_URL", "sqlite:shop.db", "DB_FALLBACK", fallback);
  }

  @Test
  void goodValuesAreTaken() {
    DatabaseConfig config =
        from(
            "DB_POOL_SIZE",
            " 10 ",
            "DB_MAX_OVERFLOW",
            "0",
            "DB_POOL_TIMEOUT",
            "0.25",
            "DB_STATEMENT_TIMEOUT",
            "0",
            "DB_SOCKET_TIMEOUT",
            "1000000",
            "DB_CONNECT_TIMEOUT",
            "0.001",
            "DB_ECHO",
            "TRUE",
            "DB_DURABILITY",
            "Normal",
            "PLINTH_CURSOR_KEY",
            "0123456789abcdef");
    assertThat(config.number(Setting.POOL_SIZE)).isEqualTo(10);
    assertThat(config.number(Setting.MAX_OVERFLOW)).isZero();
    assertThat(config.duration(Setting.POOL_TIMEOUT)).isEqualTo(Duration.ofMillis(250));
    assertThat(config.flag(Setting.ECHO)).isTrue();
    assertThat(config.durability()).isEqualTo(Durability.NORMAL);
    assertThat(config.toString()).doesNotContain("0123456789abcdef").contains("poolSize=10");
  }

  @Test
  void theFileIsReadAsShellsWriteIt() throws IOException {
    Path file =
        env(
            "# a comment",
            "",
            "export DATABASE_URL = \"dir with # and = in it/shop.db\" # the shop",
            "DB_POOL_SIZE=7 # seven",
            "  DB_ECHO='true'",
            "PLINTH_CURSOR_KEY=\"0123456789=#abcdef\"\r",
            "DB_MAX_OVERFLOW=",
            "OTHER=a#b");
    DatabaseConfig config = DatabaseConfig.from(Map.of(), file);
    assertThat(config.url().target()).isEqualTo("dir with # and = in it/shop.db");
    assertThat(config.number(Setting.POOL_SIZE)).isEqualTo(7);
    assertThat(config.flag(Setting.ECHO)).isTrue();
    assertThat(config.text(Setting.CURSOR_KEY)).isEqualTo("0123456789=#abcdef");
    assertThat(config.number(Setting.MAX_OVERFLOW)).isEqualTo(15);
  }

  @Test
  void theEnvironmentWinsOverTheFile() throws IOException {
    Path file = env("DATABASE_URL=file.db", "DB_POOL_SIZE=7");
    Map<String, String> environment = new HashMap<>(Map.of("DATABASE_URL", "environment.db"));
    DatabaseConfig config = DatabaseConfig.from(environment, file);
    assertThat(config.url().target()).isEqualTo("environment.db");
    assertThat(config.number(Setting.POOL_SIZE)).isEqualTo(7);
    environment.put("DATABASE_URL", "");
    assertThat(DatabaseConfig.from(environment, file).url().target()).isEqualTo("file.db");
    assertThat(DatabaseConfig.from(Map.of(), folder).url().target()).isEqualTo("data/plinth.db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DATABASE_URL hunter2", "=hunter2", "hunter2", "1A=hunter2", "A B=hunter2"})
  void aLineThatCannotBeIsNamedButNotRepeated(String line) throws IOException {
    Path file = env("DB_ECHO=true", line);
    assertThatThrownBy(() -> DatabaseConfig.from(Map.of(), file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining(".env")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aFileThatIsNoTextIsAnError() throws IOException {
    Path file = folder.resolve(".env");
    Files.write(file, new byte[] {'A', '=', (byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> DatabaseConfig.from(Map.of(), file))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void settingsAreOneTable() {
    Set<String> names = new HashSet<>();
    for (Setting setting : Setting.values()) {
      assertThat(names.add(setting.key())).isTrue();
      assertThat(names.add(setting.variable())).isTrue();
      assertThat(setting.sentence()).endsWith(".");
      DatabaseConfig config = DatabaseConfig.standard();
      assertThat(config.text(setting)).isEqualTo(setting.standard());
      assertThat(config.with(setting.key(), setting.standard()).toString())
          .isEqualTo(config.toString());
      assertThat(config.toString()).contains(setting.key() + "=");
    }
    assertThatThrownBy(() -> DatabaseConfig.standard().with("poolSise", "3"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'poolSise'")
        .hasMessageContaining("'poolSize'");
  }

  @Test
  void configurationsAreValues() {
    DatabaseConfig one = DatabaseConfig.of("one.db");
    DatabaseConfig two = one.with(Setting.POOL_SIZE, "9").withDurability(Durability.NORMAL);
    assertThat(one.number(Setting.POOL_SIZE)).isEqualTo(5);
    assertThat(one.durability()).isEqualTo(Durability.FULL);
    assertThat(two.number(Setting.POOL_SIZE)).isEqualTo(9);
    assertThat(two.url()).isEqualTo(one.url());
    assertThat(catchThrowable(() -> one.with(Setting.POOL_SIZE, "0")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("poolSize");
  }

  private Path env(String... lines) throws IOException {
    Path file = folder.resolve(".env");
    Files.write(file, List.of(lines));
    return file;
  }

  private static DatabaseConfig from(String... namesAndValues) {
    return DatabaseConfig.from(map(namesAndValues), NONE);
  }

  private static ConfigurationException assertWrong(String named, String... namesAndValues) {
    Throwable thrown = catchThrowable(() -> from(namesAndValues));
    assertThat(thrown)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(named)
        .hasMessageNotContaining("hunter2");
    return (ConfigurationException) thrown;
  }

  private static Map<String, String> map(String... namesAndValues) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static String[] plus(String[] some, String name, String value) {
    String[] more = java.util.Arrays.copyOf(some, some.length + 2);
    more[some.length] = name;
    more[some.length + 1] = value;
    return more;
  }

  @Test
  void autoContradictsNothing() {
    DatabaseConfig config =
        DatabaseConfig.from(Map.of("DATABASE_TYPE", "sqlite", "DATABASE_PROVIDER", "auto"), NONE);
    assertThat(config.text(Setting.TYPE)).isEqualTo("sqlite");
    config =
        DatabaseConfig.from(Map.of("DATABASE_TYPE", "auto", "DATABASE_PROVIDER", "sqlite"), NONE);
    assertThat(config.text(Setting.TYPE)).isEqualTo("sqlite");
  }

  @Test
  void aByteOrderMarkIsNoPartOfAName() throws IOException {
    Path file = Files.writeString(folder.resolve(".env"), "\uFEFFDB_POOL_SIZE=7\n");
    assertThat(DatabaseConfig.from(Map.of(), file).number(Setting.POOL_SIZE)).isEqualTo(7);
  }
}
