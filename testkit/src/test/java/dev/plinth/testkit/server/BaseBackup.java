package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/// Copies the data of a node that runs, as `pg_basebackup` does, which the bundle lacks.
final class BaseBackup {

  /// The server makes their content anew, or sends it to the copy afterwards.
  private static final Set<String> EMPTY =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "standby.signal", "backup_label");

  private BaseBackup() {}

  /// Copies what a node has; the rest the copy is sent when it follows that node.
  static void copy(PostgresNode from, Path to) throws SQLException {
    // Both calls must come from one session: it ends the backup if it dies.
    try (Connection connection = from.open();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('a standby', true)");
      copy(from.data(), to);
      try (ResultSet row = statement.executeQuery("select * from pg_backup_stop(false)")) {
        row.next();
        Files.writeString(to.resolve("backup_label"), row.getString("labelfile"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            // With its attributes: a folder that others may read is refused.
            Files.copy(folder, target(folder), StandardCopyOption.COPY_ATTRIBUTES);
            boolean leftEmpty = EMPTY.contains(from.relativize(folder).toString());
            return leftEmpty ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!LEFT_OUT.contains(from.relativize(file).toString())) {
              try {
                Files.copy(file, target(file), StandardCopyOption.COPY_ATTRIBUTES);
              } catch (NoSuchFileException _) {
                // The log of the changes says that it went.
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          private Path target(Path file) {
            return to.resolve(from.relativize(file).toString());
          }
        });
  }
}
