package dev.plinth.cli.tour;

import static dev.plinth.query.Filter.field;
import static dev.plinth.query.Order.ascending;
import static dev.plinth.query.Order.descending;

import dev.plinth.Database;
import dev.plinth.Repository;
import dev.plinth.error.ValidationException;
import dev.plinth.query.Filter;
import dev.plinth.query.Order;
import dev.plinth.query.Page;
import dev.plinth.query.Query;
import dev.plinth.query.Slice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds, filters, sorts, pages, searches, counts and projects what was loaded.
final class ReadSteps {

  /// How many cities a country has.
  record Country(String country, long cities) {}

  private final Guide guide;
  private final Database db;
  private final Repository<City, Long> cities;

  ReadSteps(Guide guide, Database db) {
    this.guide = guide;
    this.db = db;
    this.cities = db.repository(City.class);
  }

  void walk() {
    find();
    filter();
    sortNulls();
    sortText();
    page();
    slice();
    search();
    count();
    project();
    stream();
    sql();
    typo();
  }

  private void find() {
    Step step =
        guide.step(
            "find",
            "Find by key",
            """
            Optional<City> first = cities.find(1L);
            Optional<City> none = cities.find(0L);
            """);
    Optional<City> first = cities.find(1L);
    Optional<City> none = cities.find(0L);
    step.cities(first.stream().toList())
        .says("and for a key that no row has: " + none)
        .figure("found", first.isPresent())
        .figure("name", first.orElseThrow().name())
        .figure("foundUnknown", none.isPresent());
  }

  private void filter() {
    Step step =
        guide.step(
            "filter",
            "Filter: property references are checked by the compiler",
            """
            Filter german = field(City::country).is("DE");
            List<City> found =
                cities.where(german.and(field(City::name).is("Münster"))).list();
            """);
    Filter german = field(City::country).is("DE");
    List<City> found = cities.where(german.and(field(City::name).is("Münster"))).list();
    step.cities(found).figure("found", found.size());
  }

  private void sortNulls() {
    Step step =
        guide.step(
            "sortNulls",
            "Sort: rows without a value come last, unless you say otherwise",
            """
            Query<City> faroes = cities.where(field(City::country).is("FO"));
            City last = faroes.orderBy(ascending(City::admin2)).list().getLast();
            Order nullsFirst = ascending(City::admin2).withNullsFirst();
            City first = faroes.orderBy(nullsFirst).list().getFirst();
            """);
    Query<City> faroes = cities.where(field(City::country).is("FO"));
    City last = faroes.orderBy(ascending(City::admin2)).list().getLast();
    Order nullsFirst = ascending(City::admin2).withNullsFirst();
    City first = faroes.orderBy(nullsFirst).list().getFirst();
    step.cities(List.of(last, first))
        .figure("nullsLast", last.admin2() == null)
        .figure("nullsFirst", first.admin2() == null);
  }

  private void sortText() {
    Step step =
        guide.step(
            "sortText",
            "Sort text: by code point, the same on every engine",
            """
            List<City> sorted =
                cities.where(field(City::country).is("DE"))
                    .orderBy(descending(City::name))
                    .limit(6)
                    .list();
            """);
    List<City> sorted =
        cities.where(field(City::country).is("DE")).orderBy(descending(City::name)).limit(6).list();
    List<String> names = sorted.stream().map(City::name).toList();
    step.says(String.join(", ", names)).figure("names", names);
  }

  private void page() {
    Step step =
        guide.step(
            "page",
            "Pages with a total, read in one transaction",
            """
            Page<City> page =
                cities.where(field(City::country).is("US"))
                    .orderBy(ascending(City::name))
                    .page(1, 4);
            """);
    Page<City> page =
        cities.where(field(City::country).is("US")).orderBy(ascending(City::name)).page(1, 4);
    step.cities(page.items())
        .says(
            "page %d of %s, %s cities in all"
                .formatted(
                    page.page(), Printer.number(page.totalPages()), Printer.number(page.total())))
        .figure("country", "US")
        .figure("pageSize", page.size())
        .figure("pageTotal", page.total());
  }

