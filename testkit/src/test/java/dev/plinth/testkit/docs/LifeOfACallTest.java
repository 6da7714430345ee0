package dev.plinth.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.audit.AuditEntry;
import dev.plinth.config.DatabaseConfig;
import dev.plinth.entity.Property;
import dev.plinth.internal.engine.sqlite.SqliteProvider;
import dev.plinth.internal.shape.Shapes;
import dev.plinth.internal.sql.ShapeSql;
import dev.plinth.internal.sql.SqlWriter;
import dev.plinth.query.Changes.Change.Kind;
import dev.plinth.query.Selection;
import dev.plinth.spi.Engine;
import dev.plinth.spi.Operation.Assignment;
import dev.plinth.spi.Operation.RowUpdate;
import dev.plinth.spi.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/life-of-a-call.md` names files and methods that are there, and SQL that is sent.
class LifeOfACallTest {

  private static final Path DOCS = Docs.root().resolve("docs");
  private static final Pattern FILE = Pattern.compile("\\]\\(([^)]+\\.java)\\)");
  private static final Pattern METHOD = Pattern.compile("`(\\w+)\\(\\)`");

  @Test
  void everyFileAndMethodIsThere() {
    String page = Docs.text(DOCS.resolve("life-of-a-call.md"));

    assertThat(page.lines().filter(line -> FILE.matcher(line).find()).count()).isGreaterThan(10);
    assertThat(absent(page, DOCS)).isEmpty();
  }

  @Test
  void whatIsNotThereIsReported() {
    String page =
        """
        1. [Repository](../core/src/main/java/dev/plinth/Repository.java): `find()` and `fnd()`
           lead to `nowhere()`.
        2. [Gone](../core/src/main/java/dev/plinth/Gone.java): `find()`.

        Elsewhere `anything()` goes.
        """;
    assertThat(absent(page, DOCS))
        .containsExactly("fnd()", "nowhere()", "../core/src/main/java/dev/plinth/Gone.java");
  }

  @Test
  void theSqlIsWhatIsSent() {
    Shape<User> shape = Shapes.of(User.class);
    try (Engine engine = new SqliteProvider().open(DatabaseConfig.of("sqlite::memory:"))) {
      SqlWriter writer = new SqlWriter(engine.dialect());
      ShapeSql sql = writer.of(shape);
      List<Assignment> set =
          List.of(
              assignment(shape, "role", Kind.SET),
              assignment(shape, "updatedAt", Kind.SET),
              assignment(shape, "version", Kind.ADD));
      assertThat(Docs.blocks("docs/life-of-a-call.md", "sql").stream().map(Docs::flat))
          .containsExactly(
              Docs.flat(sql.find(Selection.Deleted.EXCLUDED).sql()),
              Docs.flat(sql.update(new RowUpdate(0, null, set, null), false).statement().sql()),
              Docs.flat(writer.of(Shapes.of(AuditEntry.class)).insertLeavingKey().sql()));
    }
  }

  private static Assignment assignment(Shape<?> shape, String property, Kind kind) {
    return new Assignment(shape.column(Property.Name.of(property)), kind, null);
  }

  /// What an item of the list names and its files do not have.
  private static List<String> absent(String page, Path folder) {
    List<String> absent = new ArrayList<>();
    for (String item : page.split("\n(?=\\d+\\. |\n|- )")) {
      StringBuilder sources = new StringBuilder();
      List<String> files = FILE.matcher(item).results().map(found -> found.group(1)).toList();
      for (String file : files) {
        Path source = folder.resolve(file).normalize();
        if (Files.exists(source)) {
          sources.append(Docs.text(source));
        } else {
          absent.add(file);
        }
      }
      Matcher method = METHOD.matcher(item);
      while (!sources.isEmpty() && method.find()) {
        if (!sources.toString().contains(method.group(1) + "(")) {
          absent.add(method.group(1) + "()");
        }
      }
    }
    return absent;
  }
}
