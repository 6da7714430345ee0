package dev.plinth.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.testkit.Marker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes are found wherever they are, however they overlap.
final class MarkerTest {

  private static List<Integer> ends(String wanted, String sent) {
    Marker marker = Marker.text(wanted).get();
    List<Integer> found = new ArrayList<>();
    byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (marker.endsWith(bytes[i])) {
        found.add(i + 1);
      }
    }
    return found;
  }

  @Test
  void overlappingPlacesAreFound() {
    assertThat(ends("aab", "aaab")).containsExactly(4);
    assertThat(ends("aa", "aaaa")).containsExactly(2, 3, 4);
    assertThat(ends("abab", "abababxabab")).containsExactly(4, 6, 11);
    assertThat(ends("é", "éxé")).containsExactly(2, 5);
    assertThat(ends("x", "")).isEmpty();
    assertThatThrownBy(() -> ends("", "x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itFindsWhatASlowSearchFinds() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      String wanted = letters(random, 1 + random.nextInt(5));
      String sent = letters(random, random.nextInt(40));
      List<Integer> expected = new ArrayList<>();
      for (int at = sent.indexOf(wanted); at >= 0; at = sent.indexOf(wanted, at + 1)) {
        expected.add(at + wanted.length());
      }
      assertThat(ends(wanted, sent)).as("%s in %s", wanted, sent).isEqualTo(expected);
    }
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'a', 'c')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
