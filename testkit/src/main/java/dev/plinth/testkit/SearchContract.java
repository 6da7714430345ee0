package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.entity.Audited;
import dev.plinth.entity.FullText;
import dev.plinth.entity.Id;
import dev.plinth.entity.Searchable;
import dev.plinth.entity.Secret;
import dev.plinth.error.MappingException;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.testkit.samples.Article;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Search as people do it: upper and lower case alike, in every script, and nothing is a wildcard.
public interface SearchContract extends ContractBase {

  /// A city under the names it goes by.
  @Audited(false)
  record Town(@Id long id, String name, String local, String country) {}

  /// Names in the scripts that a list of all cities has.
  List<List<String>> TOWNS =
      List.of(
          List.of("Zurich", "ZÜRICH", "Schweiz"),
          List.of("Munich", "München", "Deutschland"),
          List.of("Weissenburg", "Weißenburg, Hauptstraße", "Deutschland"),
          List.of("Istanbul", "İstanbul", "Türkiye"),
          List.of("Athens", "ΑΘΗΝΑ", "Ελλάς"),
          List.of("Moscow", "МОСКВА", "Россия"),
          List.of("Beijing", "北京市", "中国"),
          List.of("Cairo", "القاهرة", "مصر"),
          List.of("Tbilisi", "თბილისი", "საქართველო"),
          List.of("Reykjavik", "REYKJAVÍK", "Ísland"),
          List.of("Hanoi", "Hà Nội", "Việt Nam"),
          List.of("Tel Aviv", "תל אביב", "ישראל"),
          List.of("Odd", "100%_\\", "'\"*?[a]"));

