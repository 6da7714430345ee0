package dev.plinth.internal.engine;

import dev.plinth.error.ConnectionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// The path of an embedded engine's file.
public final class FilePath {

  private FilePath() {}

  /// The absolute path that a URL names, whose folder is made if it is missing.
  ///
  /// @throws ConnectionException if no file can be there
  public static Path prepared(String target) {
    try {
      Path path = Path.of(target).toAbsolutePath().normalize();
      if (Files.isDirectory(path)) {
        throw new ConnectionException(path + " is a folder; name a file in it.");
      }
      Path folder = path.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return path;
    } catch (IOException e) {
      throw new ConnectionException(
          "The folder of " + target + " cannot be made: " + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw new ConnectionException(target + " is no path of a file: " + e.getReason(), e);
    }
  }
}
