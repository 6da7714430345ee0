package dev.plinth.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's first program, run as a newcomer runs it: in a JVM of its own, in an empty folder.
final class QuickstartTest {

  private static final Path SOURCE = Path.of("src/main/java/Quickstart.java").toAbsolutePath();
  private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";
  private static final String AT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";

  @TempDir private Path folder;

  @Test
  void itRunsAsCompiledByTheBuild() throws Exception {
    assertPrints(run("Quickstart"));
  }

  @Test
  void itRunsFromItsSource() throws Exception {
    assertPrints(run(SOURCE.toString()));
  }

  @Test
  void itRunsAgainOnTheSameFile() throws Exception {
    assertPrints(run("Quickstart"));
    assertPrints(run("Quickstart"));
    assertThat(folder.resolve("quickstart.db")).isNotEmptyFile();
  }

  @Test
  void itIsShort() throws IOException {
    List<String> lines = Files.readAllLines(SOURCE);

    assertThat(lines).hasSizeLessThan(25);
    assertThat(lines).allMatch(line -> line.length() <= 100);
  }

  private static void assertPrints(List<String> lines) {
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .matches("User\\[id=" + ID + ", name=Ada Lovelace, email=ada@example.org, deletedAt=null]");
    assertThat(lines.get(1)).matches(AT + " CREATE \\[id, name, email]");
    assertThat(lines.get(2)).matches(AT + " UPDATE \\[name]");
    assertThat(lines.get(3)).matches(AT + " SOFT_DELETE \\[deleted_at]");
  }

  // what the program prints; a warning of the JVM or of a driver would be among it
  private List<String> run(String program) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(() -> String.join("\n", lines)).isZero();
    return lines;
  }
}
