package dev.plinth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.RecursiveComparisonAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A benchmark compares nothing unless both contenders do the same work.
class EqualWorkTest {

  private static final int ROWS = 400;
  private static final Engine ENGINE = Engine.SQLITE;

  @TempDir Path folder;
  private Path plinth = Path.of("");
  private Path jdbc = Path.of("");

  @BeforeEach
  void twoEqualTables() {
    Path template = Template.make(ENGINE, folder.resolve("template.db"), ROWS);
    plinth = Template.copy(template, folder.resolve("plinth.db"));
    jdbc = Template.copy(template, folder.resolve("jdbc.db"));
  }

  @Test
  void readsGiveTheSameRows() {
    same(contender -> contender.findByKey(Sample.id(7))).isEqualTo(Sample.stored(7));
    same(contender -> contender.page100(Sample.role(3), Sample.status(3)));
    same(contender -> contender.count(Sample.role(3), Sample.status(3))).isEqualTo(20L);
    same(
            contender -> {
              List<User> rows = new ArrayList<>();
              contender.stream(rows::add);
              return rows;
            })
        .isEqualTo(Sample.stored(0, ROWS));
  }

  @Test
  void writesGiveAndStoreTheSameRows() {
    same(contender -> contender.insert(Sample.fresh("one", 1)));
    same(contender -> contender.createAll(Sample.fresh("all", 0, 2500)));
    same(contender -> contender.transaction(Sample.fresh("ten", 0, 10)));
    same(contender -> contender.update(Sample.stored(5).with(44, "Updated")));
    same(contender -> contender.patch(Sample.id(6), 45, "Patched"));
    same(contender ->
        contender.updateAll(
            Sample.stored(10, 300).stream().map(row -> row.with(46, "All")).toList()));
    same(contender -> {
      Map<String, User> byEmail = new TreeMap<>();
      contender.stream(row -> byEmail.put(row.email(), row));
      return byEmail;
    });
  }

  @Test
  void whatIsWrittenIsWhatIsGivenBack() {
    for (Contender.Kind kind : Contender.Kind.values()) {
      try (Contender contender = open(kind)) {
        List<User> given = new ArrayList<>(contender.createAll(Sample.fresh("all", 0, 50)));
        given.add(contender.insert(Sample.fresh("one", 1)));
        given.add(contender.update(Sample.stored(5).with(44, "Updated")));
        given.addAll(contender.updateAll(Sample.stored(10, 300)));
        for (User row : given) {
          assertThat(contender.findByKey(idOf(row))).as(kind.toString()).isEqualTo(row);
          assertThat(idOf(row).version()).isEqualTo(7);
        }
      }
    }
  }

  @Test
  void auditRowsSayTheSame() {
    same(contender -> contender.insertAudited(AuditedUser.of(Sample.fresh("audited", 3))));
    List<AuditEntry> entries = new ArrayList<>();
    for (Path file : List.of(plinth, jdbc)) {
      try (Database db = Database.open(ENGINE.url(file))) {
        List<AuditEntry> of = db.repository(AuditEntry.class).query().list();
        assertThat(of).hasSize(1);
        entries.addAll(of);
      }
    }
    assertThat(entries.getFirst())
        .usingRecursiveComparison()
        .ignoringFields("at", "resourceId")
        .ignoringFieldsMatchingRegexes("newValues\\.(id|created_at|updated_at)")
        .isEqualTo(entries.getLast());
  }

  @Test
  void cellsAreStoredAlike() {
    same(contender -> contender.insert(Sample.fresh("one", 1)));
    String types =
        "select group_concat(distinct typeof(id) || length(id) || typeof(subscribed)"
            + " || typeof(role) || typeof(created_at) || length(created_at)) from users";
    List<String> found = new ArrayList<>();
    for (Path file : List.of(plinth, jdbc)) {
      try (Database db = Database.open(ENGINE.url(file))) {
        found.add(db.sql(types).as(String.class).one());
      }
    }
    assertThat(found.getFirst()).isEqualTo("text36integertextinteger16").isEqualTo(found.getLast());
  }

  @Test
  void connectionsAreSetUpAlike() {
    try (Database db = Database.open(ENGINE.url(plinth))) {
      for (String pragma : SqliteConnection.PRAGMAS) {
        String[] words = pragma.split(" = ");
        String wanted =
            switch (words[1]) {
              case "full", "memory" -> "2";
              case "on" -> "1";
              case "off" -> "0";
              default -> words[1];
            };
        assertThat(db.sql("pragma " + words[0]).rows().one().values().values())
            .as(pragma)
            .extracting(String::valueOf)
            .containsExactly(wanted);
      }
    }
  }

  @Test
  void aWrongNameIsAnsweredWithTheRightOnes() {
    assertThatThrownBy(() -> Settings.parse(List.of("findByKy")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("findByKey");
    assertThatThrownBy(() -> Settings.parse(List.of("--engine", "paper")))
        .hasMessageContaining("sqlite");
    assertThat(Settings.parse(List.of()).workloads()).hasSize(Workload.values().length);
  }

  /// The result of both, which must not differ but in what each makes for itself.
  private ObjectAssert<Object> same(Function<Contender, Object> work) {
    Object ours;
    Object theirs;
    try (Contender contender = open(Contender.Kind.PLINTH)) {
      ours = work.apply(contender);
    }
    try (Contender contender = open(Contender.Kind.JDBC)) {
      theirs = work.apply(contender);
    }
    RecursiveComparisonAssert<?> comparison =
        assertThat(ours)
            .usingRecursiveComparison()
            .ignoringFieldsMatchingRegexes("(.*\\.)?(id|createdAt|updatedAt)");
    comparison.isEqualTo(theirs);
    return assertThat(ours);
  }

  private Contender open(Contender.Kind kind) {
    return Contender.open(kind, ENGINE, kind == Contender.Kind.PLINTH ? plinth : jdbc);
  }

  private static UUID idOf(User user) {
    return Objects.requireNonNull(user.id());
  }
}
