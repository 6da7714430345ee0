package dev.plinth.examples.modular;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Runs the programs on the module path of a JVM of their own: only there are packages closed.
final class ModularTest {

  private static final String MODULE = "dev.plinth.examples.modular";

  @Test
  void aPrivateRecordInAClosedPackageWorksWithALookup() throws Exception {
    assertThat(run("Notes")).containsExactly("feed the cat");
  }

  @Test
  void aClosedPackageIsAnErrorThatPrintsTheLineToAdd() throws Exception {
    assertThat(run("Closed"))
        .singleElement()
        .asString()
        .contains("opens " + MODULE + " to dev.plinth;")
        .contains("MethodHandles.lookup()");
  }

  @Test
  void anOpenedPackageNeedsNoLookup() throws Exception {
    assertThat(run("shop.Shop"))
        .containsExactly("chair {legs=4}", "desk {}", "Ada 2 true", "Price[name=desk, cents=0]");
  }

  private static List<String> run(String program) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=org.xerial.sqlitejdbc",
                "--module-path",
                modulePath(),
                "--module",
                MODULE + "/" + MODULE + "." + program)
            .redirectErrorStream(true)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(() -> String.join("\n", lines)).isZero();
    return lines;
  }

  private static String modulePath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes")) // of this package too, and no module
        .collect(Collectors.joining(File.pathSeparator));
  }
}
