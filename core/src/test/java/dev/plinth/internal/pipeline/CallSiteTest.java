package dev.plinth.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// That the layer knows its own frames from those of its callers.
final class CallSiteTest {

  @Test
  void everyPackageOfTheLayerIsItsOwn() throws IOException {
    try (Stream<Path> packages = Files.list(Path.of("src/main/java/dev/plinth"))) {
      assertThat(CallSite.OWN)
          .isEqualTo(
              packages
                  .filter(Files::isDirectory)
                  .map(folder -> folder.getFileName().toString())
                  .collect(Collectors.toSet()));
    }
  }

  @Test
  void thereMayBeNobodyElse() {
    // this test is in the layer's own package: the first other frames are those of JUnit
    assertThat(CallSite.here()).startsWith("org.junit.");
  }
}
