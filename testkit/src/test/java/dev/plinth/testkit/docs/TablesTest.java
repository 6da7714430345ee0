package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.plinth.config.DatabaseConfig;
import dev.plinth.config.Setting;
import dev.plinth.error.AccessException;
import dev.plinth.error.ConfigurationException;
import dev.plinth.error.ConflictException;
import dev.plinth.error.ConnectionException;
import dev.plinth.error.ConstraintException;
import dev.plinth.error.DataException;
import dev.plinth.error.DatabaseException;
import dev.plinth.error.MappingException;
import dev.plinth.error.MigrationException;
import dev.plinth.error.NotFoundException;
import dev.plinth.error.OutcomeUnknownException;
import dev.plinth.error.QueryException;
import dev.plinth.error.StaleVersionException;
import dev.plinth.error.StorageException;
import dev.plinth.error.TimeoutException;
import dev.plinth.error.TransactionException;
import dev.plinth.error.UnsupportedException;
import dev.plinth.error.ValidationException;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.spi.ColumnType;
import dev.plinth.spi.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tables of the documentation have a row for everything that is there, and for nothing else.
class TablesTest {

  private static final Path GUIDE = Docs.root().resolve("docs/guide");

  @Test
  void everySettingHasItsRow() {
    assertThat(Docs.rows(Docs.text(GUIDE.resolve("configuration.md")), "setting"))
        .as("The table of settings must be these lines")
        .containsExactlyElementsOf(settings());
  }

  @Test
  void everyErrorHasItsRow() {
    assertThat(firstCells(Docs.text(GUIDE.resolve("errors.md")), "exception"))
        .containsExactlyInAnyOrderElementsOf(errors());
  }

  @Test
  void everyAnnotationHasItsRow() throws IOException {
    Path entity = Docs.root().resolve("core/src/main/java/dev/plinth/entity");
    List<String> annotations;
    try (Stream<Path> files = Files.list(entity)) {
      annotations =
          files
              .filter(file -> Docs.text(file).contains("public @interface"))
              .map(file -> "`@" + file.getFileName().toString().replace(".java", "`"))
              .toList();
    }
    assertThat(firstCells(Docs.text(GUIDE.resolve("records.md")), "annotation"))
        .containsExactlyInAnyOrderElementsOf(annotations)
        .hasSizeGreaterThan(10);
  }

  @Test
  void everyPragmaHasItsRow() {
    String source =
        Docs.text(
            Docs.root()
                .resolve("core/src/main/java/dev/plinth/internal/engine/sqlite/SqliteFile.java"));
    List<String> pragmas =
        Pattern.compile("pragmas\\.add\\(\"(\\w+) =")
            .matcher(source)
            .results()
            .map(found -> "`" + found.group(1) + "`")
            .toList();
    assertThat(firstCells(Docs.text(GUIDE.resolve("sqlite.md")), "pragma"))
        .containsExactlyElementsOf(pragmas)
        .hasSizeGreaterThan(5);
  }

  @Test
  void everyStoredTypeHasItsRow() {
    List<String> declared =
        Docs.rows(Docs.text(GUIDE.resolve("sqlite.md")), "Java").stream()
            .map(row -> row.split("\\|")[2].strip())
            .toList();
    try (Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"))) {
      assertThat(declared)
          .containsExactlyElementsOf(
              Arrays.stream(ColumnType.values())
                  .map(type -> "`" + engine.dialect().typeName(type) + "`")
                  .toList());
    }
  }

  @Test
  void theSampleOfAnEnvFileIsOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve(".env");
    Files.writeString(file, Docs.blocks("docs/guide/configuration.md", "properties").getFirst());

    DatabaseConfig config = DatabaseConfig.from(Map.of("DB_POOL_SIZE", "9"), file);

