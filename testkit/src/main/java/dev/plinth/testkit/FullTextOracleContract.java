package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.samples.Article;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every engine finds the rows that a few lines of Java find: the same rows on all of them.
public interface FullTextOracleContract extends ContractBase {

  /// Words of many scripts; some are the beginnings of others.
  List<String> WORDS =
      List.of(
          "a",
          "an",
          "ant",
          "anthem",
          "fox",
          "foxes",
          "quick",
          "straße",
          "strasse",
          "größe",
          "café",
          "cafe",
          "naïve",
          "ærø",
          "œuvre",
          "łódź",
          "çay",
          "ılık",
          "ilik",
          "σίσυφος",
          "λόγος",
          "λόγο",
          "москва",
          "мо",
          "ёлка",
          "елка",
          "їжак",
          "թուխ",
          "שלום",
          "שָׁלוֹם",
          "سلام",
          "سَلَام",
          "हिन्दी",
          "हिन्द",
          "की",
          "के",
          "தமிழ்",
          "తెలుగు",
          "한국어",
          "한국",
          "ნიკო",
          "ভাষা",
          "42",
          "4",
          "007",
          "1e5",
          "5e",
          "2026",
          "٤٢",
          "४२",
          "b2b",
          "x1y2",
          "e\u0301te\u0301",
          "été");

  /// What people write between words.
  List<String> BETWEEN =
      List.of(
          " ", " ", " ", ", ", ". ", "-", " — ", "\n", "/", "@", "'", "…", "\t", "_", " & ", " «",
          "»", "“", "!", ":", "#", "+", "=", "<", ">", "|", "~", "\\", "\u00a0", "\u2028", "·", "€",
          "😀");

  /// Thousands of texts and hundreds of searches, each answered by the engine and by Java.
  @Test
  default void wordsAreThoseThatJavaFinds() {
    Random random = new Random(20_261_121);
    try (Database db = open(Article.class)) {
      Repository<Article, UUID> articles = db.repository(Article.class);
      List<Article> all = new ArrayList<>();
      for (int i = 0; i < 1_500; i++) {
        String body = random.nextInt(8) == 0 ? null : text(random);
        all.add(Article.of("a" + i, text(random), body));
      }
      articles.createAll(all);
      int found = 0;
      for (int i = 0; i < 400; i++) {
        List<Wanted> wanted = new ArrayList<>();
        for (int n = random.nextInt(4); n >= 0; n--) {
          wanted.add(Wanted.any(random));
        }
        String search =
            wanted.stream().map(one -> one.text(random)).collect(Collectors.joining(" "));
        boolean nothing = wanted.stream().allMatch(Wanted::excluded);
        List<String> expected =
            all.stream()
                .filter(row -> !nothing && wanted.stream().allMatch(one -> one.meets(row)))
                .map(Article::slug)
                .sorted()
                .toList();
        found += expected.size();
        assertThat(FullTextContract.slugs(articles.query().fullText(search)))
            .as("full text of %s, which is %s", search, wanted)
            .isEqualTo(expected);
      }
      assertThat(found).isGreaterThan(1_000);
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(7); n > 0; n--) {
      text.append(cased(any(WORDS, random), random)).append(any(BETWEEN, random));
    }
    return text.toString();
  }

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  // other capitals than these are too new for some engines
  private static String cased(String word, Random random) {
    return word.startsWith("ნ") || random.nextInt(3) > 0 ? word : word.toUpperCase(Locale.ROOT);
  }

  /// One term of a search.
  record Wanted(List<String> words, boolean prefix, boolean excluded) {

    static Wanted any(Random random) {
      List<String> words = new ArrayList<>();
      for (int n = random.nextInt(3) / 2; n >= 0; n--) {
        words.add(FullTextOracleContract.any(WORDS, random));
      }
      boolean prefix = random.nextInt(4) == 0;
      if (prefix) {
        String last = words.getLast();
        int end =
            last.offsetByCodePoints(0, 1 + random.nextInt(last.codePointCount(0, last.length())));
        words.set(words.size() - 1, last.substring(0, end));
      }
      words.replaceAll(word -> cased(word, random)); // capitals may be those of other letters
      return new Wanted(words, prefix, random.nextInt(5) == 0);
    }

    String text(Random random) {
      String all = String.join(" ", words);
      String quoted = words.size() > 1 || random.nextInt(4) == 0 ? '"' + all + '"' : all;
      return (excluded ? "-" : "") + quoted + (prefix ? "*" : "");
    }

    boolean meets(Article row) {
      return (stands(parted(row.title())) || stands(parted(row.body()))) != excluded;
    }

    private boolean stands(List<String> text) {
      for (int from = 0; from + words.size() <= text.size(); from++) {
        boolean here = true;
        for (int i = 0; i < words.size() && here; i++) {
          String word = folded(words.get(i));
          boolean begins = prefix && i == words.size() - 1;
          String there = text.get(from + i);
          here = begins ? there.startsWith(word) : there.equals(word);
        }
        if (here) {
          return true;
        }
      }
      return false;
    }
  }

  private static List<String> parted(@Nullable String text) {
    List<String> words = new ArrayList<>();
    for (String word : text == null ? new String[0] : text.split("[^\\p{L}\\p{M}\\p{Nd}]+")) {
      if (!word.isEmpty()) {
        words.add(folded(word));
      }
    }
    return words;
  }

  private static String folded(String word) {
    StringBuilder folded = new StringBuilder();
    word.codePoints().map(Character::toLowerCase).forEach(folded::appendCodePoint);
    return folded.toString().replace('ς', 'σ').replace("ß", "ss");
  }
}
