package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.plinth.Database;
import dev.plinth.Transaction;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.RetryPolicy;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DatabaseException;
import dev.plinth.spi.Capability;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import dev.plinth.spi.EngineProvider;
import dev.plinth.testkit.server.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables about engines say what the engines say, opened one by one.
class EngineTablesTest {

  private static final Path GUIDE = Docs.root().resolve("docs/guide");

  private final String server = PostgresServer.shared().freshDatabase();

  @TempDir private Path folder;

  @AfterEach
  void giveBack() {
    PostgresServer.shared().giveBack(server);
  }

  private static String page(String name) {
    return Docs.text(GUIDE.resolve(name));
  }

  /// What each engine that is there can do, by its name.
  private Map<String, Set<Capability>> engines() {
    Map<String, Set<Capability>> engines = new TreeMap<>();
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      try (Engine engine = provider.open(DatabaseConfig.of(url(provider.name())))) {
        engines.put(provider.name(), engine.capabilities());
      }
    }
    return engines;
  }

  private String url(String engine) {
    return engine.equals("postgresql") ? server : engine + ":" + folder.resolve(engine);
  }

  @Test
  void everyCapabilityHasItsRow() {
    Map<String, Set<Capability>> engines = engines();
    List<String> wanted = new ArrayList<>();
    wanted.add(row("capability", engines.keySet().stream(), "what it is"));
    for (Capability capability : Capability.values()) {
      wanted.add(
          row(
              "`" + capability + "`",
              engines.values().stream().map(can -> can.contains(capability) ? "yes" : "no"),
              capability.sentence()));
    }

    List<String> table =
        page("engines.md")
            .lines()
            .dropWhile(line -> !line.startsWith("| capability |"))
            .takeWhile(line -> line.startsWith("|"))
            .filter(line -> !line.startsWith("|--"))
            .toList();
    assertThat(table)
        .as("The table of capabilities must be these lines")
        .containsExactlyElementsOf(wanted);
  }

  private static String row(String first, Stream<String> others, String last) {
    return "| " + first + " | " + others.collect(Collectors.joining(" | ")) + " | " + last + " |";
  }

  @Test
  void whateverAnEngineLacksIsExplained() {
    List<List<String>> missing = new ArrayList<>();
    engines()
        .forEach((engine, can) ->
            Arrays.stream(Capability.values())
                .filter(capability -> !can.contains(capability))
                .forEach(capability -> missing.add(List.of("`" + capability + "`", engine))));

    List<List<String>> explained = Docs.cells(page("engines.md"), "without");
    assertThat(explained.stream().map(cells -> cells.subList(0, 2)))
        .as("Each capability that an engine lacks has its row")
        .containsExactlyInAnyOrderElementsOf(missing);
    assertThat(explained).allSatisfy(cells -> assertThat(cells.get(2)).isNotBlank());
  }

  @Test
  void everyTypeOfPostgresHasItsRow() {
    List<String> declared =
        Docs.cells(page("postgresql.md"), "Java").stream().map(cells -> cells.get(1)).toList();
    EngineProvider provider =
        ServiceLoader.load(EngineProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(one -> one.name().equals("postgresql"))
            .findFirst()
            .orElseThrow();
    try (Engine engine = provider.open(DatabaseConfig.of(server))) {
      assertThat(declared)
          .containsExactlyElementsOf(
              Arrays.stream(ColumnType.values())
                  .map(type -> "`" + engine.dialect().typeName(type) + "`")
                  .toList());
    }
  }

  /// The list in the source, what the page says of it, and what is taken are the same.
  @Test
  void everyPropertyOfAServersUrlHasItsRow() {
    List<List<String>> rows = Docs.cells(page("postgresql.md"), "property");
    String source =
        Docs.text(Docs.root().resolve("core/src/main/java/dev/plinth/config/ServerUrl.java"));
    List<String> allowed =
        Pattern.compile("Map\\.entry\\(\"(\\w+)\", \"(\\w+)\"\\)")
            .matcher(source)
            .results()
            .map(found -> found.group(1))
            .toList();

    List<String> shown =
        rows.stream()
            .flatMap(cells -> Arrays.stream(cells.getFirst().split(", ")))
            .map(name -> name.replace("`", ""))
            .toList();
    assertThat(shown).containsExactlyInAnyOrderElementsOf(allowed).hasSizeGreaterThan(15);
    for (String name : shown) {
      assertThat(List.of("1", "true", "require"))
          .as("a value of %s", name)
          .anyMatch(value -> isTaken("postgresql://h/db?" + name + "=" + value));
    }
  }

  private static boolean isTaken(String url) {
    try {
      DatabaseConfig.of(url);
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }

  /// The server raises each error of the table, and the layer makes of it what the table says.
  @Test
  void everyStateOfPostgresBecomesWhatItsRowSays() {
    List<List<String>> rows = Docs.cells(page("postgresql.md"), "SQLState");
    assertThat(rows).hasSizeGreaterThan(10);
    try (Database db = Database.open(server)) {
      for (List<String> cells : rows) {
        for (String state : cells.getFirst().replace("`", "").split(", ")) {
          DatabaseException raised = raised(db, state.replace("…", "000").substring(0, 5));
          assertThat("`" + raised.getClass().getSimpleName() + "`")
              .as(state)
              .isEqualTo(cells.get(1).replaceFirst(",.*", ""));
          if (raised instanceof ConstraintException broken) {
            assertThat(cells.get(1)).as(state).endsWith("`" + broken.kind() + "`");
          }
          if (raised instanceof ConnectionException lost) {
            assertThat(lost.passing()).as(state).isEqualTo(!cells.get(1).endsWith("not passing"));
          }
        }
      }
    }
  }

  private static DatabaseException raised(Database db, String state) {
    Transaction.Options once = Transaction.Options.STANDARD.withRetries(RetryPolicy.NONE);
    return catchThrowableOfType(
        DatabaseException.class,
        () ->
            db.transaction(
                once,
                tx ->
                    db.sql(
                            "do $$ begin raise exception 'x' using errcode = '"
                                + state
                                + "'; end $$")
                        .execute()));
  }
}
