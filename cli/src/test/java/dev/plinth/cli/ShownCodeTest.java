package dev.plinth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the tour shows as code is the code that it runs.
final class ShownCodeTest {

  private static final Path TOUR = Path.of("src/main/java/dev/plinth/cli/tour");
  private static final Pattern SHOWN = Pattern.compile("\"\"\"\\R(.*?)\"\"\"", Pattern.DOTALL);

  @Test
  void everyShownLineIsRun() throws IOException {
    int shown = 0;
    try (Stream<Path> files = Files.list(TOUR)) {
      for (Path file : files.toList()) {
        String source = Files.readString(file);
        assertThat(notRun(source)).as(file.toString()).isEmpty();
        shown += (int) SHOWN.matcher(source).results().count();
      }
    }
    assertThat(shown).isGreaterThan(20);
  }

  @Test
  void aLineThatIsOnlyShownIsReported() {
    String planted =
        """
        step(\"""
            cities.find(1L);\""");
        cities.find(2L);
        """;

    assertThat(notRun(planted)).containsExactly("cities.find(1L);");
  }

  private static List<String> notRun(String source) {
    String run = dense(SHOWN.matcher(source).replaceAll(""));
    List<String> missing = new ArrayList<>();
    SHOWN
        .matcher(source)
        .results()
        .map(shown -> shown.group(1).strip())
        .filter(code -> !run.contains(dense(code)))
        .forEach(missing::add);
    return missing;
  }

  // the formatter breaks lines where it likes
  private static String dense(String code) {
    return code.replaceAll("\\s+", "");
  }
}
