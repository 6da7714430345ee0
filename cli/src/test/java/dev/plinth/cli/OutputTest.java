package dev.plinth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Standard output: UTF-8 wherever it runs, and told apart by why it broke.
final class OutputTest {

  @Test
  void textIsUtf8() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Output output = new Output(bytes);

    output.writer().println("Münster → Þorlákshöfn");

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("Münster → Þorlákshöfn");
    assertThat(output.isBroken()).isFalse();
    assertThat(output.complaint()).isNull();
  }

  @Test
  void aClosedPipeIsNothingToComplainAbout() {
    Output output = broken("Broken pipe");

    assertThat(output.isBroken()).isTrue();
    assertThat(output.complaint()).isNull();
  }

  @Test
  void aFullDiskIs() {
    Output output = broken("No space left on device");

    assertThat(output.isBroken()).isTrue();
    assertThat(output.complaint()).contains("No space left on device");
  }

  private static Output broken(String why) {
    Output output =
        new Output(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException(why);
              }
            });
    output.writer().println("text");
    return output;
  }
}
