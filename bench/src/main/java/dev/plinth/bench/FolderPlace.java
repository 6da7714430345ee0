package dev.plinth.bench;

import dev.plinth.config.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder of its own for files.
final class FolderPlace implements Place {

  private final String scheme;
  private final Path folder;
  private int files;

  /// A new folder in another.
  FolderPlace(String scheme, Path parent) {
    this.scheme = scheme;
    try {
      this.folder = Files.createTempDirectory(Files.createDirectories(parent), "bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String fresh() {
    return url(next());
  }

  private Path next() {
    return folder.resolve("users" + files++ + ".db");
  }

  private String url(Path file) {
    return scheme + ":" + file;
  }

  @Override
  public void settle(String store) {} // its last user does when it leaves

  @Override
  public String copy(String store) {
    try {
      return url(Files.copy(Path.of(DatabaseUrl.parse(store, "The store").target()), next()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
