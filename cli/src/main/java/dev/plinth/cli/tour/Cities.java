package dev.plinth.cli.tour;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/// The cities of `examples/cities`, which the build puts beside the classes.
final class Cities {

  /// How many there are.
  static final int COUNT = 171_075;

  /// Whose they are.
  static final String SOURCE = "GeoNames, CC BY 4.0, https://www.geonames.org";

  private record Line(
      String name, double lat, double lng, String country, String admin1, String admin2) {

    City city() {
      return City.of(name, lat, lng, country, orNull(admin1), orNull(admin2));
    }

    private static @Nullable String orNull(String text) {
      return text.isEmpty() ? null : text;
    }
  }

  private Cities() {}

  /// The cities one by one, as the file has them; close the stream.
  static Stream<City> read() {
    InputStream file =
        Objects.requireNonNull(Cities.class.getResourceAsStream("/cities/cities.ndjson.gz"));
    try {
      MappingIterator<Line> lines =
          JsonMapper.shared().readerFor(Line.class).readValues(new GZIPInputStream(file));
      int kind = Spliterator.ORDERED | Spliterator.NONNULL;
      return StreamSupport.stream(Spliterators.spliteratorUnknownSize(lines, kind), false)
          .map(Line::city)
          .onClose(lines::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
