package dev.plinth.spi;

import dev.plinth.error.ValidationException;
import java.util.ArrayList;
import java.util.List;

/// Words of a full-text search that stand one behind the other; mostly it is a single one.
///
/// Immutable, thread-safe.
///
/// @param words one or more, each of letters, digits and the marks on them
/// @param prefix whether the last word is only the beginning of one
/// @param excluded whether rows that have them are not wanted
public record Term(List<String> words, boolean prefix, boolean excluded) {

  /// The most words that a search may have.
  public static final int MAX_WORDS = 100;

  /// The most characters that a word of a search may have.
  public static final int MAX_LENGTH = 500;

  /// What a text that people typed asks for: `quick "brown fox" -lazy pre*`.
  ///
  /// Every text means something: what is neither a word nor one of these signs parts words. Words
  /// with signs between them, as in `e-mail`, stand one behind the other.
  ///
  /// @throws ValidationException if there are more words, or longer ones, than a search may have
  public static List<Term> of(String text) {
    List<Term> terms = new ArrayList<>();
    int words = 0;
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
        at += Character.charCount(point);
        continue;
      }
      boolean excluded = point == '-';
      int start = excluded ? at + 1 : at;
      boolean quoted = start < text.length() && text.charAt(start) == '"';
      int end = quoted ? closing(text, start + 1) : chunk(text, start);
      String piece = text.substring(quoted ? start + 1 : start, end);
      at = quoted && end < text.length() ? end + 1 : end;
      boolean prefix = !quoted && piece.endsWith("*");
      if (quoted && at < text.length() && text.charAt(at) == '*') {
        prefix = true;
        at++;
      }
      List<String> found = words(piece);
      words += found.size();
      if (!found.isEmpty()) {
        terms.add(new Term(found, prefix && endsInWord(piece), excluded));
      }
    }
    if (words > MAX_WORDS) {
      throw new ValidationException(
          "A full-text search has at most %d words, not %d.".formatted(MAX_WORDS, words));
    }
    return List.copyOf(terms);
  }

  private static int closing(String text, int from) {
    int quote = text.indexOf('"', from);
    return quote < 0 ? text.length() : quote;
  }

  private static int chunk(String text, int from) {
    int at = from;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (point == '"' || Character.isWhitespace(point) || Character.isSpaceChar(point)) {
        break;
      }
      at += Character.charCount(point);
    }
    return at;
  }

  private static boolean endsInWord(String piece) {
    String before = piece.endsWith("*") ? piece.substring(0, piece.length() - 1) : piece;
    return !before.isEmpty() && inWord(before.codePointBefore(before.length()));
  }

  private static List<String> words(String piece) {
    List<String> words = new ArrayList<>(1);
    StringBuilder word = new StringBuilder();
    piece
        .codePoints()
        .forEach(point -> {
          if (inWord(point)) {
            word.appendCodePoint(point);
          } else {
            end(word, words);
          }
        });
    end(word, words);
    return List.copyOf(words);
  }

  private static void end(StringBuilder word, List<String> words) {
    if (word.length() > MAX_LENGTH) {
      throw new ValidationException(
          "A word of a full-text search has at most %d characters, not %d."
              .formatted(MAX_LENGTH, word.length()));
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean inWord(int point) {
    return switch (Character.getType(point)) {
      case Character.DECIMAL_DIGIT_NUMBER,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK ->
          true;
      default -> Character.isLetter(point);
    };
  }

  /// Without the words, which may be secret.
  @Override
  public String toString() {
    return (excluded ? "-" : "") + words.size() + " words" + (prefix ? "*" : "");
  }
}
