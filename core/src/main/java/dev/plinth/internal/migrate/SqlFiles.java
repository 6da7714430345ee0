package dev.plinth.internal.migrate;

import dev.plinth.error.MigrationException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads the migrations of a folder, on disk or on the class path.
public final class SqlFiles {

  private SqlFiles() {}

  /// The files of a folder; those in folders inside it as well.
  static List<SqlFile> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new MigrationException("There is no folder '%s' with migrations.".formatted(folder));
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      List<SqlFile> files = new ArrayList<>();
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        String name = String.valueOf(path.getFileName());
        if (SqlFile.named(name)) {
          files.add(SqlFile.read(name, text(path)));
        }
      }
      return files;
    } catch (IOException e) {
      throw new MigrationException("The folder '%s' cannot be read.".formatted(folder), e);
    }
  }

  private static String text(Path path) throws IOException {
    try {
      return Files.readString(path);
    } catch (MalformedInputException e) {
      throw new MigrationException(
          "'%s' is not in UTF-8, as migrations must be.".formatted(path), e);
    }
  }

  /// The files in a folder of the class path, wherever on it that is; none if it is nowhere.
  static List<SqlFile> onClassPath(ClassLoader loader, String location) {
    List<SqlFile> files = new ArrayList<>();
    try {
      for (URL url : Collections.list(loader.getResources(location))) {
        URI uri = url.toURI();
        if ("file".equals(uri.getScheme())) {
          files.addAll(in(Path.of(uri)));
        } else {
          files.addAll(inArchive(uri));
        }
      }
    } catch (IOException | URISyntaxException e) {
      throw new MigrationException("'%s' on the class path cannot be read.".formatted(location), e);
    }
    return files;
  }

  private static List<SqlFile> inArchive(URI uri) throws IOException {
    try (FileSystem archive = FileSystems.newFileSystem(uri, Map.of())) {
      return in(archive.provider().getPath(uri));
    } catch (FileSystemAlreadyExistsException e) {
      return in(Path.of(uri)); // somebody else's, who closes it
    }
  }
}
