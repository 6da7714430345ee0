package dev.plinth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Database;
import dev.plinth.audit.AuditEntry;
import dev.plinth.testkit.server.PostgresServer;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.RecursiveComparisonAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A benchmark compares nothing unless both contenders do the same work.
@ParameterizedClass
@EnumSource
class EqualWorkTest {

  private static final int ROWS = 400;

  @Parameter Engine engine;
  @TempDir Path folder;
  private Place place;
  private String plinth = "";
  private String jdbc = "";

  @BeforeEach
  void twoEqualTables() {
    place =
        engine.place(engine.served() ? PostgresServer.shared().freshDatabase() : folder.toString());
    String template = Template.make(place, ROWS);
    plinth = place.copy(template);
    jdbc = place.copy(template);
  }

  @AfterEach
  void nothingIsLeft() {
    place.close();
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
    for (String store : List.of(plinth, jdbc)) {
      try (Database db = Database.open(store)) {
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
    same(contender -> contender.createAll(Sample.fresh("all", 0, 50)));
    Cells cells =
        switch (engine) {
          case SQLITE ->
              new Cells(
                  "typeof(id) || length(id) || typeof(subscribed) || typeof(role)"
                      + " || typeof(created_at) || length(created_at)",
                  "text36integertextinteger16");
          case POSTGRESQL ->
              new Cells(
                  "concat(pg_column_size(id), pg_column_size(subscribed), " + WITHIN_BOUNDS + ")",
                  "161tt");
          case DUCKDB ->
              new Cells(
                  "concat(typeof(id), typeof(subscribed), " + WITHIN_BOUNDS + ")",
                  "UUIDBOOLEANtruetrue");
        };
    List<String> found = new ArrayList<>();
    for (String store : List.of(plinth, jdbc)) {
      try (Database db = Database.open(store)) {
        found.addAll(
            db.sql("select distinct " + cells.said() + " from users").as(String.class).list());
      }
    }
    assertThat(found).containsExactly(cells.expected(), cells.expected());
  }

  /// What an engine says of a row's cells, and what it should.
  private record Cells(String said, String expected) {}

  private static final String WITHIN_BOUNDS =
      "role in ('GUEST', 'MEMBER', 'EDITOR', 'MODERATOR', 'ADMIN'),"
          + " created_at < now() + interval '1 minute'";

  @Test
  void connectionsAreSetUpAlike() throws SQLException {
    switch (engine) {
      case SQLITE -> sqliteConnectionsAreSetUpAlike();
      case POSTGRESQL -> postgresConnectionsAreSetUpAlike();
      case DUCKDB -> duckDbConnectionsAreSetUpAlike();
    }
  }

  private void sqliteConnectionsAreSetUpAlike() {
    try (Database db = Database.open(plinth)) {
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

  private void postgresConnectionsAreSetUpAlike() throws SQLException {
    String settings =
        "select string_agg(name || '=' || setting, ', ' order by name) from pg_settings"
            + " where source in ('client', 'session') or name = 'synchronous_commit'";
    try (Database db = Database.open(plinth);
        PostgresConnection connection = new PostgresConnection(jdbc);
        ResultSet row = connection.prepare(settings).executeQuery()) {
      assertThat(row.next()).isTrue();
      assertThat(db.sql(settings).as(String.class).one())
          .isEqualTo(row.getString(1))
          .contains("synchronous_commit=on");
    }
  }

  private void duckDbConnectionsAreSetUpAlike() throws SQLException {
    // Plinth locks its files in, which changes nothing of speed and durability
    String settings =
        "select concat(name, '=', value) from duckdb_settings() where name not like 'allow%'"
            + " and name not in ('autoinstall_known_extensions', 'autoload_known_extensions',"
            + " 'duckdb_api', 'enable_external_access', 'lock_configuration', 'temp_directory')"
            + " order by name";
    List<String> theirs = new ArrayList<>();
    try (DuckDbConnection connection = DuckDbConnection.open(jdbc);
        ResultSet row = connection.prepare(settings).executeQuery()) {
      while (row.next()) {
        theirs.add(row.getString(1));
      }
    }
    try (Database db = Database.open(plinth)) {
      assertThat(db.sql(settings).as(String.class).list())
          .contains("fsync_mode=STANDARD", "TimeZone=UTC")
          .isEqualTo(theirs);
    }
  }

  @Test
  void aWrongNameIsAnsweredWithTheRightOnes() {
    assertThatThrownBy(() -> Settings.parse(List.of("findByKy")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("findByKey");
    assertThatThrownBy(() -> Settings.parse(List.of("--engine", "paper")))
        .hasMessageContaining("sqlite, postgresql, duckdb");
    assertThatThrownBy(() -> Settings.parse(List.of("--url", "postgresql://localhost/x")))
        .hasMessageContaining("--folder");
    assertThatThrownBy(() -> Settings.parse(List.of("streamMemory", "--engine", "duckdb")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("duckdb");
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
    return Contender.open(kind, engine, kind == Contender.Kind.PLINTH ? plinth : jdbc);
  }

  private static UUID idOf(User user) {
    return Objects.requireNonNull(user.id());
  }
}
