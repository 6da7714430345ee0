package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/// The programs of one PostgreSQL: `initdb` and `postgres`.
///
/// @param bin the folder they are in
/// @param version its major version
record PostgresBinaries(Path bin, int version) {

  private static final int BUNDLED_VERSION = 18;

  /// What comes as a jar; it is unpacked once a machine.
  static PostgresBinaries bundled() {
    return Bundled.BINARIES;
  }

  /// The newest that Debian's packages have installed here.
  static Optional<PostgresBinaries> installed() {
    Path root = Path.of("/usr/lib/postgresql");
    List<PostgresBinaries> found = new ArrayList<>();
    if (Files.isDirectory(root)) {
      try (DirectoryStream<Path> versions = Files.newDirectoryStream(root, "[0-9]*")) {
        for (Path version : versions) {
          if (Files.isExecutable(version.resolve("bin/initdb"))) {
            int number = Integer.parseInt(version.getFileName().toString());
            found.add(new PostgresBinaries(version.resolve("bin"), number));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found.stream().max(Comparator.comparingInt(PostgresBinaries::version));
  }

  String program(String name) {
    return bin.resolve(name).toString();
  }

  private static final class Bundled {

    static final PostgresBinaries BINARIES =
        new PostgresBinaries(unpacked().resolve("bin"), BUNDLED_VERSION);

    private Bundled() {}

    private static Path unpacked() {
      String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
      String machine =
          switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            case String other -> other;
          };
      String file = "/postgres-" + system + "-" + machine + ".txz";
      URL archive = PostgresBinaries.class.getResource(file);
      if (archive == null) {
        throw new IllegalStateException(
            "No PostgreSQL for this machine on the class path: " + file + " is missing.");
      }
      try {
        return unpacked(archive);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Path unpacked(URL archive) throws IOException {
      Path jar = Path.of(((JarURLConnection) archive.openConnection()).getJarFile().getName());
      Path parent = Path.of(System.getProperty("java.io.tmpdir"));
      String name = jar.getFileName().toString().replace(".jar", "");
      Path target =
          parent.resolve(
              "plinth-%s-%s-%d".formatted(System.getProperty("user.name"), name, Files.size(jar)));
      Path fresh = Files.createTempDirectory(parent, "plinth-unpack-");
      try {
        if (Files.isDirectory(target)) {
          // Everybody may write here: what somebody else has put down is not run.
          if (!Files.getOwner(target).equals(Files.getOwner(fresh))) {
            throw new IllegalStateException(target + " belongs to somebody else.");
          }
          return target;
        }
        unpack(archive, fresh);
        Files.move(fresh, target);
        return target;
      } catch (IOException e) {
        if (Files.isDirectory(target)) {
          return target; // another JVM was faster
        }
        throw e;
      } finally {
        OwnFolder.delete(fresh);
      }
    }

    private static void unpack(URL archive, Path folder) throws IOException {
      ProcessBuilder command = new ProcessBuilder("tar", "-x", "-C", folder.toString());
      Process tar = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (InputStream packed = new XZInputStream(archive.openStream());
          OutputStream out = tar.getOutputStream()) {
        packed.transferTo(out);
      }
      try {
        if (tar.waitFor() != 0) {
          throw new IOException("tar failed on " + archive);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while unpacking.", e);
      }
      // A server that runs as somebody else reads it too.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }
}
