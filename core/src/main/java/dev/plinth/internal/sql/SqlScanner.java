package dev.plinth.internal.sql;

import dev.plinth.error.ValidationException;
import dev.plinth.spi.Dialect;

/// Where the parts of SQL text end that may hold anything: strings, names, comments, dollar quotes.
///
/// @param source the text
record SqlScanner(String source, Dialect dialect) {

  // E'…' is a string in which a backslash makes the next character one of its own
  boolean afterE(int at) {
    return at > 0
        && Character.toLowerCase(source.charAt(at - 1)) == 'e'
        && (at == 1 || !isIdentifier(source.charAt(at - 2)));
  }

  int endOfEscaped(int at) {
    for (int end = at + 1; end < source.length(); end++) {
      char c = source.charAt(end);
      if (c == '\\') {
        end++;
      } else if (c == '\'' && end + 1 < source.length() && source.charAt(end + 1) == '\'') {
        end++;
      } else if (c == '\'') {
        return end + 1;
      }
    }
    throw new ValidationException("The SQL has a quote that does not end.");
  }

  int endOfQuoted(int at, char quote) {
    int end = at + 1;
    while (end < source.length()) {
      if (source.charAt(end) == quote) {
        if (end + 1 < source.length() && source.charAt(end + 1) == quote) {
          end++; // a doubled quote stands for itself
        } else {
          return end + 1;
        }
      }
      end++;
    }
    throw new ValidationException("The SQL has a quote that does not end.");
  }

  int endOfComment(int at) {
    int depth = 0;
    for (int end = at; end < source.length() - 1; end++) {
      if (source.startsWith("/*", end)) {
        depth++;
        end++;
      } else if (source.startsWith("*/", end)) {
        depth--;
        end++;
        if (depth == 0 || !dialect.nestsComments()) {
          return end + 1;
        }
      }
    }
    throw new ValidationException("The SQL has a comment that does not end.");
  }

  int endOfDollarQuote(int at) {
    if (isIdentifier(previous(at))) {
      return -1;
    }
    int tagEnd = at + 1;
    while (tagEnd < source.length() && isIdentifier(source.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd >= source.length() || source.charAt(tagEnd) != '$') {
      return -1;
    }
    String tag = source.substring(at, tagEnd + 1);
    int end = source.indexOf(tag, tagEnd + 1);
    if (end < 0) {
      throw new ValidationException("The SQL has a quote that does not end.");
    }
    return end + tag.length();
  }

  char previous(int at) {
    return at == 0 ? ' ' : source.charAt(at - 1);
  }

  static boolean isStart(char c) {
    return Character.isLetter(c) || c == '_';
  }

  static boolean isIdentifier(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /// The first place from one on that is neither blank nor in a comment.
  int endOfBlank(int from) {
    int at = from;
    while (at < source.length()) {
      if (Character.isWhitespace(source.charAt(at))) {
        at++;
      } else if (source.startsWith("--", at)) {
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
      } else if (source.startsWith("/*", at)) {
        at = endOfComment(at);
      } else {
        break;
      }
    }
    return at;
  }

  /// As [#endOfBlank], behind statements that are nothing but a semicolon as well.
  int endOfNothing(int from) {
    int at = endOfBlank(from);
    while (at < source.length() && source.charAt(at) == ';') {
      at = endOfBlank(at + 1);
    }
    return at;
  }

  /// How many lines end between two places.
  int lines(int from, int to) {
    int lines = 0;
    for (int i = from; i < to; i++) {
      if (source.charAt(i) == '\n') {
        lines++;
      }
    }
    return lines;
  }
}
