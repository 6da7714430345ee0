package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No page shows a program that was not compiled and run, a command or a file that is not there.
class DocsTest {

  private static final Path ROOT = Docs.root();
  private static final Path SOURCES = ROOT.resolve("testkit/src/test/java/dev/plinth/testkit/docs");
  private static final Set<String> LANGUAGES =
      Set.of("java", "sh", "sql", "xml", "properties", "text");
  private static final int WIDEST = 80;

  // a link to somewhere else than the web or the same page
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)[^)]*\\)");

  @Test
  void everyProgramWasCompiledAndRun() {
    assertThat(unknownPrograms(Docs.blocks(ROOT), programs().values())).isEmpty();
  }

  @Test
  void everyRegionIsShown() {
    assertThat(unshown(Docs.blocks(ROOT), programs())).isEmpty();
  }

  @Test
  void theReadmeOpensWithTheQuickStart() {
    assertThat(Docs.blocks("README.md", "java").getFirst()).isEqualTo(quickStart());
  }

  @Test
  void everyCommandExists() {
    assertThat(unknownCommands(Docs.blocks(ROOT))).isEmpty();
  }

  @Test
  void everyBlockHasALanguageAndFits() {
    assertThat(misshapen(Docs.blocks(ROOT), quickStart())).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() {
    assertThat(brokenLinks(ROOT)).isEmpty();
  }

  @Test
  void wrongPagesAreReported(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("docs/guide"));
    Files.writeString(folder.resolve("LICENSE"), "");
    Files.writeString(
        folder.resolve("docs/guide/planted.md"),
        """
        [there](../../LICENSE) [web](https://example.org/x) [here](#part) [gone](absent.md#part)

        ```java
          users.fnd(id);
        ```

        ```java
            right();
        ```

        ```sh
        ./plinth tuor --json
        ./plinth tour
        ./mvnw verfy
        ./mvnw -pl kore test -Dtest=NoTest
        ./mvnw verify \\
          -Dtest=DocsTest # all of it
        rm -rf /
        ```

        ```
        no language
        ```

        ```text
        %s
        ```
        """
            .formatted("x".repeat(WIDEST + 1)));
    List<Docs.Block> blocks = Docs.blocks(folder);

    assertThat(unknownPrograms(blocks, List.of("right();")))
        .containsExactly(
            "docs/guide/planted.md:3: no compiled region has this text:\nusers.fnd(id);");
    assertThat(unshown(blocks, Map.of("right", "right();", "hidden", "hidden();")))
        .containsExactly("hidden");
    assertThat(unknownCommands(blocks))
        .containsExactly(
            "docs/guide/planted.md:11: there is no command './plinth tuor'",
            "docs/guide/planted.md:11: './mvnw verfy' has no goal that is known: verfy",
            "docs/guide/planted.md:11: './mvnw -pl kore test -Dtest=NoTest' names no module: kore",
            "docs/guide/planted.md:11: './mvnw -pl kore test -Dtest=NoTest' names no test: NoTest",
            "docs/guide/planted.md:11: 'rm -rf /' is none of ./plinth, ./mvnw and bench/run");
    assertThat(misshapen(blocks, "right();"))
        .containsExactly(
            "docs/guide/planted.md:21: '' is no language that is checked",
            "docs/guide/planted.md:25: a line is longer than 80 columns");
    assertThat(brokenLinks(folder)).containsExactly("docs/guide/planted.md: absent.md");
  }

  private static Map<String, String> programs() {
    Map<String, String> programs = new TreeMap<>(Docs.regions(SOURCES));
    programs.put("Quickstart", quickStart());
    return programs;
  }

  private static String quickStart() {
    return Docs.text(sources("examples", "Quickstart.java").getFirst()).strip();
  }

  // pages have 80 columns, sources 100, so each breaks its lines where it must
  private static String ink(String program) {
    return program.replaceAll("\\s+", "");
  }

  private static List<String> unknownPrograms(
      List<Docs.Block> blocks, Collection<String> programs) {
    List<String> known = programs.stream().map(DocsTest::ink).toList();
    return blocks.stream()
        .filter(block -> block.language().equals("java"))
        .filter(block -> !known.contains(ink(block.text())))
        .map(block -> block.where() + ": no compiled region has this text:\n" + block.text())
        .toList();
  }

  private static List<String> unshown(List<Docs.Block> blocks, Map<String, String> programs) {
    List<String> shown =
        blocks.stream()
            .filter(block -> block.language().equals("java"))
            .map(block -> ink(block.text()))
            .toList();
    return programs.keySet().stream()
        .filter(name -> !shown.contains(ink(programs.getOrDefault(name, ""))))
        .toList();
  }

  /// Blocks of unknown languages and of wide lines, but for one: a source file has its own width.
  private static List<String> misshapen(List<Docs.Block> blocks, String wide) {
    List<String> found = new ArrayList<>();
    for (Docs.Block block : blocks) {
      if (!LANGUAGES.contains(block.language())) {
        found.add(block.where() + ": '" + block.language() + "' is no language that is checked");
      }
      if (!block.text().equals(wide)
          && block.text().lines().anyMatch(line -> line.length() > WIDEST)) {
        found.add(block.where() + ": a line is longer than " + WIDEST + " columns");
      }
    }
    return found;
  }

  private static List<String> brokenLinks(Path root) {
    List<String> found = new ArrayList<>();
    for (Path page : Docs.pages(root)) {
      Matcher link = LINK.matcher(Docs.text(page));
      while (link.find()) {
        Path folder = page.getParent();
        if (folder == null || !Files.exists(folder.resolve(link.group(1)))) {
          found.add(Docs.name(root, page) + ": " + link.group(1));
        }
      }
    }
    return found;
  }

  private static List<String> unknownCommands(List<Docs.Block> blocks) {
    List<String> found = new ArrayList<>();
    for (Docs.Block block : blocks) {
      if (block.language().equals("sh")) {
        String joined = block.text().replaceAll("\\\\\n\\s*", "");
        for (String line : joined.lines().toList()) {
          String command = line.replaceFirst("\\s#.*", "").strip();
          check(command).forEach(fault -> found.add(block.where() + ": " + fault));
        }
      }
    }
    return found;
  }

  private static List<String> check(String command) {
    List<String> words = List.of(command.split("\\s+"));
    return switch (words.getFirst()) {
      case "./plinth" -> {
        boolean known =
            words.size() == 1
                || words.get(1).startsWith("-")
                || sources("cli/src/main", ".java").stream()
                    .anyMatch(file -> Docs.text(file).contains("\"" + words.get(1) + "\""));
        yield known ? List.of() : List.of("there is no command './plinth " + words.get(1) + "'");
      }
      case "./mvnw" -> checkMaven(command, words);
      case "bench/run" ->
          Files.isExecutable(ROOT.resolve("bench/run"))
              ? List.of()
              : List.of("bench/run is no program");
      default -> List.of("'" + command + "' is none of ./plinth, ./mvnw and bench/run");
    };
  }

  private static List<String> checkMaven(String command, List<String> words) {
    Set<String> goals =
        Set.of("compile", "test", "package", "verify", "install", "clean", "spotless:apply");
    List<String> found = new ArrayList<>();
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (words.get(i - 1).equals("-pl")) {
        if (!Files.exists(ROOT.resolve(word).resolve("pom.xml"))) {
          found.add("'" + command + "' names no module: " + word);
        }
      } else if (word.startsWith("-Dtest=")) {
        String test = word.substring("-Dtest=".length()).replaceFirst("#.*", "");
        if (sources("", test + ".java").isEmpty()) {
          found.add("'" + command + "' names no test: " + test);
        }
      } else if (!word.startsWith("-") && !goals.contains(word)) {
        found.add("'" + command + "' has no goal that is known: " + word);
      }
    }
    return found;
  }

  private static List<Path> sources(String folder, String end) {
    if (!Files.isDirectory(ROOT.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
      return files
          .filter(file -> file.toString().contains("src"))
          .filter(file -> file.getFileName().toString().endsWith(end))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
