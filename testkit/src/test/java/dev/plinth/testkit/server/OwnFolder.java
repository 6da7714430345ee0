package dev.plinth.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A temporary folder with the processes that live in it, both gone once it is closed.
///
/// It lies in memory where there is enough: what dies with its test needs no disk. The folder's name
/// says which JVM it belongs to. When that was killed, its servers run on with nobody to end them:
/// whoever makes the next folder does it. Thread-safe.
final class OwnFolder implements AutoCloseable {

  private static final String START = "plinth-test-";
  private static final Pattern NAME = Pattern.compile(START + "(\\d+)-(\\d+)-.*");

  /// How far two readings of a process's start may lie apart: the clock may have been set.
  private static final Duration SAME_START = Duration.ofSeconds(10);

  private static final Path DISK = Path.of(System.getProperty("java.io.tmpdir"));
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 4L << 30;

  private static final Set<OwnFolder> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(OwnFolder::close)));
  }

  private final Path path;
  private final Unprivileged way;
  private final Queue<Process> processes = new ConcurrentLinkedQueue<>();

  private OwnFolder(Path path, Unprivileged way) {
    this.path = path;
    this.way = way;
  }

  /// Makes a folder, and ends what killed JVMs have left behind.
  static OwnFolder create() {
    return create(Unprivileged.here());
  }

  /// As [#create()], for servers that are run in this way.
  static OwnFolder create(Unprivileged way) {
    removeOrphans();
    ProcessHandle self = ProcessHandle.current();
    String name = START + self.pid() + "-" + start(self).toEpochMilli() + "-";
    try {
      OwnFolder folder = new OwnFolder(Files.createTempDirectory(parent(), name), way);
      OPEN.add(folder);
      way.give(folder.path);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path parent() throws IOException {
    boolean enough =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH;
    return enough ? MEMORY : DISK;
  }

  Path path() {
    return path;
  }

  /// How the servers in here are run.
  Unprivileged way() {
    return way;
  }

  /// Starts a process that must not outlive this folder; what it says goes to a file.
  ///
  /// Its command line must name a file in here: by that it is known again.
  Process start(Path log, List<String> command) {
    try {
      Process process = builder(log, command).start();
      processes.add(process);
      Files.writeString(path.resolve(process.pid() + ".pid"), "");
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a process to its end; what it says goes to a file.
  ///
  /// @throws IllegalStateException with what it said, if it fails
  void run(Path log, List<String> command) {
    try {
      Process process = builder(log, command).start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " failed: " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted at " + command + ".", e);
    }
  }

  private ProcessBuilder builder(Path log, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(way.command(command));
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .directory(path.toFile());
    Map<String, String> environment = builder.environment();
    // PGPORT and its like would change what a server does; a locale that is not installed stops it.
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /// Ends all processes, in whatever state they are, and removes the folder. Harmless when repeated.
  @Override
  public void close() {
    List<ProcessTree> alive =
        processes.stream()
            .filter(Process::isAlive)
            .map(process -> new ProcessTree(process.toHandle()))
            .toList();
    // The gentle way first: a postmaster that is killed leaves a segment of shared memory.
    ProcessTree.signal("QUIT", alive.stream().map(ProcessTree::root).toList());
    alive.forEach(ProcessTree::resume);
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    for (ProcessTree tree : alive) {
      if (!ProcessTree.await(tree.root(), Duration.ofNanos(end - System.nanoTime()))) {
        tree.kill();
      }
    }
    delete(path);
    OPEN.remove(this);
  }

  /// Ends the processes and removes the folders of JVMs that are gone.
  static void removeOrphans() {
    for (Path parent : List.of(MEMORY, DISK)) {
      if (Files.isDirectory(parent)) {
        removeOrphans(parent);
      }
    }
  }

  private static void removeOrphans(Path parent) {
    List<Path> orphans = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, START + "*")) {
      for (Path folder : found) {
        Matcher name = NAME.matcher(folder.getFileName().toString());
        if (name.matches() && Files.isWritable(folder)) {
          Instant start = Instant.ofEpochMilli(Long.parseLong(name.group(2)));
          if (!lives(Long.parseLong(name.group(1)), start)) {
            orphans.add(folder);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Path folder : orphans) {
      started(folder).forEach(process -> new ProcessTree(process).kill());
      delete(folder);
    }
  }

  private static boolean lives(long pid, Instant start) {
    return ProcessHandle.of(pid)
        .filter(found -> Duration.between(start(found), start).abs().compareTo(SAME_START) < 0)
        .isPresent();
  }

  private static Instant start(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  private static List<ProcessHandle> started(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d+\\.pid"))
          .map(name -> Long.parseLong(name.substring(0, name.length() - ".pid".length())))
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          // Its number may belong to another process by now.
          .filter(
              one -> one.info().commandLine().orElse("").contains(folder.getFileName().toString()))
          .toList();
    } catch (IOException _) {
      return List.of(); // somebody else removes it at the same time
    }
  }

  /// Removes a folder with all that is in it, though others may be at it too.
  static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e)
                throws IOException {
              Files.deleteIfExists(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
