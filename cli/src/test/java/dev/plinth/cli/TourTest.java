package dev.plinth.cli;

import static dev.plinth.cli.Shell.plinth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plinth.Database;
import dev.plinth.query.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole tour on all cities, against what the file itself says.
final class TourTest {

  private static final Path DATA = Path.of("../examples/cities/cities.ndjson.gz");

  private static final List<JsonNode> CITIES = new ArrayList<>();

  @TempDir private static Path folder;
  private static Shell shell;
  private static JsonNode figures;

  @BeforeAll
  static void walkTheTour() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DATA)), StandardCharsets.UTF_8))) {
      lines.lines().forEach(line -> CITIES.add(JsonMapper.shared().readTree(line)));
    }
    shell = plinth("tour", "--json", "--folder", folder.toString());
    assertThat(shell.code()).as(shell.err()).isZero();
    figures = JsonMapper.shared().readTree(shell.out());
  }

  @Test
  void itPrintsOneDocumentAndNothingElse() {
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out().strip()).startsWith("{").endsWith("}");
    assertThat(figures.get("engine").asString()).isEqualTo("sqlite");
    assertThat(figures.get("file").asString()).isEqualTo(file().toString());
    assertThat(figures.get("data").asString()).contains("GeoNames", "CC BY 4.0");
  }

  @Test
  void everyCityIsLoadedAndAudited() {
    assertThat(figures.get("rows").asInt()).isEqualTo(CITIES.size()).isEqualTo(171_075);
    assertThat(figures.get("rowsPerSecond").asDouble())
        .isCloseTo(CITIES.size() / figures.get("seconds").asDouble(), within(1.0));
    assertThat(step("load").get("auditEntries").asInt()).isEqualTo(CITIES.size());
  }

  @Test
  void itReadsWhatTheFileHolds() {
    assertThat(step("find").get("name").asString())
        .isEqualTo(CITIES.getFirst().get("name").asString());
    assertThat(step("filter").get("found").asLong())
        .isEqualTo(count(city -> in(city, "DE") && city.get("name").asString().equals("Münster")));
    assertThat(step("page").get("pageTotal").asLong()).isEqualTo(count(city -> in(city, "US")));
    assertThat(step("count").get("DE").asLong()).isEqualTo(count(city -> in(city, "DE")));
    assertThat(step("sql").get("IT").asLong()).isEqualTo(count(city -> in(city, "IT")));
    assertThat(step("sql").get("MX").asLong()).isEqualTo(count(city -> in(city, "MX")));
    assertThat(step("stream").get("countries").asLong())
        .isEqualTo(CITIES.stream().map(city -> city.get("country")).distinct().count());
    assertThat(step("project").get("found").asLong()).isEqualTo(count(city -> lat(city) > 71));
    long munster =
        count(city -> city.get("name").asString().toLowerCase(Locale.ROOT).contains("müns"));
    assertThat(step("search").get("found").asLong()).isEqualTo(munster);
    assertThat(step("search").get("foundUpperCase").asLong()).isEqualTo(munster);
  }

  @Test
  void slicesGoForwardAndBack() {
    List<String> north =
        CITIES.stream()
            .sorted((a, b) -> Double.compare(lat(b), lat(a)))
            .map(city -> city.get("name").asString())
            .toList();

    assertThat(texts(step("slice").get("first"))).isEqualTo(north.subList(0, 4));
    assertThat(texts(step("slice").get("second"))).isEqualTo(north.subList(4, 8));
    assertThat(step("slice").get("backEqualsFirst").asBoolean()).isTrue();
  }

  @Test
  void nullsAndLettersAreWhereTheySay() {
    assertThat(step("sortNulls").get("nullsLast").asBoolean()).isTrue();
    assertThat(step("sortNulls").get("nullsFirst").asBoolean()).isTrue();
    assertThat(texts(step("sortText").get("names")))
        .hasSize(6)
        .isEqualTo(
            CITIES.stream()
                .filter(city -> in(city, "DE"))
                .map(city -> city.get("name").asString())
                .sorted(Comparator.reverseOrder())
                .limit(6)
                .toList());
  }

  @Test
  void writesLeaveTheirTrail() {
    assertThat(step("conflict").get("error").asString()).isEqualTo("STALE_VERSION");
    assertThat(step("typo").get("message").asString()).contains("Did you mean 'country'?");
    assertThat(step("delete").get("hidden").asInt()).isOne();
    assertThat(step("restore").get("hidden").asInt()).isZero();
    assertThat(step("rollback").get("rolledBack").asBoolean()).isTrue();
    long changed = count(city -> in(city, "LI"));
    assertThat(step("bulk").get("changed").asLong()).isEqualTo(changed);
    assertThat(step("bulk").get("auditEntries").asLong()).isEqualTo(changed);
    assertThat(texts(step("audit").get("actions")))
        .containsExactly("CREATE", "UPDATE", "UPDATE", "UPDATE", "SOFT_DELETE", "RESTORE");
    assertThat(step("audit").get("auditTotal").asLong()).isEqualTo(CITIES.size() + 5 + changed);
  }

  @Test
  void theFileHoldsItAll() {
    try (Database db = Database.open("sqlite:" + file())) {
      assertThat(db.table("cities").count()).isEqualTo(CITIES.size());
      Row munster = db.table("cities").find(step("actor").get("id").asLong()).orElseThrow();
      assertThat(munster.text("name")).isEqualTo("Münster (Westfalen)");
      assertThat(munster.text("admin2")).isEqualTo("05515");
      assertThat(munster.number("visits")).isEqualTo(3);
      assertThat(munster.get("deleted_at")).isNull();
      for (String country : List.of("AD", "IS", "JP", "ZW")) {
        assertThat(
                db.sql("select count(*) from cities where country = :country")
                    .bind("country", country)
                    .as(Long.class)
                    .one())
            .isEqualTo(count(city -> in(city, country)));
      }
      assertThat(db.sql("pragma integrity_check").as(String.class).one()).isEqualTo("ok");
    }
  }

  @Test
  void asTextItTellsTheSame(@TempDir Path other) {
    Shell text = plinth("tour", "--folder", other.toString());

    assertThat(text.code()).as(text.err()).isZero();
    assertThat(text.err()).isEmpty();
    assertThat(text.out().replaceAll("\\s+", " ")) // lines are wrapped, columns are padded
        .contains("Load 171,075 cities", "171,075 of 171,075", "rows a second", "The audit was on")
        .contains("page 1 of 4,336, 17,343 cities in all")
        .contains("Did you mean 'country'?", "StaleVersionException [STALE_VERSION]")
        .contains("Vetoed: the council says no", "Münster → Münster (Westfalen)", "0 → 3")
        .contains(other.resolve("cities.db").toString(), "./plinth tour --json");
    assertThat(text.out()).doesNotContain("\u001b", "\r");
    assertThat(text.out().lines().filter(line -> !line.contains(other.toString())))
        .allMatch(line -> line.equals(line.stripTrailing()))
        .allMatch(line -> line.length() <= 80);
  }

  private static Path file() {
    return folder.resolve("cities.db").toAbsolutePath().normalize();
  }

  private static JsonNode step(String name) {
    return figures.get("steps").get(name);
  }

  private static long count(Predicate<JsonNode> wanted) {
    return CITIES.stream().filter(wanted).count();
  }

  private static boolean in(JsonNode city, String country) {
    return city.get("country").asString().equals(country);
  }

  private static double lat(JsonNode city) {
    return Double.parseDouble(city.get("lat").asString());
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }
}