  private void slice() {
    Step step =
        guide.step(
            "slice",
            "Slices by cursor: the same cost at every depth, forward and back",
            """
            Query<City> four = cities.query().orderBy(descending(City::lat)).limit(4);
            Slice<City> first = four.slice();
            Slice<City> second = four.after(first.next().orElseThrow()).slice();
            Slice<City> back = four.before(second.previous().orElseThrow()).slice();
            """);
    Query<City> four = cities.query().orderBy(descending(City::lat)).limit(4);
    Slice<City> first = four.slice();
    Slice<City> second = four.after(first.next().orElseThrow()).slice();
    Slice<City> back = four.before(second.previous().orElseThrow()).slice();
    step.rows(
            List.of(
                List.of("first", names(first)),
                List.of("second", names(second)),
                List.of("back", names(back))))
        .figure("first", first.items().stream().map(City::name).toList())
        .figure("second", second.items().stream().map(City::name).toList())
        .figure("backEqualsFirst", back.items().equals(first.items()));
  }

  private static String names(Slice<City> slice) {
    return slice.items().stream().map(City::name).collect(Collectors.joining(", "));
  }

  private void search() {
    Step step =
        guide.step(
            "search",
            "Search as people do: upper and lower case alike, in every script",
            """
            List<City> found = cities.query().search("müns", City::name).list();
            long shouted = cities.query().search("MÜNS", City::name).count();
            """);
    List<City> found = cities.query().search("müns", City::name).list();
    long shouted = cities.query().search("MÜNS", City::name).count();
    String some =
        found.stream().map(City::name).distinct().limit(5).collect(Collectors.joining(", "));
    step.says("%d found, %d when shouted: %s, …".formatted(found.size(), shouted, some))
        .figure("found", found.size())
        .figure("foundUpperCase", shouted);
  }

  private void count() {
    Step step =
        guide.step(
            "count",
            "Count, and ask whether there is any",
            """
            long all = cities.count();
            long german = cities.where(field(City::country).is("DE")).count();
            boolean sunk = cities.where(field(City::name).is("Atlantis")).exists();
            """);
    long all = cities.count();
    long german = cities.where(field(City::country).is("DE")).count();
    boolean sunk = cities.where(field(City::name).is("Atlantis")).exists();
    step.says(
            "%s cities in all, %s in Germany; there is an Atlantis: %s"
                .formatted(Printer.number(all), Printer.number(german), sunk))
        .figure("all", all)
        .figure("DE", german)
        .figure("exists", sunk);
  }

  private void project() {
    Step step =
        guide.step(
            "project",
            "Read only the columns that a smaller record has",
            """
            List<City.Place> north =
                cities.where(field(City::lat).greater(71.0))
                    .as(City.Place.class)
                    .list();
            """);
    List<City.Place> north =
        cities.where(field(City::lat).greater(71.0)).as(City.Place.class).list();
    north.stream().limit(3).forEach(place -> step.says(place.toString()));
    step.figure("found", north.size());
  }

  private void stream() {
    Step step =
        guide.step(
            "stream",
            "Stream everything, one row in memory at a time",
            """
            try (Stream<City> all = cities.query().stream()) {
              countries = all.map(City::country).distinct().count();
            }
            """);
    long countries;
    long start = System.nanoTime();
    try (Stream<City> all = cities.query().stream()) {
      countries = all.map(City::country).distinct().count();
    }
    step.says("%d countries, in %s s".formatted(countries, Printer.number(Guide.seconds(start))))
        .figure("countries", countries);
  }

  private void sql() {
    Step step =
        guide.step(
            "sql",
            "Hand-written SQL, bound by name and read into a record",
            """
            List<Country> largest =
                db.sql(
                        "select country, count(*) as cities from cities"
                            + " group by country order by 2 desc limit :top")
                    .bind("top", 3)
                    .as(Country.class)
                    .list();
            """);
    List<Country> largest =
        db.sql(
                "select country, count(*) as cities from cities"
                    + " group by country order by 2 desc limit :top")
            .bind("top", 3)
            .as(Country.class)
            .list();
    step.rows(largest.stream().map(row -> List.of(row.country(), row.cities())).toList());
    largest.forEach(row -> step.figure(row.country(), row.cities()));
  }

  private void typo() {
    Step step =
        guide.step(
            "typo",
            "A mistyped name is an error before anything is sent, with a hint",
            """
            cities.where(field("contry").is("DE")).count();
            """);
    try {
      cities.where(field("contry").is("DE")).count();
    } catch (ValidationException e) {
      step.error(e).figure("error", e.code()).figure("message", e.getMessage());
    }
  }
}
