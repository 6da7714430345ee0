package dev.plinth.testkit;

import static dev.plinth.query.Filter.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.testkit.JsonFilterContract.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Random documents: every engine says of containment and equality what PostgreSQL says.
@Timeout(240)
final class JsonContainmentTest {

  private static final int PAIRS = 3000;
  private static final long SEED = 20_261_121;

  private final Random random = new Random(SEED);

  @Test
  void everyEngineSaysWhatPostgresSays(@TempDir Path folder) {
    List<@Nullable Object> wholes = new ArrayList<>();
    List<@Nullable Object> parts = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      Object whole = value(3);
      wholes.add(whole);
      parts.add(random.nextInt(3) == 0 ? value(3) : part(whole));
    }
    try (PostgresDatabase own = new PostgresDatabase();
        Database postgres = Database.open(own.url());
        Database sqlite = Database.open("sqlite::memory:");
        Database duckdb = Database.open("duckdb:" + folder.resolve("a.duckdb"))) {
      List<Boolean> expected = answers(postgres, wholes, parts);
      assertThat(expected.stream().filter(is -> is).count())
          .as("both answers come often")
          .isBetween(PAIRS / 2L, PAIRS * 3 / 2L);
      assertSame(expected, answers(sqlite, wholes, parts), wholes, parts);
      assertSame(expected, answers(duckdb, wholes, parts), wholes, parts);
    }
  }

  private static void assertSame(
      List<Boolean> expected, List<Boolean> given, List<?> wholes, List<?> parts) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(given.get(i))
          .as(
              "%s of %s and %s, seed %d",
              i % 2 == 0 ? "@>" : "=", wholes.get(i / 2), parts.get(i / 2), SEED)
          .isEqualTo(expected.get(i));
    }
  }

  /// For each pair whether the first contains the second, and whether they are equal.
  private static List<Boolean> answers(
      Database db, List<@Nullable Object> wholes, List<@Nullable Object> parts) {
    db.schema().create(Document.class);
    Repository<Document, Long> documents = db.repository(Document.class);
    List<Document> rows = new ArrayList<>();
    wholes.forEach(whole -> rows.add(new Document(rows.size() + 1L, whole)));
    documents.createAll(rows);
    List<Boolean> answers = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      var one = field(Document::id).is(i + 1L);
      Object part = parts.get(i);
      answers.add(documents.where(one.and(field(Document::data).json().contains(part))).exists());
      answers.add(documents.where(one.and(field(Document::data).json().is(part))).exists());
    }
    return answers;
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> random.nextInt(3);
      case 1 -> random.nextInt(3) + 0.5;
      case 2 -> random.nextBoolean();
      case 3 -> depth == 3 ? "x" : null; // a document that is null is a column without a value
      case 4 -> String.valueOf((char) ('a' + random.nextInt(3)));
      case 5 -> String.valueOf(random.nextInt(3));
      case 6, 7 -> map(depth);
      default -> list(depth);
    };
  }

  private Map<String, @Nullable Object> map(int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(String.valueOf((char) ('a' + random.nextInt(4))), value(depth - 1));
    }
    return map;
  }

  private List<@Nullable Object> list(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(depth - 1));
    }
    return list;
  }

  /// Something that is likely to be contained.
  private @Nullable Object part(@Nullable Object whole) {
    if (random.nextInt(8) == 0) {
      return value(2);
    }
    return switch (whole) {
      case Map<?, ?> map -> {
        Map<Object, @Nullable Object> some = new LinkedHashMap<>();
        map.forEach((key, value) -> {
          if (random.nextBoolean()) {
            some.put(key, part(value));
          }
        });
        yield some;
      }
      case List<?> list -> {
        if (!list.isEmpty() && random.nextInt(6) == 0) {
          yield list.getFirst();
        }
        List<@Nullable Object> some = new ArrayList<>();
        for (Object value : list) {
          for (int i = random.nextInt(3); i > 0; i--) {
            some.add(random.nextInt(some.size() + 1), part(value));
          }
        }
        yield some;
      }
      case Integer number -> random.nextBoolean() ? number : (Object) (double) number;
      case null, default -> whole;
    };
  }
}
