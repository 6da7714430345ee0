package dev.plinth.cli;

import static dev.plinth.cli.Shell.plinth;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line itself: help, version, errors and exit codes.
final class MainTest {

  @TempDir private Path folder;

  @Test
  void helpListsTheCommands() {
    Shell help = plinth("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: plinth", "Commands:", "tour", "--version", "--debug");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelp() {
    Shell help = plinth("tour", "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: plinth tour", "--folder", "--json");
    assertThat(plinth("help", "tour").out()).isEqualTo(help.out());
  }

  @Test
  void versionIsTheBuilds() {
    Shell version = plinth("--version");

    assertThat(version.code()).isZero();
    assertThat(version.out()).matches("plinth \\d+\\.\\d+\\.\\d+\\S*\\RJava 25\\S*\\R");
  }

  @Test
  void aMistypedCommandIsAnsweredWithTheNearest() {
    Shell typo = plinth("tuor");

    assertThat(typo.code()).isEqualTo(2);
    assertThat(typo.out()).isEmpty();
    assertThat(typo.err()).contains("'tuor'", "Did you mean 'tour'?", "plinth --help");
  }

  @Test
  void aMistypedOptionIsAnsweredWithTheNearest() {
    Shell typo = plinth("tour", "--jsn");

    assertThat(typo.code()).isEqualTo(2);
    assertThat(typo.err()).contains("'--jsn'", "Did you mean '--json'?", "plinth tour --help");
  }

  @Test
  void noCommandIsAUsageError() {
    Shell nothing = plinth();

    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("plinth --help");
  }

  @Test
  void aFileThatIsThereIsNotTouched() throws IOException {
    Path file = Files.writeString(folder.resolve("cities.db"), "mine");

    Shell refused = plinth("tour", "--folder", folder.toString());

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains(file.toString(), "is there already");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aFailureIsOneTypedLine() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "");

    Shell failed = plinth("tour", "--json", "--folder", file.resolve("below").toString());

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).startsWith("plinth: CONNECTION_ERROR: ").hasLineCount(1);
  }

  @Test
  void debugShowsWhereAFailureComesFrom() throws IOException {
    String below = Files.writeString(folder.resolve("a-file"), "").resolve("below").toString();

    assertThat(plinth("tour", "--debug", "--json", "--folder", below).err())
        .contains("CONNECTION_ERROR", "\tat dev.plinth.");
    assertThat(plinth("-v", "tour", "--json", "--folder", below).err())
        .contains("CONNECTION_ERROR", "\tat dev.plinth.");
  }

  @Test
  void aReaderWhoLeavesEndsTheTourQuietly() {
    StringWriter err = new StringWriter();

    int code =
        Main.commandLine()
            .setOut(new PrintWriter(new Pipe(500)))
            .setErr(new PrintWriter(err))
            .execute("tour", "--folder", folder.toString());

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).isEmpty();
  }

  /// Takes some characters and breaks, as `| head` does.
  private static final class Pipe extends Writer {

    private int room;

    Pipe(int room) {
      this.room = room;
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      room -= length;
      if (room < 0) {
        throw new IOException("Broken pipe");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
