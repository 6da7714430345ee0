package dev.plinth.architecture;

import dev.plinth.error.DatabaseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the sources and the compiled library lie.
final class Checkout {
  private Checkout() {}

  /// The root folder, whether the test was started there, in a module or by an IDE.
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("No folder above the working directory has the file mvnw.");
    }
    return folder;
  }

  /// The folder with the compiled classes of core.
  static Path classes() {
    try {
      return Path.of(
          DatabaseException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What `module-info.java` says; the tests run on the class path, so no layer could tell.
  static ModuleDescriptor module() {
    try (var in = Files.newInputStream(classes().resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
