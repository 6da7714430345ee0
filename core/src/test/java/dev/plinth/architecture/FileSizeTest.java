package dev.plinth.architecture;

import static java.nio.file.FileVisitResult.CONTINUE;
import static java.nio.file.FileVisitResult.SKIP_SUBTREE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that fits in a head: no Java source has more than 400 lines.
final class FileSizeTest {
  private static final int MOST_LINES = 400;
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", "node_modules");

  @Test
  void everyFileIsShortEnough() throws IOException {
    assertThat(tooLong(Checkout.root())).isEmpty();
  }

  @Test
  void aLongFileIsReported(@TempDir Path folder) throws IOException {
    Path generated = Files.createDirectories(folder.resolve("core/target/generated"));
    write(generated.resolve("Generated.java"), MOST_LINES + 1);
    write(folder.resolve("core/Fits.java"), MOST_LINES);
    write(folder.resolve("core/Planted.java"), MOST_LINES + 1);

    assertThat(tooLong(folder)).containsExactly("core/Planted.java has 401 lines");
  }

  private static void write(Path file, int lines) throws IOException {
    Files.write(file, Collections.nCopies(lines, "// a line"));
  }

  private static List<String> tooLong(Path root) throws IOException {
    List<String> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString()) ? SKIP_SUBTREE : CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".java")) {
              int lines = Files.readAllLines(file).size();
              if (lines > MOST_LINES) {
                String name = root.relativize(file).toString().replace('\\', '/');
                found.add(name + " has " + lines + " lines");
              }
            }
            return CONTINUE;
          }
        });
    Collections.sort(found);
    return found;
  }
}
