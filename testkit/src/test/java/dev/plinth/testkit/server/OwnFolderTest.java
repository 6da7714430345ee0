package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Servers end with the JVM that started them, or with the next one.
final class OwnFolderTest {

  @Test
  void aServerOfAKilledJvmIsEndedByTheNext() throws Exception {
    Process jvm = ServerProgram.start(ServerProgram.End.HALT);
    try (BufferedReader said = jvm.inputReader();
        OutputStream tell = jvm.getOutputStream()) {
      ProcessHandle server = server(said);
      Path data = Path.of(said.readLine());

      OwnFolder.create().close();
      assertThat(ProcessTree.isRunning(server)).as("its JVM lives").isTrue();

      tell.write('\n');
      tell.flush();
      assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(jvm.exitValue()).as("it was halted").isEqualTo(1);

      OwnFolder.create().close();
      assertThat(ProcessTree.await(server, Duration.ofSeconds(30))).as("it is gone").isTrue();
      assertThat(data).doesNotExist();
      assertThat(data.getParent()).doesNotExist();
    } finally {
      jvm.destroyForcibly().waitFor();
    }
  }

  @Test
  void aServerEndsWithItsJvm() throws Exception {
    Process jvm = ServerProgram.start(ServerProgram.End.NORMAL);
    try (BufferedReader said = jvm.inputReader();
        OutputStream tell = jvm.getOutputStream()) {
      ProcessHandle server = server(said);
      Path data = Path.of(said.readLine());
      assertThat(ProcessTree.isRunning(server)).isTrue();
      assertThat(data).exists();

      tell.write('\n');
      tell.flush();
      assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(ProcessTree.await(server, Duration.ZERO)).as("it is gone already").isTrue();
      assertThat(data.getParent()).doesNotExist();
    } finally {
      jvm.destroyForcibly().waitFor();
    }
  }

  @Test
  void closingEndsAlsoWhatHangsOrDoesNotListen() throws Exception {
    ProcessHandle deaf;
    ProcessHandle hung;
    try (OwnFolder folder = OwnFolder.create()) {
      Path log = folder.path().resolve("log");
      String forever = "trap '' QUIT; echo ready; while true; do sleep 1; done # " + folder.path();
      deaf = folder.start(log, List.of("sh", "-c", forever)).toHandle();
      hung = folder.start(log, List.of("sh", "-c", forever)).toHandle();
      Awaitility.await().until(() -> Files.readAllLines(log).size() == 2);
      new ProcessTree(hung).stop();
      assertThat(ProcessTree.isRunning(deaf)).isTrue();
      assertThat(ProcessTree.isRunning(hung)).isTrue();
    }
    assertThat(ProcessTree.isRunning(deaf)).isFalse();
    assertThat(ProcessTree.isRunning(hung)).isFalse();
  }

  private static ProcessHandle server(BufferedReader said) throws Exception {
    return ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
  }
}
