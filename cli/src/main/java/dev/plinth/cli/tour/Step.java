package dev.plinth.cli.tour;

import dev.plinth.error.DatabaseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One step of the tour: what it says to people, and its figures.
///
/// Belongs to one thread.
final class Step {

  private final Printer printer;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  Step(Printer printer) {
    this.printer = printer;
  }

  Map<String, Object> figures() {
    return figures;
  }

  Step figure(String name, Object value) {
    figures.put(name, value);
    return this;
  }

  Step says(String text) {
    printer.line(text);
    return this;
  }

  Step rows(List<? extends List<?>> rows) {
    printer.table(rows);
    return this;
  }

  Step cities(List<City> cities) {
    return rows(cities.stream().map(Step::row).toList());
  }

  private static List<?> row(City city) {
    // a list that may hold null: not every city has a district
    return Arrays.asList(
        "#" + city.id(),
        city.name(),
        city.country(),
        city.admin1(),
        city.admin2(),
        city.lat(),
        city.lng());
  }

  /// An error as its type, its code and its message.
  Step error(DatabaseException error) {
    return says(
        error.getClass().getSimpleName() + " [" + error.code() + "]: " + error.getMessage());
  }
}