  @Test
  default void bothCasesAreAlike() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertFound(towns, "zürich", "Zurich");
      assertFound(towns, "ZÜR", "Zurich");
      assertFound(towns, "MÜNCHEN", "Munich");
      assertFound(towns, "reykjavík", "Reykjavik");
      assertFound(towns, "αθηνα", "Athens");
      assertFound(towns, "москва", "Moscow");
      assertFound(towns, "МоСкВа", "Moscow");
      assertFound(towns, "hà nội", "Hanoi");
      assertFound(towns, "北京", "Beijing");
      assertFound(towns, "القاهرة", "Cairo");
      assertFound(towns, "თბილისი", "Tbilisi");
      assertFound(towns, "תל", "Tel Aviv");
      assertFound(towns, "straße", "Weissenburg");
      assertFound(towns, "ISLAND");
      assertFound(towns, "ísland", "Reykjavik");
    }
  }

  /// What a text finds, that text in capitals and in small letters finds as well.
  @Test
  default void everyNameFindsItselfInEitherCase() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      for (List<String> town : TOWNS) {
        for (String text : town) {
          // letter by letter: as a whole "İ" would become two characters, which is another text
          String small =
              text.codePoints()
                  .map(Character::toLowerCase)
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                  .toString();
          for (String written : List.of(text, small, text.toUpperCase(Locale.ROOT))) {
            assertThat(towns.query().search(written, "name", "local", "country").list())
                .as("'%s' for '%s'", written, text)
                .extracting(Town::name)
                .contains(town.getFirst());
          }
        }
      }
    }
  }

  /// The letters that fold in unusual ways fold in one way, whichever side they stand on.
  @Test
  default void unusualLettersFoldAlikeOnBothSides() {
    List<List<String>> alike =
        List.of(
            List.of("ΣΊΣΥΦΟΣ", "σίσυφοσ", "σίσυφος", "Σίσυφος"),
            List.of("ÄÖÜ", "äöü", "Äöü"),
            List.of("STRASSE", "straße", "Straße", "STRAẞE"),
            List.of("ǅ", "ǆ", "Ǆ"),
            List.of("K", "k", "\u212A"), // the sign for kelvin
            List.of("ÅNGSTRÖM", "ångström"),
            List.of("𐐀", "𐐨")); // letters beyond 16 bits have cases too
    for (List<String> texts : alike) {
      try (Database db = open(Town.class)) {
        Repository<Town, Long> towns = db.repository(Town.class);
        towns.query().purge();
        for (String text : texts) {
          towns.create(new Town(0, text, "", ""));
        }
        for (String text : texts) {
          assertThat(towns.query().search(text, Town::name).count())
              .as("'%s' among %s", text, texts)
              .isEqualTo(texts.size());
        }
      }
    }
  }

  /// Some letters change with their place in a word; a search does not know the place.
  @Test
  default void aPieceOfAWordIsFoundWhateverItsEnd() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = db.repository(Town.class);
      towns.create(new Town(0, "ΣΊΣΥΦΟΣ", "Straße", ""));
      for (String piece : List.of("ΣΊΣ", "σίσ", "σίς", "ΦΟΣ", "φος", "φοσ", "ΟΣ")) {
        assertThat(towns.query().search(piece, Town::name).exists()).as(piece).isTrue();
      }
      for (String piece : List.of("ASS", "ass", "aß", "SSE", "ße")) {
        assertThat(towns.query().search(piece, Town::local).exists()).as(piece).isTrue();
      }
    }
  }

  @Test
  default void dottedAndDotlessIAreNotLost() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertFound(towns, "İstanbul", "Istanbul");
      assertFound(towns, "İSTANBUL", "Istanbul");
      assertFound(towns, "istanbul", "Istanbul");
      assertFound(towns, "ISTANBUL", "Istanbul");
    }
  }

  @Test
  default void nothingIsAWildcard() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      for (String text : List.of("%", "_", "\\", "*", "?", "[", "'", "\"", "100%_\\", "'\"*?[a]")) {
        assertFound(towns, text, "Odd");
      }
      assertFound(towns, "Z%h");
      assertFound(towns, "Zur_ch");
      assertFound(towns, "[A-Z]");
      assertFound(towns, "' or '1'='1");
    }
  }

  @Test
  default void itLooksIntoTheNamedColumnsAndNoOther() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertThat(towns.query().search("deutschland", Town::name).list()).isEmpty();
      assertThat(towns.query().search("deutschland", Town::country).count()).isEqualTo(2);
      assertThat(towns.query().search("MUN", Town::name, Town::local).count()).isEqualTo(1);
      assertThat(towns.query().search("schweiz", "name", "country").count()).isEqualTo(1);
      assertThat(
              towns.query().search("deutschland", Town::country).search("mün", Town::local).list())
          .extracting(Town::name)
          .containsExactly("Munich");
      assertThat(
              towns
                  .where(Filter.not(Filter.search("deutschland", Town::country)))
                  .orderBy(Order.ascending(Town::id))
                  .count())
          .isEqualTo(TOWNS.size() - 2);
    }
  }

  @Test
  default void theEmptyTextIsInEveryText() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertThat(towns.query().search("", Town::name).count()).isEqualTo(TOWNS.size());
    }
  }

  @Test
  default void rowsWithoutAValueAreNotFound() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = db.repository(Town.class);
      towns.create(new Town(0, "Here", null, null));
      assertThat(towns.query().search("x", Town::local).exists()).isFalse();
      assertThat(towns.query().search("", Town::local).exists()).isFalse();
      assertThat(towns.query().search("here", Town::local, Town::name).exists()).isTrue();
      assertThat(towns.where(Filter.not(Filter.search("x", Town::local))).count()).isEqualTo(1);
    }
  }

  @Test
  default void aSearchNeedsColumnsOfText() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertThatThrownBy(() -> towns.query().search("x", List.<String>of().toArray(String[]::new)))
          .isInstanceOf(ValidationException.class);
      assertThatThrownBy(() -> towns.query().search("1", Town::id).list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("id");
    }
  }

  /// Without names it looks into what the record declares, and into nothing else.
  @Test
  default void aSearchWithoutNamesLooksIntoWhatIsDeclared() {
    try (Database db = open(Article.class, Town.class)) {
      Repository<Article, UUID> articles = db.repository(Article.class);
      articles.createAll(
          List.of(
              Article.of("john-1", "About John", "a"),
              Article.of("b", "JOHN", "a"),
              Article.of("c", "Nobody", "john"),
              Article.of("d", "100%", "a")));
      assertThat(articles.query().search("john").list())
          .extracting(Article::slug)
          .containsExactlyInAnyOrder("john-1", "b");
      assertThat(articles.query().search("%").list())
          .extracting(Article::slug)
          .containsExactly("d");
      assertThat(articles.query().search("john").search("about").count()).isEqualTo(1);
      assertThat(articles.where(Filter.not(Filter.search("john"))).count()).isEqualTo(2);
      assertThat(articles.query().search("john", Article::body).count()).isEqualTo(1);
      assertThat(db.table("articles").query().search("JOHN").count()).isEqualTo(2);
      assertThat(db.table("articles").query().search("JOHN", "body").count()).isEqualTo(1);
    }
  }

  @Test
  default void aSearchWithoutNamesNeedsADeclaration() {
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = towns(db);
      assertThatThrownBy(() -> towns.query().search("x").list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("@Searchable");
      assertThatThrownBy(() -> towns.query().fullText("x").list())
          .isInstanceOf(ValidationException.class)
          .hasMessageContaining("@FullText");
    }
  }

  /// A text with a component that must not be searched.
  record Hidden(@Id long id, @Searchable @Secret String code) {}

  /// A number is no text.
  record Counted(@Id long id, @FullText long words) {}

  @Test
  default void onlyOpenTextIsDeclaredForSearches() {
    try (Database db = open()) {
      assertThatThrownBy(() -> db.repository(Hidden.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("Hidden.code")
          .hasMessageContaining("@Searchable")
          .hasMessageContaining("@Secret");
      assertThatThrownBy(() -> db.repository(Counted.class))
          .isInstanceOf(MappingException.class)
          .hasMessageContaining("Counted.words")
          .hasMessageContaining("@FullText");
    }
  }

  /// What a search must find, by the letters: down, up, and down again, each by itself.
  private static String folded(String text) {
    StringBuilder down = new StringBuilder();
    text.codePoints().map(Character::toLowerCase).forEach(down::appendCodePoint);
    StringBuilder folded = new StringBuilder();
    down.toString()
        .toUpperCase(Locale.ROOT)
        .codePoints()
        .map(Character::toLowerCase)
        .forEach(folded::appendCodePoint);
    return folded.toString();
  }

  /// Texts of letters that make trouble, found by each other's pieces: the same on every engine.
  @Test
  default void piecesAreThoseThatJavaFinds() {
    List<String> letters =
        List.of(
            "a", "A", "i", "I", "İ", "ı", "i\u0307", "ß", "ẞ", "ss", "SS", "Σ", "σ", "ς", "é", "É",
            "e\u0301", "E\u0301", "ö", "Ö", "ŉ", "ǰ", "ΐ", "ﬁ", "ﬀ", "ſ", "\u212a", "k", "ǅ", "µ",
            "μ", "Μ", "ᾳ", "ᾼ", "ͅ", "ა", "ж", "Ж", "Ա", "և", "ＡＢ", "ａｂ", "%", "_", "\\", "'", "\"",
            "*", "?", "[", "]", "😀", "𐐀", "𐐨", "北", "ك", "\u200d", " ", "\t", "\n", "\u00a0",
            "Ꭰ", "Ⅷ", "ⅷ", "Ⓐ", "ⓐ");
    Random random = new Random(2_113);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(5); n >= 0; n--) {
        text.append(letters.get(random.nextInt(letters.size())));
      }
      texts.add(text.toString());
    }
    try (Database db = open(Town.class)) {
      Repository<Town, Long> towns = db.repository(Town.class);
      towns.createAll(texts.stream().map(text -> new Town(0, text, "", "")).toList());
      int found = 0;
      for (int i = 0; i < 150; i++) {
        String text = texts.get(random.nextInt(texts.size()));
        String piece =
            text.substring(
                0,
                text.offsetByCodePoints(
                    0, 1 + random.nextInt(2) % text.codePointCount(0, text.length())));
        String typed = random.nextBoolean() ? piece : piece.toUpperCase(Locale.ROOT);
        List<String> expected =
            texts.stream().filter(one -> folded(one).contains(folded(typed))).sorted().toList();
        found += expected.size();
        assertThat(towns.query().search(typed, Town::name).list())
            .as("'%s'", typed)
            .extracting(Town::name)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(found).isGreaterThan(1_000);
      assertThatThrownBy(() -> towns.query().search("a\u0000", Town::name).list())
          .isInstanceOf(ValidationException.class);
    }
  }

  private static Repository<Town, Long> towns(Database db) {
    Repository<Town, Long> towns = db.repository(Town.class);
    List<Town> rows = new ArrayList<>();
    for (List<String> town : TOWNS) {
      rows.add(new Town(0, town.get(0), town.get(1), town.get(2)));
    }
    towns.createAll(rows);
    return towns;
  }

  private static void assertFound(Repository<Town, Long> towns, String text, String... names) {
    assertThat(towns.query().search(text, Town::name, Town::local, Town::country).list())
        .as("'%s'", text)
        .extracting(Town::name)
        .containsExactlyInAnyOrder(names);
  }
}