    assertThat(config.url().target()).isEqualTo("data/shop.db");
    assertThat(config.number(Setting.POOL_SIZE)).isEqualTo(9);
    assertThat(config.text(Setting.CURSOR_KEY)).isEqualTo("a secret of 16 or more");
  }

  @Test
  void everySampleOfAnEnvFileCanBeRead(@TempDir Path folder) throws IOException {
    List<Docs.Block> samples =
        Docs.blocks(Docs.root()).stream()
            .filter(block -> block.language().equals("properties"))
            .toList();
    assertThat(samples).hasSizeGreaterThan(1);
    for (Docs.Block sample : samples) {
      Path file = folder.resolve(".env");
      Files.writeString(file, sample.text());
      assertThatCode(() -> DatabaseConfig.from(Map.of(), file))
          .as(sample.where())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theCoordinatesAreThoseOfTheBuild() {
    String pom = Docs.text(Docs.root().resolve("core/pom.xml"));
    for (String page : List.of("README.md", "docs/guide/getting-started.md")) {
      String block = Docs.blocks(page, "xml").getFirst();
      assertThat(block).contains("<groupId>dev.plinth</groupId>", "plinth-core");
      assertThat(pom).contains(line(block, "version").strip(), line(block, "artifactId").strip());
    }
  }

  @Test
  void theDriversVersionIsThatOfTheBuild() {
    String pom = Docs.text(Docs.root().resolve("pom.xml"));
    String block = Docs.blocks("docs/guide/getting-started.md", "xml").getLast();

    assertThat(block).contains("<artifactId>postgresql</artifactId>");
    assertThat(pom)
        .contains(line(block, "version").strip().replace("version>", "postgresql.version>"));
    assertThat(Docs.blocks("docs/guide/postgresql.md", "xml")).containsExactly(block);
  }

  private static String line(String xml, String tag) {
    return xml.lines().filter(line -> line.contains("<" + tag + ">")).findFirst().orElseThrow();
  }

  @Test
  void everyDependencyIsDecidedOn() {
    String pom = Docs.text(Docs.root().resolve("pom.xml"));
    String decision = Docs.text(Docs.root().resolve("docs/decisions/0011-dependencies.md"));

    assertThat(undecided(pom, decision)).isEmpty();
    assertThat(undecided(pom, "`picocli` only")).contains("sqlite-jdbc").doesNotContain("picocli");
  }

  private static List<String> undecided(String pom, String decision) {
    String managed =
        pom.substring(
            pom.indexOf("<dependencyManagement>"), pom.indexOf("</dependencyManagement>"));
    return Pattern.compile("<artifactId>([^<]+)<")
        .matcher(managed)
        .results()
        .map(found -> found.group(1))
        .filter(name -> !name.startsWith("plinth-"))
        .filter(name -> !decision.matches("(?s).*[`:]" + Pattern.quote(name) + "`.*"))
        .toList();
  }

  @Test
  void wrongTablesAreSeen() {
    String page =
        """
        | setting | variable |
        |---|---|
        | `url` | `DATABASE_URL` |
        | `gone` | `GONE` |

        | exception | code |
        |---|---|
        | `NotFoundException` | `NOT_FOUND` |
        """;
    assertThat(Docs.rows(page, "setting"))
        .containsExactly("| `url` | `DATABASE_URL` |", "| `gone` | `GONE` |")
        .isNotEqualTo(settings());
    assertThat(firstCells(page, "exception"))
        .containsExactly("`NotFoundException` | `NOT_FOUND`")
        .isNotEqualTo(errors());
    assertThat(Docs.rows(page, "absent")).isEmpty();
  }

  private static List<String> settings() {
    return Arrays.stream(Setting.values())
        .map(setting ->
            "| `%s` | `%s` | %s | %s |"
                .formatted(
                    setting.key(),
                    setting.variable(),
                    setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`",
                    setting.sentence()))
        .map(row -> row.replace("|  |", "| |"))
        .toList();
  }

  /// The first two cells of each row that there must be: the class and one of its codes.
  private static List<String> errors() {
    List<DatabaseException> samples = new ArrayList<>();
    for (ConstraintException.Kind kind : ConstraintException.Kind.values()) {
      samples.add(new ConstraintException(kind, null, List.of(), null, "", null));
    }
    samples.addAll(
        List.of(
            new AccessException(""),
            new ConfigurationException(""),
            new ConflictException(""),
            new ConnectionException(""),
            new DataException(""),
            new MappingException(""),
            new MigrationException(""),
            new NotFoundException("", ""),
            new OutcomeUnknownException(""),
            new QueryException(""),
            new StaleVersionException("", "", 1, 2),
            new StorageException(""),
            new TimeoutException(""),
            new TransactionException(""),
            new UnsupportedException(""),
            new ValidationException("")));
    assertThat(samples.stream().<Class<?>>map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(DatabaseException.class.getPermittedSubclasses());
    return samples.stream()
        .map(error -> "`" + error.getClass().getSimpleName() + "` | `" + error.code() + "`")
        .toList();
  }

  /// The first cell of each row; for errors, whose class has several codes, the first two.
  private static List<String> firstCells(String page, String heading) {
    int cells = heading.equals("exception") ? 2 : 1;
    return Docs.rows(page, heading).stream()
        .map(row -> row.substring(1).split("\\|"))
        .map(parts ->
            Arrays.stream(parts, 0, cells).map(String::strip).collect(Collectors.joining(" | ")))
        .toList();
  }
}
