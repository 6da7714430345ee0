package dev.plinth.error;

import java.util.Collection;
import java.util.Locale;

/// Finds the name that somebody probably meant.
public final class Suggestion {

  private Suggestion() {}

  /// A sentence that offers the nearest of the known names, or else lists them.
  ///
  /// "Nearest" is by Levenshtein distance over lower-cased names, at most a third of the length.
  public static String among(Collection<String> known, String given) {
    String best = null;
    int bestDistance = Math.max(2, given.length() / 3) + 1;
    for (String name : known) {
      int distance = distance(bare(name), bare(given));
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return best != null
        ? "Did you mean '" + best + "'?"
        : known.isEmpty() ? "There are none." : "There are: " + String.join(", ", known) + ".";
  }

  private static String bare(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  // Vladimir Levenshtein, 1966; two rows of the matrix suffice.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
